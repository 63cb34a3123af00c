import { defineNetwork } from '../../chain/client/networks.js'
import { localChainId, localNetwork } from '../../config/localNetwork.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { chooseSigner, type SigningHooks } from './chooseSigner.js'
import type { OpenConnectionParameters } from './openConnection.js'

/**
 * The address of whoever signs on a network. Neither opens a key nor talks to a node.
 *
 * @throws OL1624 when nobody is named, OL1614, OL1616, OL1619 or OL1625 when the account cannot be used
 */
export async function accountAddress(
  parameters: Omit<OpenConnectionParameters, 'workspace'> & { readonly signing: SigningHooks },
): Promise<`0x${string}`> {
  const { network: name, networks, account, keystores, signing } = parameters
  const described = networks[name]
  const { chainId } = described ?? { chainId: localChainId }
  // Which node would be asked makes no difference to whose key signs.
  const network = defineNetwork({ name, chainId, rpcUrl: 'http://127.0.0.1' })
  const signer = await chooseSigner({ network, described, account, keystores, signing })
  if (signer !== undefined) return signer.address
  if (name === localNetwork) throw new OpenLedgerError('OL1635', { network: name })
  throw new OpenLedgerError('OL1624', { network: name, chainId })
}
