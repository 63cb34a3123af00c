import { readdir } from 'node:fs/promises'
import { getEpoch } from '../../chain/actions/rewards/getEpoch.js'
import { getLedger } from '../../chain/actions/rewards/getLedger.js'
import { getVote } from '../../chain/actions/rewards/getVote.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { attributionLedgerAbi } from '../../chain/contracts/AttributionLedger.abi.generated.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { loadEpoch } from '../../rewards/epochFolder.js'
import type { Epoch } from '../../rewards/epochs.js'
import { redemptionMismatch, singlePayment } from '../inference/inferencePayments.js'
import type { Connection } from '../network/openConnection.js'

/**
 * How many epochs the workspace has.
 *
 * @throws OL1823 when one is missing: what it settled would be paid a second time
 */
export async function countEpochs(paths: WorkspacePaths): Promise<number> {
  const names = await readdir(paths.epochs).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new OpenLedgerError('OL1900', { path: paths.epochs, reason: reasonOf(cause) }, { cause })
  })
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number)
  for (const [i, number] of numbers.sort((a, b) => a - b).entries())
    if (number !== i + 1) throw new OpenLedgerError('OL1823', { epoch: i + 1, path: paths.epochs, next: number })
  return numbers.length
}

/** The workspace's epochs from the first, each re-verified against its files and the one before. */
export async function readEpochs(paths: WorkspacePaths): Promise<Epoch[]> {
  const count = await countEpochs(paths)
  const epochs: Epoch[] = []
  for (let number = 1; number <= count; number++) epochs.push(await loadEpoch(paths.epoch(number), epochs.at(-1)))
  return epochs
}

/** An epoch as the ledger knows it. */
export interface OnChainEpoch extends Awaited<ReturnType<typeof getEpoch>> {
  /** Its number there; rejected epochs count too, so it can be above the workspace's. */
  readonly number: number
}

/** All epochs of a ledger, the oldest first. */
export async function ledgerEpochs(connection: Connection): Promise<OnChainEpoch[]> {
  const { epochCount } = await getLedger(connection.client)
  const numbers = Array.from({ length: epochCount }, (_, i) => i + 1)
  return Promise.all(
    numbers.map(async (number) => ({ ...(await getEpoch(connection.client, { epoch: number })), number })),
  )
}

/** Finds an epoch among those of the ledger by its manifest hash; undefined where it was never posted, or was rejected. */
export const findOnChain = (ledger: readonly OnChainEpoch[], { manifestHash }: Epoch): OnChainEpoch | undefined =>
  ledger.find((epoch) => epoch.manifestHash === manifestHash && epoch.status !== 'rejected')

export interface WorkspaceEpoch {
  readonly epoch: Epoch
  /** Undefined only of the newest, which was built and not posted. */
  readonly onChain: OnChainEpoch | undefined
}

/**
 * The workspace's epochs, each with what the ledger knows of it.
 *
 * @throws OL1812 when one belongs to another chain, or to this one before it was started again
 * @throws OL1821 when the newest was rejected
 */
export async function matchEpochs(
  connection: Connection,
  epochs: readonly Epoch[],
  ledger: readonly OnChainEpoch[],
): Promise<WorkspaceEpoch[]> {
  const matched: WorkspaceEpoch[] = []
  for (const epoch of epochs) {
    const onChain = findOnChain(ledger, epoch)
    if (onChain === undefined) {
      await requireNotRejected(connection, epoch, ledger)
      if (epoch !== epochs.at(-1) || !(await isPaid(connection, epoch))) throw foreign(connection, epoch, ledger)
    }
    matched.push({ epoch, onChain })
  }
  return matched
}

/**
 * An epoch that was rejected for another root must not be posted again as it is: the bond would be lost a second time. One
 * whose vote found nothing may be: nobody showed that it is wrong.
 *
 * @throws OL1821 when it was
 */
export async function requireNotRejected(
  connection: Connection,
  { manifest, manifestHash }: Epoch,
  ledger: readonly OnChainEpoch[],
): Promise<void> {
  if (!ledger.some(({ status }) => status === 'rejected')) return
  // The ledger keeps nothing of a rejected epoch; its events say what was posted.
  const posts = await findEvents(connection.client, connection.network, {
    contract: 'AttributionLedger',
    abi: attributionLedgerAbi,
    eventName: 'EpochPosted',
  })
  // A post of something else under this manifest's hash has not spoiled it.
  const same = posts.filter(
    ({ args }) =>
      args.manifestHash === manifestHash &&
      args.rewardsRoot === manifest.rewardsRoot &&
      args.receiptsRoot === manifest.receiptsRoot &&
      String(args.totalAllocated) === manifest.totalAllocatedWei &&
      Number(args.receiptCount) === manifest.receiptCount,
  )
  const numbers = same.map(({ args }) => Number(args.epoch))
  const rejected = ledger.filter(({ number, status }) => status === 'rejected' && numbers.includes(number))
  for (const { number } of rejected) {
    const { outcome, leadingRoot } = await getVote(connection.client, { epoch: number })
    if (outcome === 'undecided') continue
    const names = { epoch: manifest.epoch, network: connection.network.name, number, root: leadingRoot }
    throw new OpenLedgerError('OL1821', names)
  }
}

/** Whether this chain's escrow has every payment that an epoch's receipts are about. */
async function isPaid(connection: Connection, { receipts, redemptions }: Epoch): Promise<boolean> {
  const wrong = await Promise.all(redemptions.map((redemption) => redemptionMismatch(connection, redemption)))
  if (wrong.some((reason) => reason !== undefined)) return false
  // What is under a voucher was held against its redemption when the epoch was opened.
  const single = receipts.filter(({ voucherId }) => voucherId === undefined)
  const payments = await Promise.all(single.map((receipt) => singlePayment(connection, receipt)))
  return single.every(({ feeWei, poolWei }, i) => {
    const payment = payments[i]
    return String(payment?.feeWei) === feeWei && String(payment?.poolWei) === poolWei
  })
}

const foreign = (connection: Connection, { manifest }: Epoch, ledger: readonly OnChainEpoch[]): OpenLedgerError =>
  new OpenLedgerError('OL1812', { epoch: manifest.epoch, network: connection.network.name, count: ledger.length })
