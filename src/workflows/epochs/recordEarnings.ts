import { getAddress } from 'viem'
import { getClaimed } from '../../chain/actions/rewards/getClaimed.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import type { Hex } from '../../files/hex.js'
import type { Receipt } from '../../rewards/receipts.js'
import { readInferences } from '../inference/inferences.js'
import type { Connection } from '../network/openConnection.js'
import { findOnChain, ledgerEpochs, readEpochs } from './epochHistory.js'
import { sortInferences } from './sortInferences.js'

/**
 * How far money is on its way to a contributor: `waiting` for an epoch, in an epoch that is `not posted`, in one that was posted
 * and is `pending` or `challenged`, in a final one and `claimable`, or `claimed`.
 */
export const earningStatuses = ['waiting', 'not posted', 'pending', 'challenged', 'claimable', 'claimed'] as const
export type EarningStatus = (typeof earningStatuses)[number]

/** What one record earned in one answer. */
export interface Earning {
  readonly recordId: string
  /** Addresses are spelt with their checksum. */
  readonly contributor: `0x${string}`
  readonly amountWei: bigint
  readonly status: EarningStatus
  /** Number of the workspace's epoch; null while it waits for one. */
  readonly epoch: number | null
  /** Number of that epoch on the ledger; null where it is not posted. */
  readonly ledgerEpoch: number | null
  readonly inferenceId: string
  readonly modelId: string
  readonly payer: `0x${string}`
  /** All that the answer paid to its records. */
  readonly poolWei: bigint
  /** What was asked and answered; null where this workspace did not note it. */
  readonly prompt: string | null
  readonly answer: string | null
}

/**
 * What every record earned in which answer, over all epochs of the workspace and what waits for the next one: the oldest epoch
 * first, and in it the answers in the order of its receipts.
 *
 * @throws what opening the epochs throws when a file of them was changed
 */
export async function recordEarnings(paths: WorkspacePaths, connection: Connection): Promise<readonly Earning[]> {
  const epochs = await readEpochs(paths)
  const ledger = await ledgerEpochs(connection)
  const noted = await readInferences(paths)
  const said = new Map(noted.map(({ inferenceId, prompt, answer }) => [inferenceId, { prompt, answer }]))
  const claimed = await claimedBy(connection, [...(epochs.at(-1)?.cumulative.keys() ?? [])])

  const earnings: Earning[] = []
  const add = (
    receipts: readonly Receipt[],
    place: Pick<Earning, 'epoch' | 'ledgerEpoch'>,
    statusOf: (contributor: Hex) => EarningStatus,
  ): void => {
    for (const { shares, inferenceId, modelId, payer, poolWei } of receipts)
      for (const { recordId, contributor, amountWei } of shares)
        earnings.push({
          // Receipts have addresses in lower case; users see them with their checksum.
          ...{ recordId, contributor: getAddress(contributor), amountWei: BigInt(amountWei) },
          ...{ status: statusOf(contributor), ...place, inferenceId, modelId },
          ...{ payer: getAddress(payer), poolWei: BigInt(poolWei) },
          prompt: said.get(inferenceId)?.prompt ?? null,
          answer: said.get(inferenceId)?.answer ?? null,
        })
  }
  for (const epoch of epochs) {
    const { number = null, status } = findOnChain(ledger, epoch) ?? {}
    add(epoch.receipts, { epoch: epoch.manifest.epoch, ledgerEpoch: number }, (contributor) => {
      if (status === undefined) return 'not posted'
      if (status === 'pending' || status === 'challenged') return status
      // A claim pays all that an account had earned by the end of some epoch.
      const due = epoch.cumulative.get(contributor) ?? 0n
      return (claimed.get(contributor) ?? 0n) >= due ? 'claimed' : 'claimable'
    })
  }
  const { receipts } = await sortInferences(paths, connection, epochs, noted)
  add(receipts, { epoch: null, ledgerEpoch: null }, () => 'waiting')
  return earnings
}

async function claimedBy(connection: Connection, accounts: readonly Hex[]): Promise<ReadonlyMap<string, bigint>> {
  const amounts = await Promise.all(accounts.map((account) => getClaimed(connection.client, { account })))
  return new Map(accounts.map((account, i) => [account, amounts[i] as bigint]))
}

/** Sums of earnings: all, and of each status that occurs. */
export interface EarningTotals {
  readonly totalWei: bigint
  readonly byStatus: Readonly<Partial<Record<EarningStatus, bigint>>>
}

/** Adds earnings up. */
export function totalsOf(earnings: readonly Pick<Earning, 'amountWei' | 'status'>[]): EarningTotals {
  const byStatus: Partial<Record<EarningStatus, bigint>> = {}
  let totalWei = 0n
  for (const { amountWei, status } of earnings) {
    totalWei += amountWei
    byStatus[status] = (byStatus[status] ?? 0n) + amountWei
  }
  return { totalWei, byStatus }
}
