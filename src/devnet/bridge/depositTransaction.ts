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

/** Topic of the event by which the portal asks for a deposit on the L2. */
export const transactionDepositedTopic = toEventSelector('TransactionDeposited(address,address,uint256,bytes)')

/** An L1 log as JSON-RPC gives it, as far as deposits need it. */
export interface PortalLog {
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockHash: Hash
  readonly logIndex: number
}

/** The fields of a type-0x7E transaction; nobody signs it. */
export interface DepositFields {
  readonly sourceHash: Hash
  readonly from: Address
  /** Left out to create a contract. */
  readonly to?: Address
  /** Wei that come into being on the L2, for `from`. */
  readonly mint: bigint
  /** Wei that go from `from` to `to`. */
  readonly value: bigint
  readonly gas: bigint
  readonly data: Hex
}

/** A deposit as the L2's node takes it. */
export interface DepositTransaction {
  readonly from: Address
  readonly raw: Hex
  readonly hash: Hash
}

const quantity = (value: bigint): Hex => (value === 0n ? '0x' : numberToHex(value))

/**
 * The OP Stack's deposit transaction, serialised. Equals what `viem/op-stack` serialises; that module would bring all of
 * viem along into the start of a devnet.
 */
export function serializeDeposit({ sourceHash, from, to, mint, value, gas, data }: DepositFields): DepositTransaction {
  const fields: Hex[] = [sourceHash, from, to ?? '0x', quantity(mint), quantity(value), quantity(gas), '0x', data]
  const raw = concatHex(['0x7e', toRlp(fields)])
  return { from, raw, hash: keccak256(raw) }
}

/** Domain 0 for users' deposits, by the log's index; 1 for the attributes of an L1 block, by the sequence number. */
export const sourceHash = (domain: 0 | 1, blockHash: Hash, index: number): Hash =>
  keccak256(concatHex([word(domain), keccak256(concatHex([blockHash, word(index)]))]))

const word = (value: number): Hex => pad(numberToHex(value))

/**
 * What a `TransactionDeposited` log asks for.
 *
 * @throws Error when it is of a version other than 0, the only one there is
 */
export function parseDeposit({ topics, data, blockHash, logIndex }: PortalLog): DepositFields {
  const [, from, to, version] = topics
  if (from === undefined || to === undefined || BigInt(version ?? 1) !== 0n) {
    throw new Error(`log ${logIndex} of the L1 block ${blockHash} is no deposit of version 0`)
  }
  const [opaque] = decodeAbiParameters([{ type: 'bytes' }], data)
  // Packed: mint, value, gas limit (8 bytes), whether it creates a contract (1 byte), data.
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
 * What takes the place of a deposit that the node refuses to run, for example because it spends more than its sender has
 * or buys less gas than its data costs. An OP chain includes it all the same: it mints, uses up the nonce and fails. This
 * one does just that: it calls L1Block without data, which always fails.
 */
export const failingDeposit = (deposit: DepositFields): DepositTransaction =>
  serializeDeposit({ ...deposit, to: l1BlockAddress, value: 0n, data: '0x' })
