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

/** The number and hash that identify an L1 block. */
export interface L1Origin {
  readonly number: bigint
  readonly hash: Hash
}

/** The parts of an L1 block that the L2 reads. */
export interface L1Block extends L1Origin {
  readonly parentHash: Hash
  readonly timestamp: bigint
  readonly baseFee: bigint
  /** Deposits in the order of the portal's logs. */
  readonly deposits: readonly DepositFields[]
}

/**
 * Reads up to `count` L1 blocks from `first` on, each with the deposits that the portal logged in it.
 *
 * @returns a chain of blocks, each the child of the one before; fewer than `count` when the L1 has no more
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
    // Blocks and logs were read one after the other. In between, the L1 may have been reverted.
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
 * Reads one L1 block like {@link readL1Blocks}.
 *
 * @returns `undefined` when the L1 does not have the block
 */
export const readL1Block = async (url: string, portal: Address, number: bigint): Promise<L1Block | undefined> =>
  (await readL1Blocks(url, portal, number, 1))[0]

/** The L1 block that the data of an {@link attributesTransaction} names; `undefined` for other data. */
export const parseAttributes = (data: Hex): L1Origin | undefined =>
  data.startsWith(setL1BlockValues) && size(data) === 164
    ? { number: BigInt(slice(data, 28, 36)), hash: slice(data, 100, 132) }
    : undefined

/** Selector of `setL1BlockValuesEcotone()`, which reads the packed values after it. */
const setL1BlockValues = '0x440a5e20'

/**
 * Makes the transaction that announces an L1 block on the L2, where contracts read it from the predeploy L1Block. It precedes
 * the block's deposits. Both scalars are zero: there is no L1 data fee.
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
    // The account that would post batches of L2 transactions to the L1, which a devnet does not do.
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
