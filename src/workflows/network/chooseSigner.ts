import type { LocalAccount } from 'viem'
import type { Review } from '../../chain/client/guardAccount.js'
import { isLocalNetwork, type Network } from '../../chain/client/networks.js'
import { addressOf } from '../../config/address.js'
import type { NetworkConfig } from '../../config/mergeNetworks.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { keystoreAccount } from '../../wallet/keystoreAccount.js'
import { listKeys, readKey, type StoredKey } from '../../wallet/keystores.js'
import { signerAccount } from '../../wallet/signerAccount.js'

/** What signing asks of whoever runs it. */
export interface SigningHooks {
  /** Gives the password of a keystore. */
  readonly password: (key: StoredKey) => Promise<string>
  /** Sees every transaction on a network that is not local before it is signed. */
  readonly review: Review
  /** Hears what a signer command tells its user. */
  readonly note: (text: string) => void
}

export interface ChooseSignerParameters {
  readonly network: Network
  /** What the configuration says of the network; nothing for the devnet. */
  readonly described?: NetworkConfig | undefined
  /** `--account`: name of a keystore or a devnet account, or the address of one or of the signer. */
  readonly account?: string | undefined
  /** Folder of the keystores. */
  readonly keystores: string
  readonly signing: SigningHooks
}

/**
 * The account that signs on a network: what `--account` names, else what the configuration names. No key is opened before
 * it signs.
 *
 * @returns undefined where nothing is named
 * @throws OL1026 when it is an address with a wrong checksum, OL1625 when there is no such account, OL1614, OL1616 or OL1619 when its keystore cannot be used
 */
export async function chooseSigner(parameters: ChooseSignerParameters): Promise<LocalAccount | undefined> {
  const { network, described, keystores, signing } = parameters
  const signer = described?.signer
  const named = parameters.account ?? described?.account
  const open = (key: StoredKey): LocalAccount => {
    if (key.looseMode !== undefined)
      signing.note(`Others on this machine may read ${key.path} (mode ${key.looseMode}): run chmod 600 on it.`)
    return keystoreAccount(key, () => signing.password(key))
  }
  const commanded = () => signer && signerAccount({ signer, network: network.name, note: signing.note })
  if (named === undefined) return commanded()

  const devnet: Readonly<Record<string, LocalAccount>> = devAccounts()
  const address = addressOf(named)
  if (address !== undefined) {
    const same = (other: { readonly address: string }): boolean => other.address.toLowerCase() === address.toLowerCase()
    if (signer !== undefined && same(signer)) return commanded()
    const keys = (await listKeys(keystores)).flatMap((listed) => ('key' in listed ? [listed.key] : []))
    const key = keys.find(same)
    if (key !== undefined) return open(key)
    // On a network that is not local its client refuses it, and says why.
    const account = Object.values(devnet).find(same)
    if (account !== undefined) return account
    throw unknown(parameters, named)
  }
  if (Object.hasOwn(devnet, named)) return devnet[named]
  try {
    return open(await readKey(keystores, named))
  } catch (error) {
    if (OpenLedgerError.is(error) && error.code === 'OL1614') throw unknown(parameters, named)
    throw error
  }
}

function unknown({ network, described }: ChooseSignerParameters, name: string): OpenLedgerError {
  const known = [
    'a keystore',
    ...(described?.signer === undefined ? [] : [described.signer.address]),
    ...(isLocalNetwork(network) ? Object.keys(devAccounts()) : []),
  ]
  return new OpenLedgerError('OL1625', { name, network: network.name, known: known.join(', ') })
}
