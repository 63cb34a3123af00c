import { keccak256 } from '../files/canonicalJson.js'
import { type Hex, isHex } from '../files/hex.js'

export type Address = Hex

/** Whether a text has the form of an address, with a right or a wrong checksum, and is therefore not a name. */
export const looksLikeAddress = (text: string): boolean => isHex(text, 20)

/**
 * Converts an address to its EIP-55 spelling, which openledger uses in configuration, records, proposals, keystores and flags.
 *
 * @returns `undefined` when the text is not an address, or is in mixed case with a wrong checksum, which is nearly always a
 * typing error. Digits in one case have no checksum and are accepted.
 * @example
 * checksumAddress('0x70997970c51812dc3a010c7d01b50e0d17dc79c8') // '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
 */
export function checksumAddress(text: string): Address | undefined {
  if (!looksLikeAddress(text)) return undefined
  const given = text.slice(2)
  const digits = given.toLowerCase()
  const hash = keccak256(digits).slice(2)
  const spelt = Array.from(digits, (digit, i) => (hash.charAt(i) >= '8' ? digit.toUpperCase() : digit)).join('')
  return [spelt, digits, digits.toUpperCase()].includes(given) ? `0x${spelt}` : undefined
}
