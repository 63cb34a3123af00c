import type { Address, Hash, Hex } from 'viem'
import { concatHex, numberToHex, pad, size, slice } from 'viem/utils'
import { z } from 'zod'
import { rpcBatch } from '../rpc.js'
import {
  type DepositFields,
  type DepositTransaction,
  parseDeposit,
  serializeDeposit,
  sourceHash,
  transactionDepositedTopic,
} from './depositTransaction.js'
import { depositorAccount, l1BlockAddress, proposerAccount } from './predeploys.js'

const hex = z.string().transform((text) => text as Hex)
const blockSchema = z.object({ number: hex, hash: hex, timestamp: hex, baseFeePerGas: hex })
const logsSchema = z.array(
  z.object({ topics: z.array(hex), data: hex, blockHash: hex, logIndex: hex.transform(Number) }),
)

/** Names an L1 block. */
export interface L1Origin {
  readonly number: bigint
  readonly hash: Hash
}

/** An L1 block, as far as the L2 takes notice of it. */
export interface L1Block extends L1Origin {
  readonly timestamp: bigint
  readonly baseFee: bigint
  /** In the order of the portal's logs. */
  readonly deposits: readonly DepositFields[]
}

/**
 * Reads an L1 block and the deposits that the portal logged in it.
 *
 * @returns `undefined` when the L1 has no such block (any more)
 * @throws Error when the L1 does not answer
 */
export async function readL1Block(url: string, portal: Address, number: bigint): Promise<L1Block | undefined> {
  const at = numberToHex(number)
  const filter = { address: portal, topics: [transactionDepositedTopic], fromBlock: at, toBlock: at }
  const [found, logged] = await rpcBatch(url, [
    { method: 'eth_getBlockByNumber', params: [at, false] },
    { method: 'eth_getLogs', params: [filter] },
  ])
  if (found === null) return undefined
  const { hash, timestamp, baseFeePerGas } = blockSchema.parse(found)
  const logs = logsSchema.parse(logged)
  // Block and logs were read one after the other: in between, the L1 may have been set back.
  if (logs.some(({ blockHash }) => blockHash !== hash)) return undefined
  return {
    number,
    hash,
    timestamp: BigInt(timestamp),
    baseFee: BigInt(baseFeePerGas),
    deposits: logs.map(parseDeposit),
  }
}

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
}: Omit<L1Block, 'deposits'>): DepositTransaction {
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
