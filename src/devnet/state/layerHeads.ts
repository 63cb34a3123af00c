import { z } from 'zod'
import { rpc } from '../node/rpc.js'
import type { DevnetState } from './devnetState.js'

export interface LayerHead {
  readonly blockNumber: number
  readonly blockHash: string
  /** Unix time of the block, by the chain's clock. */
  readonly timestamp: number
}

const blockSchema = z.object({ number: z.string(), hash: z.string(), timestamp: z.string() })

/** The newest block of both layers. */
export async function layerHeads({
  l1,
  l2,
}: Pick<DevnetState, 'l1' | 'l2'>): Promise<{ readonly l1: LayerHead; readonly l2: LayerHead }> {
  const [one, two] = await Promise.all([headOf(l1.rpcUrl), headOf(l2.rpcUrl)])
  return { l1: one, l2: two }
}

async function headOf(rpcUrl: string): Promise<LayerHead> {
  const { number, hash, timestamp } = blockSchema.parse(await rpc(rpcUrl, 'eth_getBlockByNumber', ['latest', false]))
  return { blockNumber: Number(number), blockHash: hash, timestamp: Number(timestamp) }
}
