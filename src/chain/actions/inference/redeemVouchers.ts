import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import { type ContractAddressParameter, contractAddress } from '../../client/contractAddress.js'
import { eventsOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'
import { type SignedVoucher, voucherIdOf, voucherStruct } from '../../values/voucher.js'

/** A voucher takes up to 60 000 gas, plus a contract's check of its signature: a block has room for some hundred. */
const batchSize = 100

/** The escrow continues when a check runs out of gas, so an estimate may be too low by the gas of one check. */
const gasOfACheck = 160_000n

export interface RedeemVouchersParameters extends ContractAddressParameter {
  readonly vouchers: readonly SignedVoucher[]
}

export interface RedeemVouchersReturnType {
  readonly redeemed: readonly {
    readonly voucherId: Hex
    readonly feeWei: bigint
    /** The part of the fee that went to the contributors' pool. */
    readonly poolWei: bigint
  }[]
  /** Ids of the vouchers that the escrow skipped: they are old, not signed by their payer, or above the deposit. */
  readonly skipped: readonly Hex[]
  readonly transactions: readonly Sent[]
}

/**
 * Redeems vouchers, up to 100 in a transaction. Any account may send it; the money goes to the models' owners, the
 * contributors and the other parties of a fee. A single voucher that cannot be redeemed fails with the reason; among
 * several, the escrow skips it.
 *
 * @throws OL1603 when none can be redeemed, OL1605 when the only one is not signed by its payer
 * @example
 * const { redeemed } = await redeemVouchers(client, { vouchers: [{ voucher, signature }] })
 */
export async function redeemVouchers(
  client: WriteClient,
  { address, vouchers }: RedeemVouchersParameters,
): Promise<RedeemVouchersReturnType> {
  const escrow = contractAddress(client, 'InferenceEscrow', address)
  const results: RedeemVouchersReturnType[] = []
  for (let start = 0; start < vouchers.length; start += batchSize)
    results.push(await redeemBatch(client, escrow, vouchers.slice(start, start + batchSize)))
  return {
    redeemed: results.flatMap(({ redeemed }) => redeemed),
    skipped: results.flatMap(({ skipped }) => skipped),
    transactions: results.flatMap(({ transactions }) => transactions),
  }
}

async function redeemBatch(
  client: WriteClient,
  address: Address,
  batch: readonly SignedVoucher[],
): Promise<RedeemVouchersReturnType> {
  const escrow = { contract: 'InferenceEscrow', address, abi: inferenceEscrowAbi } as const
  const [first] = batch
  if (first === undefined) return { redeemed: [], skipped: [], transactions: [] }
  const receipt =
    batch.length === 1
      ? await sendCall(client, {
          ...escrow,
          functionName: 'redeem',
          args: [voucherStruct(first.voucher), first.signature],
        })
      : await sendCall(client, {
          ...escrow,
          functionName: 'redeemMany',
          args: [batch.map(({ voucher }) => voucherStruct(voucher)), batch.map(({ signature }) => signature)],
          extraGas: gasOfACheck,
        })
  const events = eventsOf(receipt, escrow, 'VoucherRedeemed')
  const redeemed = events.map(({ voucherId, fee, pool }) => ({ voucherId, feeWei: fee, poolWei: pool }))
  const done = new Set(redeemed.map(({ voucherId }) => voucherId))
  const ids = batch.map(({ voucher }) => voucherIdOf({ chainId: client.chain.id, escrow: address, voucher }))
  return { redeemed, skipped: ids.filter((id) => !done.has(id)), transactions: [sentOf(receipt)] }
}
