import { setTimeout as sleep } from 'node:timers/promises'
import type { Hash } from 'viem'
import { rpcBatch } from '../node/rpc.js'

/** Milliseconds of the longest pause. On its way from the pool into a block, a transaction may be in neither for a moment. */
const longestPause = 50
const looksUnknown = 3

/**
 * Waits without a time limit until a transaction is in a block.
 *
 * @returns its receipt; `null` when the node no longer knows the transaction, because it was dropped from the pool or its block
 * was reverted
 * @throws Error when the node does not answer, or the signal is aborted
 */
export async function waitUntilMined(url: string, hash: Hash, signal: AbortSignal): Promise<unknown> {
  let unknown = 0
  for (let pause = 1; ; pause = Math.min(2 * pause, longestPause)) {
    const [receipt, transaction] = await rpcBatch(url, [
      { method: 'eth_getTransactionReceipt', params: [hash] },
      { method: 'eth_getTransactionByHash', params: [hash] },
    ])
    if (receipt !== null) return receipt
    if (transaction !== null) unknown = 0
    else if (pause === longestPause && ++unknown === looksUnknown) return null
    await sleep(pause, undefined, { signal })
  }
}
