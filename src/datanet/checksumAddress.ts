import { keccak256 } from '../files/canonicalJson.js'

export type Address = `0x${string}`

/**
 * The EIP-55 spelling of an address, the one that the store and the versions use; undefined when the text is no address or
 * is in mixed case with a wrong checksum, which nearly always is a typing error.
 */
export function checksumAddress(text: string): Address | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return undefined
  const digits = text.slice(2).toLowerCase()
  const hash = keccak256(digits).slice(2)
  const spelt = Array.from(digits, (digit, i) => (hash[i]! >= '8' ? digit.toUpperCase() : digit)).join('')
  const given = text.slice(2)
  if (given !== spelt && given !== digits && given !== digits.toUpperCase()) return undefined
  return `0x${spelt}`
}
