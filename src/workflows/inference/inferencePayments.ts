import { zeroHash } from 'viem'
import { getPayment } from '../../chain/actions/inference/getPayment.js'
import { getRedemption } from '../../chain/actions/inference/getRedemption.js'
import { type Voucher, voucherIdOf } from '../../chain/values/voucher.js'
import type { InferencePayment, Receipt } from '../../rewards/receipts.js'
import { type Redemption, redeemedInferences } from '../../rewards/redemptions.js'
import type { Connection } from '../network/openConnection.js'

type Paid = Pick<Receipt, 'inferenceId' | 'payer' | 'modelId'>

/** What was paid for an inference by itself. A payment under its id by another account is none for it. */
export async function singlePayment(
  connection: Connection,
  { inferenceId, payer, modelId }: Paid,
): Promise<InferencePayment | undefined> {
  const found = await getPayment(connection.client, { inferenceId })
  if (found?.payer.toLowerCase() !== payer || found.modelId.toLowerCase() !== modelId) return undefined
  return { feeWei: found.feeWei, poolWei: found.poolWei, voucherId: undefined }
}

/**
 * What redemptions paid for inferences, each by its id, payer and model: a voucher that names somebody else's inference pays
 * nothing for it. Of several of one payer the first counts.
 */
export function voucherPayments(redemptions: readonly Redemption[]): (inference: Paid) => InferencePayment | undefined {
  const payments = new Map<string, InferencePayment>()
  const keyOf = ({ inferenceId, payer, modelId }: Paid): string => `${inferenceId} ${payer} ${modelId}`
  for (const redemption of redemptions) {
    const { payer, modelId, voucherId } = redemption
    for (const [inferenceId, paid] of redeemedInferences(redemption)) {
      const key = keyOf({ inferenceId, payer, modelId })
      if (!payments.has(key)) payments.set(key, { ...paid, voucherId })
    }
  }
  return (inference) => payments.get(keyOf(inference))
}

/**
 * Holds a redemption, checked in itself, against the escrow. The id of a voucher commits to payer, model, total and chain of
 * inferences, so what the escrow keeps under it is about this voucher; and only one voucher was redeemed up to the total
 * that this one continues from.
 *
 * @returns what is wrong; undefined when all of it holds
 */
export async function redemptionMismatch(connection: Connection, redemption: Redemption): Promise<string | undefined> {
  const { voucherId, payer, modelId, cumulativeWei, head, previousHead, feeWei, poolWei } = redemption
  const address = connection.address('InferenceEscrow')
  const voucher: Voucher = { payer, modelId, cumulativeWei: BigInt(cumulativeWei), inferences: head }
  const id = voucherIdOf({ chainId: connection.network.chain.id, escrow: address, voucher })
  if (id !== voucherId) return `the voucher has the id ${id}, not ${voucherId}`
  const found = await getRedemption(connection.client, { voucher })
  if (found === undefined) return `voucher ${voucherId} was not redeemed`
  if (String(found.feeWei) !== feeWei) return `voucher ${voucherId} moved ${found.feeWei} wei, not ${feeWei}`
  if (String(found.poolWei) !== poolWei)
    return `voucher ${voucherId} paid ${found.poolWei} wei into the pool, not ${poolWei}`
  const before = voucher.cumulativeWei - found.feeWei
  if (before === 0n)
    return previousHead === zeroHash ? undefined : `voucher ${voucherId} is the first, with a head before it`
  const previous = { payer, modelId, cumulativeWei: before, inferences: previousHead }
  if ((await getRedemption(connection.client, { voucher: previous })) !== undefined) return undefined
  return `no voucher with the head ${previousHead} was redeemed before ${voucherId}`
}
