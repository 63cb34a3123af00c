import { createClient, http, type LocalAccount, webSocket } from 'viem'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ReadClient, WriteClient } from './ChainClient.js'
import { isDevAddress } from './devMnemonic.js'
import { guardAccount, type Review } from './guardAccount.js'
import { isLocalNetwork, type Network } from './networks.js'

export interface ChainClientParameters<Account extends LocalAccount | undefined = LocalAccount | undefined> {
  readonly network: Network
  /** Signs the writing actions. The reading ones need none. */
  readonly account?: Account
  /** Is called with every transaction before it is signed, and may throw to prevent that. */
  readonly review?: Review
}

/**
 * A viem client of a network, for our actions and for all of viem's. Creating it sends nothing. Before its first
 * signature, it asks the node which chain it is on.
 *
 * @throws OL1601 when the account is a public test key and the network is not local
 * @example
 * const client = createChainClient({ network, account: devAccounts().maintainer })
 * const { datanetId } = await createDatanet(client, { name: 'bees', salt, licence: 'CC-BY-4.0' })
 */
export function createChainClient(
  parameters: ChainClientParameters<LocalAccount> & { account: LocalAccount },
): WriteClient
export function createChainClient(parameters: ChainClientParameters<undefined>): ReadClient
export function createChainClient({ network, account, review }: ChainClientParameters): ReadClient | WriteClient {
  const { chain, rpcUrl } = network
  const local = isLocalNetwork(network)
  if (account !== undefined && !local && isDevAddress(account.address)) {
    throw new OpenLedgerError('OL1601', {
      address: account.address,
      network: network.name,
      chainId: chain.id,
      url: rpcUrl,
    })
  }
  // A local node answers at once or is not there: a retry would only delay the error.
  const options = { retryCount: local ? 0 : 3 }
  const transport = rpcUrl.startsWith('ws') ? webSocket(rpcUrl, options) : http(rpcUrl, options)
  const settings = { chain, transport, ...(local && { pollingInterval: 10, cacheTime: 0 }) }
  const reader = createClient(settings)
  if (account === undefined) return reader
  return createClient({ ...settings, account: guardAccount(account, network, reader, review) })
}
