import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { keccakInto } from './keccakInto.js'

/** Bytes of a word of the Ethereum ABI and of a hash. */
export const WORD = 32

/** The ABI types that leaves may have: static types of one word. */
export type LeafType = 'bytes32' | 'address' | 'uint64' | 'uint256'

/** One part for each type: bytes32 and address as 0x-prefixed hex, uint64 and uint256 as a bigint or a decimal string. */
export type LeafValue = readonly (string | bigint)[]

const types: readonly string[] = ['bytes32', 'address', 'uint64', 'uint256'] satisfies LeafType[]

/** @throws OL1170 for the first type that is not a {@link LeafType} */
export function checkLeafTypes(leafTypes: readonly string[]): asserts leafTypes is readonly LeafType[] {
  const wrong = leafTypes.find((type) => !types.includes(type))
  if (wrong !== undefined) throw new OpenLedgerError('OL1170', { type: wrong })
  if (leafTypes.length === 0) throw new OpenLedgerError('OL1170', { type: '()' })
}

function uintHex(value: string | bigint, bytes: number): string | undefined {
  if (typeof value === 'string' && !/^\d{1,78}$/.test(value)) return undefined
  const hex = BigInt(value).toString(16)
  return hex.length > 2 * bytes || hex.startsWith('-') ? undefined : hex.padStart(2 * WORD, '0')
}

/** Writes hex digits as bytes. Returns false unless the digits are valid and make `count` bytes. */
function writeHex(digits: string, bytes: Buffer, at: number, count: number): boolean {
  // Buffer.write stops at the first character that is not a hex digit.
  return digits.length === 2 * count && bytes.write(digits, at, count, 'hex') === count
}

function writeWord(type: LeafType, value: string | bigint, words: Buffer, at: number): boolean {
  if (type === 'uint256' || type === 'uint64') {
    const hex = uintHex(value, type === 'uint64' ? 8 : WORD)
    return hex !== undefined && writeHex(hex, words, at, WORD)
  }
  if (typeof value !== 'string' || !value.startsWith('0x')) return false
  if (type === 'bytes32') return writeHex(value.slice(2), words, at, WORD)
  words.fill(0, at, at + 12)
  return writeHex(value.slice(2), words, at + 12, 20)
}

/**
 * Makes a function that writes the standard leaf hash of a value, keccak256(keccak256(abi.encode(types, value))), into `output`.
 *
 * @throws OL1170 for a type that is not static and one word long; the returned function throws OL1171 and OL1172
 */
export function leafHasher(
  leafTypes: readonly string[],
): (value: LeafValue, index: number, output: Uint8Array, at: number) => void {
  checkLeafTypes(leafTypes)
  const words = Buffer.alloc(WORD * leafTypes.length)
  const inner = new Uint8Array(WORD)
  return (value, index, output, at) => {
    if (value.length !== leafTypes.length) {
      throw new OpenLedgerError('OL1172', { index, found: value.length, expected: leafTypes.length })
    }
    for (const [place, type] of leafTypes.entries()) {
      const part = value[place]!
      if (!writeWord(type, part, words, place * WORD)) {
        throw new OpenLedgerError('OL1171', { index, type, value: String(part) })
      }
    }
    keccakInto(words, inner, 0)
    keccakInto(inner, output, at)
  }
}
