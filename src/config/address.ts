import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type Address, checksumAddress, looksLikeAddress } from './checksumAddress.js'

// Apart from what checks files: a command that reads none need not load a parser of schemas to show an address.
export { type Address, checksumAddress } from './checksumAddress.js'

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
