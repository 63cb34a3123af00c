import type { LocalAccount } from 'viem'
import { isDevAddress } from '../../chain/client/devMnemonic.js'
import { defineNetwork, isLocalNetwork } from '../../chain/client/networks.js'
import { localChainId } from '../../config/localNetwork.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { chooseSigner } from './chooseSigner.js'
import type { OpenConnectionParameters } from './openConnection.js'

/**
 * The account that signs a contribution: a keystore, the network's signer, or an account of the devnet. A contribution
 * names no chain, but what it earns is paid on one: test keys are refused where that is not local.
 *
 * @param name the network's account or signer unless given
 * @throws OL1624 when none is given and the network has none
 * @throws OL1631 for a test key on a network that is not local
 * @throws OL1816 when there is no such account, OL1616 or OL1619 when its keystore cannot be used
 */
export async function contributorAccount(
  name: string | undefined,
  { network, networks, keystores, signing }: Omit<OpenConnectionParameters, 'workspace' | 'account'>,
): Promise<LocalAccount> {
  const described = networks[network]
  // Asked of no node; the address only decides whether the network is local.
  const asked = defineNetwork({
    name: network,
    chainId: described?.chainId ?? localChainId,
    rpcUrl: described?.rpcUrl ?? 'http://127.0.0.1',
  })
  const chosen = chooseSigner({ network: asked, described, account: name, keystores, signing })
  const account = await chosen.catch((error: unknown) => {
    if (name === undefined || !OpenLedgerError.is(error) || error.code !== 'OL1625') throw error
    throw new OpenLedgerError('OL1816', { name, known: Object.keys(devAccounts()).join(', ') })
  })
  if (account === undefined) throw new OpenLedgerError('OL1624', { network, chainId: asked.chain.id })
  if (!isLocalNetwork(asked) && isDevAddress(account.address))
    throw new OpenLedgerError('OL1631', { address: account.address })
  return account
}
