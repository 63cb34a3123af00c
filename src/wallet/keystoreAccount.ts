import type { LocalAccount, PrivateKeyAccount } from 'viem'
import { toAccount } from 'viem/accounts'
import { decryptKey } from './keystoreFile.js'
import type { StoredKey } from './keystores.js'

/**
 * An account whose key stays encrypted until its first signature, so that a command that only reads asks for no password.
 *
 * @param password asks the user; called once
 * @throws OL1617 and OL1618 at the first signature
 */
export function keystoreAccount(key: StoredKey, password: () => Promise<string>): LocalAccount {
  let opened: Promise<PrivateKeyAccount> | undefined
  const open = (): Promise<PrivateKeyAccount> => {
    opened ??= password().then((given) => decryptKey(key.encrypted, given, key.path))
    return opened
  }
  return toAccount({
    address: key.address,
    sign: async (parameters) => (await open()).sign(parameters),
    signMessage: async (parameters) => (await open()).signMessage(parameters),
    signTransaction: async (transaction, options) => (await open()).signTransaction(transaction, options),
    signTypedData: async (parameters) => (await open()).signTypedData(parameters),
  })
}
