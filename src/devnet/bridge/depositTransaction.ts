import type { Address, Hash, Hex } from 'viem'
import {
  concatHex,
  decodeAbiParameters,
  keccak256,
  numberToHex,
  pad,
  size,
  slice,
  toEventSelector,
  toRlp,
} from 'viem/utils'
import { l1BlockAddress } from './predeploys.js'

/** Topic of the event by which the portal requests a deposit on the L2. */
export const transactionDepositedTopic = toEventSelector('TransactionDeposited(address,address,uint256,bytes)')

/** The fields of an L1 log that deposits need, as JSON-RPC returns them. */
export interface PortalLog {
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockHash: Hash
  readonly logIndex: number
}

/** The fields of a type-0x7E transaction, which nobody signs. */
export interface DepositFields {
  readonly sourceHash: Hash
  readonly from: Address
  /** Absent when the transaction creates a contract. */
  readonly to?: Address
  /** Wei that the deposit creates on the L2, for `from`. */
  readonly mint: bigint
  /** Wei that the deposit transfers from `from` to `to`. */
  readonly value: bigint
  readonly gas: bigint
  readonly data: Hex
}

/** A serialized deposit for the L2's node. */
export interface DepositTransaction {
  readonly from: Address
  readonly raw: Hex
  readonly hash: Hash
}

const quantity = (value: bigint): Hex => (value === 0n ? '0x' : numberToHex(value))

/**
 * Serializes a deposit transaction of the OP Stack, to the same bytes as `viem/op-stack`. That module would load all of viem at
 * the start of a devnet.
 */
export function serializeDeposit({ sourceHash, from, to, mint, value, gas, data }: DepositFields): DepositTransaction {
  const fields: Hex[] = [sourceHash, from, to ?? '0x', quantity(mint), quantity(value), quantity(gas), '0x', data]
  const raw = concatHex(['0x7e', toRlp(fields)])
  return { from, raw, hash: keccak256(raw) }
}

/** The source hash: domain 0 with the log's index for users' deposits, domain 1 with the sequence number for attributes. */
export const sourceHash = (domain: 0 | 1, blockHash: Hash, index: number): Hash =>
  keccak256(concatHex([word(domain), keccak256(concatHex([blockHash, word(index)]))]))

const word = (value: number): Hex => pad(numberToHex(value))

/**
 * Parses a `TransactionDeposited` log.
 *
 * @throws Error when the version is not 0, the only existing one
 */
export function parseDeposit({ topics, data, blockHash, logIndex }: PortalLog): DepositFields {
  const [, from, to, version] = topics
  if (from === undefined || to === undefined || BigInt(version ?? 1) !== 0n) {
    throw new Error(`log ${logIndex} of the L1 block ${blockHash} is not a deposit of version 0`)
  }
  const [opaque] = decodeAbiParameters([{ type: 'bytes' }], data)
  // The packed fields: mint, value, gas limit (8 bytes), whether it creates a contract (1 byte), data.
  const isCreation = slice(opaque, 72, 73) === '0x01'
  return {
    sourceHash: sourceHash(0, blockHash, logIndex),
    from: slice(from, 12),
    ...(!isCreation && { to: slice(to, 12) }),
    mint: BigInt(slice(opaque, 0, 32)),
    value: BigInt(slice(opaque, 32, 64)),
    gas: BigInt(slice(opaque, 64, 72)),
    data: size(opaque) > 73 ? slice(opaque, 73) : '0x',
  }
}

/**
 * Replaces a deposit that the node refuses to run, for example because it spends more than its sender has or buys less gas than
 * its data costs. An OP chain includes such a deposit anyway: it mints, uses up the nonce and fails. The replacement does the
 * same, by a call of L1Block without data, which always fails.
 */
export const failingDeposit = (deposit: DepositFields): DepositTransaction =>
  serializeDeposit({ ...deposit, to: l1BlockAddress, value: 0n, data: '0x' })
