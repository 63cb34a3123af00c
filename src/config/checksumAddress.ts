import { keccak256 } from '../files/canonicalJson.js'

export type Address = `0x${string}`

/** Whether a text is meant as an address, right or wrong, and not as a name. */
export const looksLikeAddress = (text: string): boolean => /^0x[0-9a-fA-F]{40}$/.test(text)

/**
 * The EIP-55 spelling of an address, which is used everywhere: in configuration, records, proposals, keystores and flags.
 *
 * @returns `undefined` when the text is no address, or is in mixed case with a wrong checksum, which nearly always is a typing
 * error; digits in one case carry no checksum, and are taken as they are
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
