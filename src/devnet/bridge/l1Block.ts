import type { Address, Hash, Hex } from 'viem'
import { concatHex, numberToHex, pad, size, slice } from 'viem/utils'
import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'
import { rpcBatch } from '../node/rpc.js'
import {
  type DepositFields,
  type DepositTransaction,
  parseDeposit,
  serializeDeposit,
  sourceHash,
  transactionDepositedTopic,
} from './depositTransaction.js'
import { depositorAccount, l1BlockAddress, proposerAccount } from './predeploys.js'

const blockSchema = z.object({
  number: hex,
  hash: hex,
  parentHash: hex,
  timestamp: hex,
  baseFeePerGas: hex,
})
const logsSchema = z.array(
  z.object({
    topics: z.array(hex),
    data: hex,
    blockHash: hex,
    blockNumber: hex,
    logIndex: hex.transform(Number),
  }),
)

/** Names an L1 block. */
export interface L1Origin {
  readonly number: bigint
  readonly hash: Hash
}

/** An L1 block, as far as the L2 takes notice of it. */
export interface L1Block extends L1Origin {
  readonly parentHash: Hash
  readonly timestamp: bigint
  readonly baseFee: bigint
  /** In the order of the portal's logs. */
  readonly deposits: readonly DepositFields[]
}

/**
 * Reads up to `count` L1 blocks from one on, each with the deposits that the portal logged in it.
 *
 * @returns fewer where the L1 has no such block (any more): each is the child of the one before it
 * @throws Error when the L1 does not answer
 */
export async function readL1Blocks(url: string, portal: Address, first: bigint, count: number): Promise<L1Block[]> {
  const numbers = Array.from({ length: count }, (_, index) => first + BigInt(index))
  const filter = {
    address: portal,
    topics: [transactionDepositedTopic],
    fromBlock: numberToHex(first),
    toBlock: numberToHex(first + BigInt(count - 1)),
  }
  const [logged, ...found] = await rpcBatch(url, [
    { method: 'eth_getLogs', params: [filter] },
    ...numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [numberToHex(number), false] })),
  ])
  const logs = logsSchema.parse(logged)
  const blocks: L1Block[] = []
  for (const [index, each] of found.entries()) {
    const block = blockSchema.nullable().parse(each)
    const number = first + BigInt(index)
    const parent = blocks.at(-1)
    // Blocks and logs were read one after the other: in between, the L1 may have been set back.
    if (block === null || (parent !== undefined && block.parentHash !== parent.hash)) break
    const own = logs.filter((log) => BigInt(log.blockNumber) === number)
    if (own.some(({ blockHash }) => blockHash !== block.hash)) break
    blocks.push({
      number,
      hash: block.hash,
      parentHash: block.parentHash,
      timestamp: BigInt(block.timestamp),
      baseFee: BigInt(block.baseFeePerGas),
      deposits: own.map(parseDeposit),
    })
  }
  return blocks
}

/**
 * Reads one L1 block as {@link readL1Blocks}.
 *
 * @returns `undefined` when the L1 has no such block (any more)
 */
export const readL1Block = async (url: string, portal: Address, number: bigint): Promise<L1Block | undefined> =>
  (await readL1Blocks(url, portal, number, 1))[0]

/** Which L1 block the data of an {@link attributesTransaction} names; `undefined` when it is something else. */
export const parseAttributes = (data: Hex): L1Origin | undefined =>
  data.startsWith(setL1BlockValues) && size(data) === 164
    ? { number: BigInt(slice(data, 28, 36)), hash: slice(data, 100, 132) }
    : undefined

/** Selector of `setL1BlockValuesEcotone()`, which reads its values packed behind it. */
const setL1BlockValues = '0x440a5e20'

/**
 * The transaction that makes an L1 block known on the L2, where contracts read it from the predeploy L1Block. It is sent
 * before the block's deposits. Both scalars are zero: there is no L1 data fee.
 */
export function attributesTransaction({
  number,
  hash,
  timestamp,
  baseFee,
}: Omit<L1Block, 'deposits' | 'parentHash'>): DepositTransaction {
  const uint = (value: bigint | number, bytes: number): Hex => pad(numberToHex(value), { size: bytes })
  const data = concatHex([
    setL1BlockValues,
    uint(0, 4),
    uint(0, 4),
    uint(0, 8),
    uint(timestamp, 8),
    uint(number, 8),
    uint(baseFee, 32),
    uint(1, 32),
    hash,
    // Who would post batches of L2 transactions to the L1: nobody does here.
    pad(proposerAccount),
  ])
  return serializeDeposit({
    sourceHash: sourceHash(1, hash, 0),
    from: depositorAccount,
    to: l1BlockAddress,
    mint: 0n,
    value: 0n,
    gas: 1_000_000n,
    data,
  })
}
