import type { Address } from 'viem'
import { z } from 'zod'
import { rpc, rpcBatch } from '../node/rpc.js'
import { attributesTransaction, readL1Blocks } from './l1Block.js'
import { l1BlockAddress } from './predeploys.js'

const numberSchema = z.object({ number: z.string().transform(BigInt) })
const receiptSchema = z.object({ blockNumber: z.string().transform(BigInt) }).nullable()

export interface SafeBlockNodes {
  readonly l1RpcUrl: string
  readonly l2RpcUrl: string
  readonly portal: Address
}

/**
 * The newest L2 block that is derived only from L1 blocks up to a tag: the block before the one that announces the next L1
 * block. On a new devnet that is block 0 until the L1 has enough blocks.
 *
 * @throws Error when a node does not answer
 */
export async function safeBlock(
  { l1RpcUrl, l2RpcUrl, portal }: SafeBlockNodes,
  tag: 'safe' | 'finalized',
): Promise<bigint> {
  const { number } = numberSchema.parse(await rpc(l1RpcUrl, 'eth_getBlockByNumber', [tag, false]))
  const [[next], [head, slot]] = await Promise.all([
    readL1Blocks(l1RpcUrl, portal, number + 1n, 1),
    rpcBatch(l2RpcUrl, [
      { method: 'eth_blockNumber' },
      { method: 'eth_getStorageAt', params: [l1BlockAddress, '0x0', 'latest'] },
    ]),
  ])
  // The low half of the first slot is the number.
  const derived = BigInt.asUintN(64, BigInt(String(slot)))
  if (next === undefined || derived <= number) return BigInt(String(head))
  const receipt = receiptSchema.parse(
    await rpc(l2RpcUrl, 'eth_getTransactionReceipt', [attributesTransaction(next).hash]),
  )
  // The receipt is missing only while one of the layers is being reverted.
  return receipt === null ? 0n : receipt.blockNumber - 1n
}
