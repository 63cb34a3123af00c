import { getChainId } from 'viem/actions'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ReadClient } from './ChainClient.js'
import { toChainRequest } from './toChainError.js'

/**
 * Checks that the network answers, and that it is on the chain of its configuration. A command calls it once at its
 * start.
 *
 * @throws OL1600 when nothing answers, OL1608 when the answer cannot be read, OL1613 when it is on another chain
 * @example
 * await verifyChain(client)
 */
export async function verifyChain(client: ReadClient): Promise<void> {
  const found = await toChainRequest(client, 'eth_chainId', () => getChainId(client))
  const { id, name, rpcUrls } = client.chain
  if (found === id) return
  const [url = ''] = rpcUrls.default.http
  throw new OpenLedgerError('OL1613', { url, found, expected: id, network: name })
}
