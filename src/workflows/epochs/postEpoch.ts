import { getEpoch } from '../../chain/actions/rewards/getEpoch.js'
import { getLedger } from '../../chain/actions/rewards/getLedger.js'
import { postEpoch as sendEpoch } from '../../chain/actions/rewards/postEpoch.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeEpoch } from '../../rewards/epochFolder.js'
import { buildEpoch, type Epoch } from '../../rewards/epochs.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { ledgerEpochs, matchEpochs, type OnChainEpoch, readEpochs, requireNotRejected } from './epochHistory.js'
import { sortInferences } from './sortInferences.js'

export interface NextEpoch {
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
 * the escrow says what each inference paid, the workspace says whose records shaped it. An epoch that an earlier run built
 * but did not post comes first. Writes nothing.
 *
 * @throws OL1811 when there is nothing to post
 * @throws OL1812 when the workspace's epochs are of another chain, OL1821 when the newest was rejected
 * @throws OL1819 while the epoch before is in question
 */
export async function nextEpoch(paths: WorkspacePaths, connection: Connection): Promise<NextEpoch> {
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

/** Asked before anything is written: the ledger would refuse the post, and the epoch would be in the way of claims. */
function requireNonePending(connection: Connection, ledger: readonly OnChainEpoch[]): void {
  const pending = ledger.find(({ status }) => status === 'pending' || status === 'challenged')
  if (pending === undefined) return
  const { number, status } = pending
  throw new OpenLedgerError('OL1819', { number, status, network: connection.network.name })
}

/** What posting is about to do. */
export interface PostEpochFacts extends Omit<NextEpoch, 'epoch'> {
  /** The workspace's number of the epoch. */
  readonly epoch: number
  readonly receiptCount: number
  readonly poolWei: bigint
  readonly totalAllocatedWei: bigint
  readonly receiptsRoot: string
  readonly rewardsRoot: string
  readonly manifestHash: string
}

export interface PostedEpoch extends NextEpoch {
  readonly folder: string
  readonly onChain: OnChainEpoch
  readonly bondWei: bigint
  readonly transactionHash: `0x${string}`
}

/**
 * Writes the next epoch to the workspace, then posts its roots on the ledger as the operator, with the bond.
 *
 * @throws as {@link nextEpoch}
 */
export async function postEpoch(
  paths: WorkspacePaths,
  connection: Connection,
): Promise<Operation<PostedEpoch, PostEpochFacts>> {
  const next = await nextEpoch(paths, connection)
  const { epoch, ...open } = next
  const { manifest, manifestHash } = epoch
  const { receiptCount, receiptsRoot, rewardsRoot } = manifest
  const totalAllocatedWei = BigInt(manifest.totalAllocatedWei)
  const { bondWei } = await getLedger(connection.client)
  const posting = { receiptsRoot, rewardsRoot, totalAllocatedWei, receiptCount, manifestHash, bondWei }
  return defineOperation(connection, {
    title: 'Post its roots',
    role: 'operator',
    facts: {
      epoch: manifest.epoch,
      receiptCount,
      poolWei: BigInt(manifest.poolWei),
      ...{ totalAllocatedWei, receiptsRoot, rewardsRoot, manifestHash },
      ...open,
    },
    plan: () => connection.plan('operator', (client) => sendEpoch(client, posting)),
    async act(client) {
      const folder = await writeEpoch(paths.epochs, epoch)
      const sent = await sendEpoch(client, posting)
      const onChain = { ...(await getEpoch(client, { epoch: sent.epoch })), number: sent.epoch }
      return { ...next, folder, onChain, bondWei, transactionHash: sent.hash }
    },
  })
}
