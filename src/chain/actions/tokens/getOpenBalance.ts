import type { Address } from 'viem'
import { getBalance } from 'viem/actions'
import type { ReadClient } from '../../client/ChainClient.js'
import { toChainRequest } from '../../client/toChainError.js'

/**
 * An account's native OPEN, in wei.
 *
 * @throws OL1600 when the network is not running
 */
export const getOpenBalance = (client: ReadClient, { account }: { readonly account: Address }): Promise<bigint> =>
  toChainRequest(client, 'eth_getBalance', () => getBalance(client, { address: account }))
