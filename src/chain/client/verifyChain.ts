import { getChainId } from 'viem/actions'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ReadClient } from './ChainClient.js'
import { toChainRequest } from './toChainError.js'

/**
 * Checks that the network answers and is the chain it is configured to be. Meant for the start of a command, so that
 * nothing else has to.
 *
 * @throws OL1600 when nothing answers, OL1608 when the answer cannot be read, OL1613 when it is another chain
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
