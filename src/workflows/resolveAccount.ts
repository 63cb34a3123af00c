import { devAccounts } from '../devnet/accounts.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/**
 * The address that a word on the command line means: an address itself, or the name of a devnet account.
 *
 * @throws OL1816 when it is neither
 */
export function resolveAccount(word: string): `0x${string}` {
  if (/^0x[0-9a-fA-F]{40}$/.test(word)) return word as `0x${string}`
  const accounts: Readonly<Record<string, { address: `0x${string}` }>> = devAccounts()
  const found = Object.hasOwn(accounts, word) ? accounts[word] : undefined
  if (found === undefined) throw new OpenLedgerError('OL1816', { name: word, known: Object.keys(accounts).join(', ') })
  return found.address
}
