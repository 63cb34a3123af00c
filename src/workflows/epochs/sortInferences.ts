import type { WorkspacePaths } from '../../config/workspacePaths.js'
import type { Epoch } from '../../rewards/epochs.js'
import { type Receipt, receiptOf } from '../../rewards/receipts.js'
import type { Redemption } from '../../rewards/redemptions.js'
import { singlePayment, voucherPayments } from '../inference/inferencePayments.js'
import { type NotedInference, readInferences } from '../inference/inferences.js'
import { notedRedemptions, readVouchers } from '../inference/vouchers.js'
import type { Connection } from '../network/openConnection.js'

/** The workspace's inferences by what became of them. */
export interface SortedInferences {
  /** Ids of those that an epoch holds. */
  readonly settled: ReadonlySet<string>
  /** Receipts of inferences that were paid for and wait for an epoch. */
  readonly receipts: readonly Receipt[]
  /** Redemptions of noted vouchers; those that paid for the receipts are among them. */
  readonly redemptions: readonly Redemption[]
  /** Noted, but not paid for on this chain. */
  readonly unpaid: readonly NotedInference[]
  /** Under a voucher that was not redeemed. */
  readonly unredeemed: readonly NotedInference[]
  /** Paid for, but no record helped. */
  readonly unattributed: readonly NotedInference[]
}

/**
 * Sorts noted inferences by whether an epoch holds them, and what was paid for them.
 *
 * @param noted by default, all that the workspace has noted
 */
export async function sortInferences(
  paths: WorkspacePaths,
  connection: Connection,
  epochs: readonly Epoch[],
  noted?: readonly NotedInference[],
): Promise<SortedInferences> {
  const settled = new Set<string>(epochs.flatMap(({ receipts }) => receipts.map(({ inferenceId }) => inferenceId)))
  const vouchers = await readVouchers(paths, connection)
  const redemptions = await notedRedemptions(connection, vouchers)
  const redeemed = voucherPayments(redemptions)
  const signed = new Set<string>(vouchers.flatMap(({ inferences }) => inferences.map(({ inferenceId }) => inferenceId)))
  const receipts: Receipt[] = []
  const unpaid: NotedInference[] = []
  const unredeemed: NotedInference[] = []
  const unattributed: NotedInference[] = []
  for (const inference of noted ?? (await readInferences(paths))) {
    const { inferenceId } = inference
    if (settled.has(inferenceId)) continue
    const payment = (await singlePayment(connection, inference)) ?? redeemed(inference)
    if (payment === undefined) (signed.has(inferenceId) ? unredeemed : unpaid).push(inference)
    else if (inference.shares.length === 0) unattributed.push(inference)
    else receipts.push(receiptOf(inference, payment))
  }
  return { settled, receipts, redemptions, unpaid, unredeemed, unattributed }
}
