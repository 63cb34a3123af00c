import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'
import canonicalizeModule from 'canonicalize'

// The package is CommonJS with an ESM default in its types.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined

/** The canonical form of a JSON value (RFC 8785): sorted keys, shortest numbers, no white space. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('undefined has no canonical JSON form')
  return text
}

/** keccak256 of bytes, or of a string's UTF-8 bytes, as 0x-prefixed hex. */
export function keccak256(data: Uint8Array | string): `0x${string}` {
  return `0x${bytesToHex(keccak_256(typeof data === 'string' ? utf8ToBytes(data) : data))}`
}

/** keccak256 of a JSON value's canonical bytes: the id of records, manifests and receipts. */
export const hashJson = (value: unknown): `0x${string}` => keccak256(canonicalJson(value))
