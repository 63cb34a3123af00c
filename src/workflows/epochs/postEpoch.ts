import { getEpoch } from '../../chain/actions/rewards/getEpoch.js'
import { getLedger } from '../../chain/actions/rewards/getLedger.js'
import { type PostEpochParameters, postEpoch as sendEpoch } from '../../chain/actions/rewards/postEpoch.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeEpoch } from '../../rewards/epochFolder.js'
import { buildEpoch, type Epoch } from '../../rewards/epochs.js'
import { createReceipt, type Receipt } from '../../rewards/receipts.js'
import type { Redemption } from '../../rewards/redemptions.js'
import { splitWei } from '../../rewards/splitWei.js'
import { type InferencePayment, singlePayment, voucherPayments } from '../inference/inferencePayments.js'
import { type Inference, readInferences } from '../inference/inferences.js'
import { notedRedemptions, readVouchers } from '../inference/vouchers.js'
import type { Connection } from '../network/openConnection.js'
import { ledgerEpochs, matchEpochs, type OnChainEpoch, readEpochs, requireNotRejected } from './epochHistory.js'

export interface PreparedEpoch {
  readonly epoch: Epoch
  /** True when an earlier run built it and did not get to post it. */
  readonly resumed: boolean
  /** Noted inferences that nobody paid for; they are left out. */
  readonly unpaid: number
  /** Noted inferences under vouchers that nobody has redeemed; they are left out too. */
  readonly unredeemed: number
  /** Paid inferences that no record helped: their pool stays unallocated. */
  readonly unattributed: number
}

/**
 * Builds the next epoch of everything that was paid for since the last one, by itself or under a voucher that was redeemed:
 * the escrow says what each inference paid, the
 * workspace says whose records shaped it. An epoch that an earlier run built but did not post comes first.
 *
 * @throws OL1811 when there is nothing to post
 * @throws OL1812 when the workspace's epochs are of another chain, OL1821 when the newest was rejected
 * @throws OL1819 while the epoch before is in question
 */
export async function prepareEpoch(paths: WorkspacePaths, connection: Connection): Promise<PreparedEpoch> {
  const ledger = await ledgerEpochs(connection)
  const matched = await matchEpochs(connection, await readEpochs(paths), ledger)
  const epochs = matched.map(({ epoch }) => epoch)
  const last = matched.at(-1)
  const inferences = await sortInferences(paths, connection, epochs)
  const open = {
    unpaid: inferences.unpaid.length,
    unredeemed: inferences.unredeemed.length,
    unattributed: inferences.unattributed.length,
  }
  if (last !== undefined && last.onChain === undefined) {
    requireNonePending(connection, ledger)
    return { epoch: last.epoch, resumed: true, ...open }
  }
  const { settled, receipts, redemptions } = inferences
  if (receipts.length === 0) {
    const { unpaid, unredeemed, unattributed } = open
    const reason = `${unpaid + unredeemed + unattributed} inferences are open, ${unpaid} of them unpaid, ${unredeemed} under vouchers that are not redeemed, ${unattributed} unattributed`
    throw new OpenLedgerError('OL1811', { reason })
  }
  requireNonePending(connection, ledger)
  const epoch = buildEpoch({
    receipts,
    redemptions,
    settled,
    chainId: connection.network.chain.id,
    rewardPool: connection.address('RewardPool'),
    ...(last && { previous: last.epoch }),
  })
  await requireNotRejected(connection, epoch, ledger)
  return { epoch, resumed: false, ...open }
}

/** The workspace's inferences by what became of them. */
export interface SortedInferences {
  /** Ids of those that an epoch holds. */
  readonly settled: ReadonlySet<string>
  /** Of those that were paid for and wait for an epoch. */
  readonly receipts: readonly Receipt[]
  /** Of the vouchers that were redeemed, those of receipts among them. */
  readonly redemptions: readonly Redemption[]
  /** Noted, but not paid for on this chain. */
  readonly unpaid: readonly Inference[]
  /** Under a voucher that was not redeemed. */
  readonly unredeemed: readonly Inference[]
  /** Paid for, but no record helped. */
  readonly unattributed: readonly Inference[]
}

/** @param noted those of the workspace unless given */
export async function sortInferences(
  paths: WorkspacePaths,
  connection: Connection,
  epochs: readonly Epoch[],
  noted?: readonly Inference[],
): Promise<SortedInferences> {
  const settled = new Set<string>(epochs.flatMap(({ receipts }) => receipts.map(({ inferenceId }) => inferenceId)))
  const vouchers = await readVouchers(paths, connection)
  const redemptions = await notedRedemptions(connection, vouchers)
  const redeemed = voucherPayments(redemptions)
  const signed = new Set<string>(vouchers.flatMap(({ inferences }) => inferences.map(({ inferenceId }) => inferenceId)))
  const receipts: Receipt[] = []
  const unpaid: Inference[] = []
  const unredeemed: Inference[] = []
  const unattributed: Inference[] = []
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

/** Asked before anything is written: the ledger would refuse the post, and the epoch would be in the way of claims. */
function requireNonePending(connection: Connection, ledger: readonly OnChainEpoch[]): void {
  const pending = ledger.find(({ status }) => status === 'pending' || status === 'challenged')
  if (pending === undefined) return
  const { number, status } = pending
  throw new OpenLedgerError('OL1819', { number, status, network: connection.network.name })
}

export interface PostedEpoch extends PreparedEpoch {
  readonly folder: string
  readonly onChain: OnChainEpoch
  readonly bondWei: bigint
  readonly transactionHash: `0x${string}`
}

/** Writes a prepared epoch to the workspace, then posts its roots on the ledger as the operator, with the bond. */
export async function postEpoch(
  paths: WorkspacePaths,
  connection: Connection,
  prepared: PreparedEpoch,
): Promise<PostedEpoch> {
  const client = connection.as('operator')
  const folder = await writeEpoch(paths.epochs, prepared.epoch)
  const posting = await postingOf(connection, prepared)
  const sent = await sendEpoch(client, posting)
  const { address, bondWei } = posting
  const onChain = { ...(await getEpoch(connection.client, { address, epoch: sent.epoch })), number: sent.epoch }
  return { ...prepared, folder, onChain, bondWei, transactionHash: sent.hash }
}

/** The transaction that would post a prepared epoch, checked; nothing is written. */
export async function planEpoch(
  connection: Connection,
  prepared: PreparedEpoch,
): Promise<readonly PlannedTransaction[]> {
  const posting = await postingOf(connection, prepared)
  const planned = await connection.plan('operator', (client) => sendEpoch(client, posting))
  return planned === undefined ? [] : [planned]
}

async function postingOf(connection: Connection, { epoch }: PreparedEpoch): Promise<PostEpochParameters> {
  const { bondWei } = await getLedger(connection.client)
  const { manifest, manifestHash } = epoch
  return {
    receiptsRoot: manifest.receiptsRoot,
    rewardsRoot: manifest.rewardsRoot,
    totalAllocatedWei: BigInt(manifest.totalAllocatedWei),
    receiptCount: manifest.receiptCount,
    manifestHash,
    bondWei,
  }
}

/** The receipt of an inference, as the workspace noted it, with what its payer paid. */
export function receiptOf(inference: Inference, { feeWei, poolWei, voucherId }: InferencePayment): Receipt {
  const { modelId, promptHash, answerHash, payer, nonce, inputTokens, outputTokens, shares } = inference
  const amounts = splitWei(
    poolWei,
    shares.map(({ share }) => share),
  )
  return createReceipt({
    modelId,
    promptHash,
    answerHash,
    payer,
    nonce,
    inputTokens,
    outputTokens,
    feeWei,
    poolWei,
    voucherId,
    shares: shares.map(({ recordId, contributor }, i) => ({ recordId, contributor, amountWei: amounts[i] as bigint })),
  })
}
