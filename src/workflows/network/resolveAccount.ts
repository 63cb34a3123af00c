import { addressOf } from '../../config/address.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readKey } from '../../wallet/keystores.js'

/**
 * The address that a word on the command line means: an address itself, or the name of a keystore or of a devnet account.
 *
 * @param keystores folder of the user's keys
 * @throws OL1026 when it is an address with a wrong checksum, OL1816 when it is none of them
 */
export async function resolveAccount(word: string, keystores: string): Promise<`0x${string}`> {
  const address = addressOf(word)
  if (address !== undefined) return address
  const accounts: Readonly<Record<string, { address: `0x${string}` }>> = devAccounts()
  const found = Object.hasOwn(accounts, word) ? accounts[word] : undefined
  if (found !== undefined) return found.address
  try {
    return (await readKey(keystores, word)).address
  } catch (error) {
    if (!OpenLedgerError.is(error) || error.code !== 'OL1614') throw error
    throw new OpenLedgerError('OL1816', { name: word, known: Object.keys(accounts).join(', ') })
  }
}
