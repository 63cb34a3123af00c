import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import { type ContractAddressParameter, contractAddress } from '../../client/contractAddress.js'
import { eventsOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'
import { type SignedVoucher, voucherIdOf } from '../../values/voucher.js'

/** A voucher takes up to 60 000 gas, and one more check of a contract’s signature: a block holds some hundred. */
const batchSize = 100

/** The escrow goes on when a check runs out of gas, so that an estimate may be too low by what one check may use. */
const gasOfACheck = 160_000n

export interface RedeemVouchersParameters extends ContractAddressParameter {
  readonly vouchers: readonly SignedVoucher[]
}

export interface RedeemVouchersReturnType {
  readonly redeemed: readonly {
    readonly voucherId: Hex
    readonly feeWei: bigint
    /** The part of it that went to the contributors’ pool. */
    readonly poolWei: bigint
  }[]
  /** Ids of those that were left out: old, not signed by their payer, or above the deposit. */
  readonly skipped: readonly Hex[]
  readonly transactions: readonly Sent[]
}

/**
 * Redeems vouchers, by hundreds. Anyone may; the money goes to the models’ owners, contributors and the others. One voucher
 * alone that cannot be redeemed fails with the reason; of several, those are left out.
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
  const structs = batch.map(({ voucher: { cumulativeWei, ...voucher } }) => ({ ...voucher, cumulative: cumulativeWei }))
  const [struct] = structs as [(typeof structs)[number]]
  const receipt =
    batch.length === 1
      ? await sendCall(client, { ...escrow, functionName: 'redeem', args: [struct, first.signature] })
      : await sendCall(client, {
          ...escrow,
          functionName: 'redeemMany',
          args: [structs, batch.map(({ signature }) => signature)],
          extraGas: gasOfACheck,
        })
  const events = eventsOf(receipt, escrow, 'VoucherRedeemed')
  const redeemed = events.map(({ voucherId, fee, pool }) => ({ voucherId, feeWei: fee, poolWei: pool }))
  const done = new Set(redeemed.map(({ voucherId }) => voucherId))
  const ids = batch.map(({ voucher }) => voucherIdOf({ chainId: client.chain.id, escrow: address, voucher }))
  return { redeemed, skipped: ids.filter((id) => !done.has(id)), transactions: [sentOf(receipt)] }
}
