import type { LocalAccount } from 'viem'
import { isDevAddress } from '../../chain/client/devMnemonic.js'
import type { Review } from '../../chain/client/guardAccount.js'
import { isLocalNetwork } from '../../chain/client/networks.js'
import { type Address, addressOf } from '../../config/address.js'
import { localChainId, localNetwork } from '../../config/localNetwork.js'
import type { NetworkConfig } from '../../config/mergeNetworks.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { keystoreAccount } from '../../wallet/keystoreAccount.js'
import { listKeys, readKey, type StoredKey } from '../../wallet/keystores.js'
import { signerAccount } from '../../wallet/signerAccount.js'

/** What signing asks of the program that runs it. */
export interface SigningHooks {
  /** Gives the password of a keystore. */
  readonly password: (key: StoredKey) => Promise<string>
  /** Sees every transaction on a network that is not local before it is signed. */
  readonly review: Review
  /** Hears what a signer command tells its user. */
  readonly note: (text: string) => void
}

export interface SignerParameters {
  /** As in the configuration; `devnet` is the workspace's own, which nothing describes. */
  readonly network: string
  readonly networks: Readonly<Record<string, NetworkConfig>>
  /**
   * `--account`: the name of a keystore or a devnet account, or the address of one or of the signer. By default, the
   * network's own.
   */
  readonly account?: string | undefined
  /** Folder of the user's encrypted keys. */
  readonly keystores: string
  readonly signing: SigningHooks
}

/** What a configuration says of a network; undefined for the devnet. */
export const describedNetwork = ({
  network,
  networks,
}: Pick<SignerParameters, 'network' | 'networks'>): NetworkConfig | undefined =>
  network === localNetwork ? undefined : networks[network]

const chainIdOf = (parameters: SignerParameters): number => describedNetwork(parameters)?.chainId ?? localChainId

/** Whether public test keys do no harm there. */
function isLocal(parameters: SignerParameters): boolean {
  const described = describedNetwork(parameters)
  if (described === undefined) return true
  const { chainId, rpcUrl } = described
  return rpcUrl !== undefined && isLocalNetwork({ chain: { id: chainId }, rpcUrl })
}

/** The account that a name means: one of the devnet, or a keystore; undefined where there is neither. */
async function named(name: string, keystores: string): Promise<LocalAccount | StoredKey | undefined> {
  const accounts: Readonly<Record<string, LocalAccount>> = devAccounts()
  if (Object.hasOwn(accounts, name)) return accounts[name]
  try {
    return await readKey(keystores, name)
  } catch (error) {
    if (OpenLedgerError.is(error) && error.code === 'OL1614') return undefined
    throw error
  }
}

/**
 * The address that a word on the command line means: an address itself, or the name of a keystore or of a devnet account.
 *
 * @param keystores folder of the user's keys
 * @throws OL1026 when it is an address with a wrong checksum, OL1816 when it is none of them
 */
export async function resolveAccount(word: string, keystores: string): Promise<Address> {
  const address = addressOf(word) ?? (await named(word, keystores))?.address
  if (address === undefined) throw unknownName(word)
  return address
}

/**
 * The addresses that words with commas between them mean, each once.
 *
 * @throws as {@link resolveAccount}
 */
export async function resolveAccounts(words: string, keystores: string): Promise<readonly Address[]> {
  const found = await Promise.all(words.split(',').map((word) => resolveAccount(word.trim(), keystores)))
  return [...new Set(found)]
}

/**
 * The account that signs on a network: the one that `--account` names, else the one that the configuration names. No key is
 * opened before it signs.
 *
 * @returns undefined where nothing is named
 * @throws OL1026 when it is an address with a wrong checksum
 * @throws OL1625 when there is no such account, OL1614, OL1616 or OL1619 when its keystore cannot be used
 */
export async function chooseSigner(parameters: SignerParameters): Promise<LocalAccount | undefined> {
  const { network, keystores, signing } = parameters
  const { account, signer } = describedNetwork(parameters) ?? {}
  const word = parameters.account ?? account
  const open = (key: StoredKey): LocalAccount => {
    if (key.looseMode !== undefined)
      signing.note(`Others on this machine may read ${key.path} (mode ${key.looseMode}): run chmod 600 on it.`)
    return keystoreAccount(key, () => signing.password(key))
  }
  const commanded = () => signer && signerAccount({ signer, network, note: signing.note })
  if (word === undefined) return commanded()

  const address = addressOf(word)
  if (address === undefined) {
    const found = await named(word, keystores)
    if (found === undefined) throw unknownSigner(parameters, word)
    return 'path' in found ? open(found) : found
  }
  const same = (other: { readonly address: string }): boolean => other.address.toLowerCase() === address.toLowerCase()
  if (signer !== undefined && same(signer)) return commanded()
  const keys = (await listKeys(keystores)).flatMap((listed) => ('key' in listed ? [listed.key] : []))
  const key = keys.find(same)
  if (key !== undefined) return open(key)
  // On a network that is not local the client refuses a devnet account, and says why.
  const found = Object.values(devAccounts()).find(same)
  if (found === undefined) throw unknownSigner(parameters, word)
  return found
}

/**
 * The address of the account that signs on a network. Neither opens a key nor talks to a node.
 *
 * @throws OL1624 when nobody is named, OL1635 on the devnet, where each role has its own account
 * @throws as {@link chooseSigner}
 */
export async function signerAddress(parameters: SignerParameters): Promise<Address> {
  const signer = await chooseSigner(parameters)
  if (signer !== undefined) return signer.address
  const { network } = parameters
  if (network === localNetwork) throw new OpenLedgerError('OL1635', { network })
  throw new OpenLedgerError('OL1624', { network, chainId: chainIdOf(parameters) })
}

/**
 * The account that signs a contribution: a keystore, the network's signer, or an account of the devnet. A contribution
 * names no chain, but what it earns is paid on one: test keys are refused where that is not local.
 *
 * @throws OL1624 when no account is given and the network has none
 * @throws OL1631 for a test key on a network that is not local
 * @throws OL1816 when there is no such account, OL1616 or OL1619 when its keystore cannot be used
 */
export async function contributorAccount(parameters: SignerParameters): Promise<LocalAccount> {
  const { network, account: name } = parameters
  const account = await chooseSigner(parameters).catch((error: unknown) => {
    if (name === undefined || !OpenLedgerError.is(error) || error.code !== 'OL1625') throw error
    throw unknownName(name)
  })
  if (account === undefined) throw new OpenLedgerError('OL1624', { network, chainId: chainIdOf(parameters) })
  if (!isLocal(parameters) && isDevAddress(account.address))
    throw new OpenLedgerError('OL1631', { address: account.address })
  return account
}

const unknownName = (name: string): OpenLedgerError =>
  new OpenLedgerError('OL1816', { name, known: Object.keys(devAccounts()).join(', ') })

function unknownSigner(parameters: SignerParameters, name: string): OpenLedgerError {
  const { signer } = describedNetwork(parameters) ?? {}
  const known = [
    'a keystore',
    ...(signer === undefined ? [] : [signer.address]),
    ...(isLocal(parameters) ? Object.keys(devAccounts()) : []),
  ]
  return new OpenLedgerError('OL1625', { name, network: parameters.network, known: known.join(', ') })
}
