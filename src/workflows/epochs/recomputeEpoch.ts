import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { loadEpoch, readEpochFiles } from '../../rewards/epochFolder.js'
import { buildEpoch, type Epoch } from '../../rewards/epochs.js'
import { type InferencePayment, type Receipt, receiptOf } from '../../rewards/receipts.js'
import { checkRedemption, type Redemption } from '../../rewards/redemptions.js'
import { redemptionMismatch, singlePayment, voucherPayments } from '../inference/inferencePayments.js'
import { type NotedInference, readInferences } from '../inference/inferences.js'
import type { Connection } from '../network/openConnection.js'
import type { AttributedAgain } from './attributeAgain.js'
import { countEpochs, ledgerEpochs, type OnChainEpoch } from './epochHistory.js'
import { sortInferences } from './sortInferences.js'

/** A field in which what was posted is not what the files give. */
export interface EpochDifference {
  readonly field: 'rewardsRoot' | 'receiptsRoot' | 'totalAllocatedWei' | 'receiptCount' | 'manifestHash'
  readonly posted: string
  readonly computed: string
}

export interface RecomputedEpoch {
  /** As the ledger has it. */
  readonly onChain: OnChainEpoch
  /** The epoch that the files and the payments give; undefined where they give none. */
  readonly own: Epoch | undefined
  /** The fields that differ; all of them where there is no epoch of our own. */
  readonly differences: readonly EpochDifference[]
  /** What the model said of the inferences; null where it was not asked. */
  readonly model: {
    readonly inferences: number
    /** Ids of those whose noted shares it does not confirm. */
    readonly changed: readonly string[]
    /** Receipts of which nothing is noted here: their shares were taken as they are. */
    readonly unknown: number
  } | null
}

/** Runs the attribution of noted inferences again, for example with `attributeAgain`. */
type AttributeAgain = (noted: readonly NotedInference[]) => Promise<AttributedAgain>
type SharesOf = (noted: readonly NotedInference[]) => Promise<readonly NotedInference[]>

/**
 * An epoch of the ledger that is in question.
 *
 * @param number the ledger's number, which counts rejected epochs too; by default, the newest
 * @throws OL1840 when there is no such epoch, or it is decided
 */
export async function epochInQuestion(connection: Connection, number: number | undefined): Promise<OnChainEpoch> {
  const ledger = await ledgerEpochs(connection)
  const onChain = number === undefined ? ledger.at(-1) : ledger[number - 1]
  if (onChain?.status === 'pending' || onChain?.status === 'challenged') return onChain
  const names = { number: number ?? ledger.length, network: connection.network.name, count: ledger.length }
  throw new OpenLedgerError('OL1840', { ...names, status: onChain?.status ?? 'unknown' })
}

/**
 * Computes an epoch that is in question again, trusting nothing that was posted: shares are those that this workspace noted
 * for an inference, else those of the epoch's receipts; payments are those that the escrow reports, of vouchers with the
 * lists of inferences that their payers signed; earlier epochs are those of the workspace, verified again. A receipt that
 * was never paid for is left out.
 *
 * @param number the ledger's number; by default, the newest
 * @param again finds the shares of noted inferences again, from their models; by default, they are taken as noted
 * @throws OL1840 when there is no such epoch in question
 * @throws OL1805 when the files of an earlier epoch are damaged, OL1841 when one is missing
 */
export async function recomputeEpoch(
  paths: WorkspacePaths,
  connection: Connection,
  number: number | undefined,
  again?: AttributeAgain,
): Promise<RecomputedEpoch> {
  const onChain = await epochInQuestion(connection, number)
  const earlier = (await ledgerEpochs(connection)).filter(({ status }) => status === 'finalized')
  const count = await countEpochs(paths)
  if (count < earlier.length)
    throw new OpenLedgerError('OL1841', { epoch: count + 1, path: paths.epochs, network: connection.network.name })
  const epochs: Epoch[] = []
  for (const { number: posted, manifestHash } of earlier) {
    const path = paths.epoch(epochs.length + 1)
    const epoch = await loadEpoch(path, epochs.at(-1))
    if (epoch.manifestHash !== manifestHash)
      throw new OpenLedgerError('OL1842', { path, epoch: epoch.manifest.epoch, number: posted })
    epochs.push(epoch)
  }
  const found = { inferences: 0, changed: [] as readonly string[] }
  const sharesOf: SharesOf | undefined =
    again &&
    (async (noted) => {
      const { inferences, changed } = await again(noted)
      Object.assign(found, { inferences: inferences.length, changed })
      return inferences
    })
  const own = await build(paths, connection, epochs, count > earlier.length, sharesOf)
  const unknown = Math.max(0, onChain.receiptCount - found.inferences)
  return { onChain, own, differences: differencesOf(onChain, own), model: again ? { ...found, unknown } : null }
}

/** Inferences that no epoch holds yet. */
const unsettled = async (paths: WorkspacePaths, settled: ReadonlySet<string>): Promise<NotedInference[]> =>
  (await readInferences(paths)).filter(({ inferenceId }) => !settled.has(inferenceId))

async function build(
  paths: WorkspacePaths,
  connection: Connection,
  epochs: readonly Epoch[],
  published: boolean,
  again: SharesOf | undefined,
): Promise<Epoch | undefined> {
  const settled = new Set<string>(epochs.flatMap(({ receipts }) => receipts.map(({ inferenceId }) => inferenceId)))
  const { receipts, redemptions } = published
    ? await receiptsAgain(paths, connection, paths.epoch(epochs.length + 1), settled, again)
    : await sortInferences(paths, connection, epochs, again && (await again(await unsettled(paths, settled))))
  const previous = epochs.at(-1)
  try {
    const place = { chainId: connection.network.chain.id, rewardPool: connection.address('RewardPool') }
    return buildEpoch({ receipts, redemptions, settled, ...place, ...(previous && { previous }) })
  } catch (error) {
    // Nothing to allocate: whatever was posted is false.
    if (OpenLedgerError.is(error) && error.code === 'OL1803') return undefined
    throw error
  }
}

/** The receipts that were published with an epoch, each made again from what was noted here and paid on the chain. */
async function receiptsAgain(
  paths: WorkspacePaths,
  connection: Connection,
  folder: string,
  settled: ReadonlySet<string>,
  again: SharesOf | undefined,
): Promise<{ receipts: Receipt[]; redemptions: Redemption[] }> {
  // Only their form is checked: whether what they say is true is what is found out here.
  const files = await readEpochFiles(folder)
  const posted = new Set<string>(files.receipts.map(({ inferenceId }) => inferenceId))
  const open = (await unsettled(paths, settled)).filter(({ inferenceId }) => posted.has(inferenceId))
  const known = again === undefined ? open : await again(open)
  const noted = new Map(known.map((inference) => [inference.inferenceId, inference]))
  const redemptions = await trueOnes(connection, files.redemptions)
  const receipts = new Map<string, Receipt>()
  for (const receipt of files.receipts) {
    const { inferenceId } = receipt
    if (settled.has(inferenceId)) continue
    const payment = await paymentOf(connection, receipt, redemptions)
    if (payment === undefined) continue
    const inference = noted.get(inferenceId)
    if (inference !== undefined && inference.shares.length > 0) receipts.set(inferenceId, receiptOf(inference, payment))
    else if (inference === undefined && agrees(receipt, payment)) receipts.set(inferenceId, receipt)
  }
  return { receipts: [...receipts.values()], redemptions }
}

/** Redemptions valid both by themselves and on chain; an epoch's receipts under others were never paid for. */
async function trueOnes(connection: Connection, given: readonly Redemption[]): Promise<Redemption[]> {
  const redemptions: Redemption[] = []
  for (const redemption of given) {
    try {
      checkRedemption(redemption)
    } catch (error) {
      if (OpenLedgerError.is(error)) continue
      throw error
    }
    const again = redemptions.some(({ voucherId }) => voucherId === redemption.voucherId)
    if (!again && (await redemptionMismatch(connection, redemption)) === undefined) redemptions.push(redemption)
  }
  return redemptions
}

/**
 * The payment for the inference of a receipt, in the way that the receipt says: a second payment after an epoch was posted
 * does not make the epoch false.
 */
async function paymentOf(
  connection: Connection,
  receipt: Receipt,
  redemptions: readonly Redemption[],
): Promise<InferencePayment | undefined> {
  const { voucherId } = receipt
  if (voucherId === undefined) return singlePayment(connection, receipt)
  return voucherPayments(redemptions.filter((each) => each.voucherId === voucherId))(receipt)
}

const agrees = (receipt: Receipt, { feeWei, poolWei }: InferencePayment): boolean =>
  receipt.feeWei === String(feeWei) && receipt.poolWei === String(poolWei)

function differencesOf(posted: OnChainEpoch, own: Epoch | undefined): EpochDifference[] {
  const computed: Readonly<Record<EpochDifference['field'], string | number | undefined>> = {
    rewardsRoot: own?.manifest.rewardsRoot,
    receiptsRoot: own?.manifest.receiptsRoot,
    totalAllocatedWei: own?.manifest.totalAllocatedWei,
    receiptCount: own?.manifest.receiptCount,
    manifestHash: own?.manifestHash,
  }
  const fields = Object.keys(computed) as EpochDifference['field'][]
  return fields.flatMap((field) => {
    const [found, wanted] = [String(posted[field]), String(computed[field] ?? 'nothing')]
    return found === wanted ? [] : [{ field, posted: found, computed: wanted }]
  })
}
