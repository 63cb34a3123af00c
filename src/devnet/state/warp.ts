import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { rpcBatch } from '../node/rpc.js'
import type { DevnetState } from './devnetState.js'

/**
 * Moves the clock of both layers forward and mines a block on each, so that contracts see the new time at once.
 *
 * @param seconds from 1 to 100 years
 * @throws OL1709 when `seconds` is not a whole number in that range
 * @example
 * await warp(devnet, 3600) // past the challenge window
 */
export async function warp(devnet: Pick<DevnetState, 'l1' | 'l2'>, seconds: number): Promise<void> {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3_153_600_000) {
    throw new OpenLedgerError('OL1709', { seconds })
  }
  const calls = [{ method: 'evm_increaseTime', params: [seconds] }, { method: 'evm_mine' }]
  await Promise.all([devnet.l1, devnet.l2].map(({ rpcUrl }) => rpcBatch(rpcUrl, calls)))
}

export interface MineOptions {
  /** Stops between two requests, when both layers have mined the same number of blocks. */
  readonly signal?: AbortSignal
  /** Called with the number of blocks mined on each layer. */
  readonly onProgress?: (mined: number) => void
}

/** Blocks of one request; more could exceed the time limit of a request. */
const blocksAtOnce = 100

/**
 * Mines blocks on both layers, a second apart. The first block contains the transactions that wait in the pool.
 *
 * @param blocks from 1 to 100000
 * @throws OL1755 when `blocks` is not a whole number in that range
 * @example
 * await mine(devnet, 10)
 */
export async function mine(
  devnet: Pick<DevnetState, 'l1' | 'l2'>,
  blocks: number,
  { signal, onProgress }: MineOptions = {},
): Promise<void> {
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > 100_000) throw new OpenLedgerError('OL1755', { blocks })
  for (let mined = 0; mined < blocks; ) {
    signal?.throwIfAborted()
    const count = Math.min(blocksAtOnce, blocks - mined)
    const calls = [{ method: 'anvil_mine', params: [`0x${count.toString(16)}`, '0x1'] }]
    await Promise.all([devnet.l1, devnet.l2].map(({ rpcUrl }) => rpcBatch(rpcUrl, calls)))
    mined += count
    onProgress?.(mined)
  }
}
