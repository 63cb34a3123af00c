import { pbkdf2Sync } from 'node:crypto'
import type { Hex } from 'viem'
import { HDKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'

/** The test phrase of every Ethereum toolchain. Its keys are public: money sent to them on a real chain is lost. */
export const devMnemonic = 'test test test test test test test test test test test junk'

let parent: HDKey | undefined

/**
 * The parent key of the accounts, at the usual path. Node's PBKDF2 computes the seed of BIP-39 once; viem would compute
 * it in JavaScript for every account.
 */
const parentKey = (): HDKey => {
  parent ??= HDKey.fromMasterSeed(pbkdf2Sync(devMnemonic, 'mnemonic', 2048, 64, 'sha512')).derive("m/44'/60'/0'/0")
  return parent
}

const accounts = new Map<number, PrivateKeyAccount>()

/** Account `index` of {@link devMnemonic}, at the usual path m/44'/60'/0'/0/index. */
export function devAccount(index: number): PrivateKeyAccount {
  const known = accounts.get(index)
  if (known !== undefined) return known
  const account = privateKeyToAccount(devPrivateKey(index))
  accounts.set(index, account)
  return account
}

/** The key of account `index`. It is public, and is shown so that other tools can use it on the devnet. */
export function devPrivateKey(index: number): Hex {
  const { privateKey } = parentKey().deriveChild(index)
  if (privateKey === null) throw new RangeError(`no dev account ${index}`)
  return `0x${Buffer.from(privateKey).toString('hex')}`
}

/** Whether an address belongs to one of the first 20 accounts of {@link devMnemonic}. */
export const isDevAddress = (address: string): boolean =>
  Array.from({ length: 20 }, (_, index) => devAccount(index).address.toLowerCase()).includes(address.toLowerCase())
