import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type Address, checksumAddress, looksLikeAddress } from './checksumAddress.js'

// checksumAddress has a file of its own, so that a command that only shows an address need not load zod.
export { type Address, checksumAddress } from './checksumAddress.js'

/** An address in a file, converted to its EIP-55 spelling. */
export const addressSchema = z.string().transform((text, context): Address => {
  const address = checksumAddress(text)
  if (address !== undefined) return address
  const message = looksLikeAddress(text)
    ? 'has a wrong EIP-55 checksum: a character is mistyped or has the wrong case'
    : 'is not an address: 0x and 40 hexadecimal digits'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/**
 * Reads a word of the command line as an address, in its EIP-55 spelling.
 *
 * @returns `undefined` when the word is not an address; it may be a name
 * @throws OL1026 when the checksum is wrong
 */
export function addressOf(word: string): Address | undefined {
  const address = checksumAddress(word)
  if (address === undefined && looksLikeAddress(word)) throw new OpenLedgerError('OL1026', { address: word })
  return address
}
