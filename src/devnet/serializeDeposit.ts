import type { Address, Hex } from 'viem'
import { concatHex, keccak256, numberToHex, pad, toRlp } from 'viem/utils'

/** An L1 log that stands for a deposit. */
export interface DepositOrigin {
  readonly blockHash: Hex
  readonly logIndex: number
}

/**
 * The OP Stack's deposit transaction (type 0x7E) that mints to an account on the L2 what it locked on the L1. It equals
 * what `viem/op-stack` serialises; that module would bring all of viem along, for one line, into the start of a devnet.
 */
export const serializeDeposit = (origin: DepositOrigin, account: Address, mintWei: bigint): Hex => {
  const gas = numberToHex(100_000)
  // From and to, mint and value, gas, whether it is a system transaction, data; RLP writes zero and false as nothing.
  const fields: Hex[] = [sourceHash(origin), account, account, numberToHex(mintWei), '0x', gas, '0x', '0x']
  return concatHex(['0x7e', toRlp(fields)])
}

/** Domain 0, user deposits: the hash names the L1 log, so that no two deposits are the same transaction. */
const sourceHash = ({ blockHash, logIndex }: DepositOrigin): Hex =>
  keccak256(concatHex([pad('0x00'), keccak256(concatHex([blockHash, pad(numberToHex(logIndex))]))]))
