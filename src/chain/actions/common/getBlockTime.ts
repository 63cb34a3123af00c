import { getBlock } from 'viem/actions'
import type { ReadClient } from '../../client/ChainClient.js'
import { toChainRequest } from '../../client/toChainError.js'

/**
 * The time of the newest block as Unix time in seconds. For contracts, this is now.
 *
 * @throws OL1600 when the network is not running
 */
export async function getBlockTime(client: ReadClient): Promise<number> {
  const { timestamp } = await toChainRequest(client, 'eth_getBlockByNumber', () => getBlock(client))
  return Number(timestamp)
}
