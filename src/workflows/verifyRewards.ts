import { getClaimed } from '../chain/actions/getClaimed.js'
import { getModel } from '../chain/actions/getModel.js'
import { getOpenBalance } from '../chain/actions/getOpenBalance.js'
import { getPayment } from '../chain/actions/getPayment.js'
import { getVersion } from '../chain/actions/getVersion.js'
import { rewardPoolTotals } from '../chain/actions/rewardPoolTotals.js'
import { verifyReceipt } from '../chain/actions/verifyReceipt.js'
import { verifyRecord } from '../chain/actions/verifyRecord.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { type DatanetVersion, recordProof } from '../datanet/loadVersion.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { filesOf } from '../rewards/epochFolder.js'
import { type Epoch, receiptProof } from '../rewards/epochs.js'
import type { Receipt } from '../rewards/receipts.js'
import { type Check, verifyEpochOffChain } from '../rewards/verify.js'
import { type OnChainEpoch, readEpochs, requireOnChain } from './epochHistory.js'
import type { Chain } from './openChain.js'
import { openVersion } from './openVersion.js'

export interface VerifiedEpoch {
  readonly epoch: number
  readonly status: OnChainEpoch['status']
  readonly checks: readonly Check[]
}

export interface VerifyRewardsReturnType {
  readonly epochs: readonly VerifiedEpoch[]
  /** What concerns the pool as a whole. */
  readonly pool: readonly Check[]
  /** One record followed all the way; absent when no record was ever paid. */
  readonly trace: RecordTrace | undefined
}

/** From a record in its Datanet's root, over a receipt in an epoch's root, to a claim that was paid. */
export interface RecordTrace {
  readonly recordId: string
  readonly contributor: string
  readonly datanetRoot: string
  readonly receiptsRoot: string
  readonly inferenceId: string
  readonly amountWei: bigint
  /** All that the contributor has been paid by the pool. */
  readonly claimedWei: bigint
}

/**
 * Checks every epoch of the workspace against its files, and the files against the chain. Trusts neither: proofs are
 * verified off chain by OpenZeppelin's own library and on chain by the contracts.
 *
 * @throws OL1812 when an epoch is not on this chain, OL1815 when there is none
 */
export async function verifyRewards(paths: WorkspacePaths, chain: Chain): Promise<VerifyRewardsReturnType> {
  const epochs = await readEpochs(paths)
  const last = epochs.at(-1)
  if (last === undefined) throw new OpenLedgerError('OL1815', { path: paths.epochs })
  const version = await openVersion(paths)
  const verified: VerifiedEpoch[] = []
  for (const [i, epoch] of epochs.entries()) {
    const onChain = await requireOnChain(chain, epoch)
    const checks = [
      ...verifyEpochOffChain(filesOf(epoch), epochs[i - 1]),
      ...(await onChainChecks(chain, epoch, onChain)),
    ]
    verified.push({ epoch: epoch.manifest.epoch, status: onChain.status, checks })
  }
  const pool = [
    await check('the pool can pay', () => solvency(chain)),
    await check('claims', () => claims(chain, last)),
  ]
  const records = await check('records', () => recordsInDatanet(chain, paths, epochs, version))
  return { epochs: verified, pool: [...pool, records], trace: await trace(chain, epochs, version) }
}

async function onChainChecks(chain: Chain, epoch: Epoch, onChain: OnChainEpoch): Promise<Check[]> {
  const { manifest, receipts } = epoch
  return [
    await check('roots on chain', async () => {
      for (const field of ['receiptsRoot', 'rewardsRoot'] as const)
        if (onChain[field] !== manifest[field]) fail(`${field} is ${onChain[field]}, the files say ${manifest[field]}`)
      if (String(onChain.totalAllocatedWei) !== manifest.totalAllocatedWei)
        fail(`the total is ${onChain.totalAllocatedWei} wei, the files say ${manifest.totalAllocatedWei}`)
      return `epoch ${onChain.number} of the ledger, ${onChain.status}`
    }),
    await check('payments', async () => {
      for (const receipt of receipts) await paymentOf(chain, receipt)
      return `${receipts.length} receipts were paid into the escrow as they say`
    }),
    await check('receipt proofs on chain', async () => {
      const address = chain.address('AttributionLedger')
      for (const { inferenceId, poolWei } of receipts) {
        const { receiptHash, proof } = receiptProof(epoch, inferenceId)
        const parameters = { inferenceId: inferenceId as `0x${string}`, receiptHash, poolWei: BigInt(poolWei), proof }
        if (!(await verifyReceipt(chain.client, { address, epoch: onChain.number, ...parameters })))
          fail(`the ledger does not accept the proof of ${inferenceId}`)
      }
      return `${receipts.length} accepted by the ledger`
    }),
  ]
}

async function paymentOf(chain: Chain, { inferenceId, feeWei, poolWei, payer, modelId }: Receipt): Promise<void> {
  const address = chain.address('InferenceEscrow')
  const payment = await getPayment(chain.client, { address, inferenceId: inferenceId as `0x${string}` })
  if (payment === undefined) return fail(`${inferenceId} was never paid`)
  const found = {
    feeWei: String(payment.feeWei),
    poolWei: String(payment.poolWei),
    payer: payment.payer.toLowerCase(),
    modelId: payment.modelId.toLowerCase(),
  }
  for (const [field, wanted] of Object.entries({ feeWei, poolWei, payer, modelId }))
    if (found[field as keyof typeof found] !== wanted)
      fail(`${field} of ${inferenceId} is ${found[field as keyof typeof found]} on chain, ${wanted} in the receipt`)
}

async function solvency(chain: Chain): Promise<string> {
  const address = chain.address('RewardPool')
  const { fundedWei, claimedWei } = await rewardPoolTotals(chain.client, { address })
  const balance = await getOpenBalance(chain.client, { account: address })
  if (balance < fundedWei - claimedWei) fail(`it holds ${balance} wei and owes ${fundedWei - claimedWei}`)
  return `${fundedWei} wei paid in, ${claimedWei} claimed, ${balance} there`
}

async function claims(chain: Chain, { cumulative }: Epoch): Promise<string> {
  const address = chain.address('RewardPool')
  let sum = 0n
  for (const [account, earned] of cumulative) {
    const claimed = await getClaimed(chain.client, { address, account: account as `0x${string}` })
    if (claimed > earned) fail(`${account} was paid ${claimed} wei and earned ${earned}`)
    sum += claimed
  }
  const { claimedWei } = await rewardPoolTotals(chain.client, { address })
  if (claimedWei !== sum) fail(`the pool paid ${claimedWei} wei, of which ${sum} to accounts of the epochs`)
  return `nobody was paid more than earned; ${sum} wei in all`
}

/** Every paid record stands, with its contributor, in the Datanet version that its model was trained on. */
async function recordsInDatanet(
  chain: Chain,
  paths: WorkspacePaths,
  epochs: readonly Epoch[],
  newest: DatanetVersion,
): Promise<string> {
  const seen = new Set<string>()
  for (const { modelId, shares } of epochs.flatMap(({ receipts }) => receipts)) {
    const { datanetId, version } = await trainedOn(chain, modelId)
    for (const { recordId, contributor } of shares) {
      if (seen.has(`${modelId}${recordId}`)) continue
      seen.add(`${modelId}${recordId}`)
      const local = newest.root === version.root ? newest : await openVersionOf(paths, version.root)
      const { proof } = recordProof(local, recordId)
      const address = chain.address('DatanetRegistry')
      const held = await verifyRecord(chain.client, {
        address,
        datanetId,
        version: version.number,
        recordId: recordId as `0x${string}`,
        contributor: contributor as `0x${string}`,
        proof,
      })
      if (!held) fail(`${recordId} of ${contributor} is not in version ${version.number}`)
    }
  }
  return `${seen.size} paid records stand in the Datanet's root with their contributors`
}

async function trainedOn(
  chain: Chain,
  modelId: string,
): Promise<{ datanetId: `0x${string}`; version: { number: number; root: string } }> {
  const { datanetId, datanetVersion } = await getModel(chain.client, {
    address: chain.address('ModelRegistry'),
    modelId: modelId as `0x${string}`,
  })
  const address = chain.address('DatanetRegistry')
  const { root } = await getVersion(chain.client, { address, datanetId, version: datanetVersion })
  return { datanetId, version: { number: datanetVersion, root } }
}

async function openVersionOf(paths: WorkspacePaths, root: string): Promise<DatanetVersion> {
  const { version: newest } = await openVersion(paths)
  for (let number = newest; number > 0; number--) {
    const version = await openVersion(paths, number)
    if (version.root === root) return version
  }
  return fail(`no version of this workspace has the root ${root}`)
}

async function trace(
  chain: Chain,
  epochs: readonly Epoch[],
  version: DatanetVersion,
): Promise<RecordTrace | undefined> {
  const known = new Set<string>(version.records.map(({ id }) => id))
  const paid = epochs.flatMap(({ receipts, manifest }) =>
    receipts.flatMap(({ shares, inferenceId }) =>
      shares.map((share) => ({ ...share, inferenceId, receiptsRoot: manifest.receiptsRoot })),
    ),
  )
  const [best] = paid
    .filter(({ recordId }) => known.has(recordId))
    .sort((a, b) => (BigInt(b.amountWei) > BigInt(a.amountWei) ? 1 : -1))
  if (best === undefined) return undefined
  const { recordId, contributor, inferenceId, receiptsRoot, amountWei } = best
  const account = contributor as `0x${string}`
  const claimedWei = await getClaimed(chain.client, { address: chain.address('RewardPool'), account })
  const datanetRoot = version.root
  return { recordId, contributor, datanetRoot, receiptsRoot, inferenceId, amountWei: BigInt(amountWei), claimedWei }
}

class Mismatch extends Error {}

function fail(detail: string): never {
  throw new Mismatch(detail)
}

/** Runs one check. What a contract or a file refuses is a mismatch like any other; a chain that is gone is not. */
async function check(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await work() }
  } catch (error) {
    const counts = error instanceof Mismatch || (OpenLedgerError.is(error) && error.code !== 'OL1600')
    if (!counts) throw error
    return { name, ok: false, detail: reasonOf(error) }
  }
}
