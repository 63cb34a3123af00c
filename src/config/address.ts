import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
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

/** An address in a file: refused with the reason, else in its EIP-55 spelling. */
export const addressSchema = z.string().transform((text, context): Address => {
  const address = checksumAddress(text)
  if (address !== undefined) return address
  const message = looksLikeAddress(text)
    ? 'has a wrong EIP-55 checksum: a character is mistyped, or has the wrong case'
    : 'is not an address: 0x and 40 hexadecimal digits'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/**
 * The address that a word on the command line is, in its EIP-55 spelling.
 *
 * @returns `undefined` when the word is none, but perhaps a name
 * @throws OL1026 when its checksum is wrong
 */
export function addressOf(word: string): Address | undefined {
  const address = checksumAddress(word)
  if (address === undefined && looksLikeAddress(word)) throw new OpenLedgerError('OL1026', { address: word })
  return address
}
