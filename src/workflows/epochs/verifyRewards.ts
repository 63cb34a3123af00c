import { join } from 'node:path'
import { getDatanetIdentity } from '../../chain/actions/datanets/getDatanetIdentity.js'
import { getVersion } from '../../chain/actions/datanets/getVersion.js'
import { verifyRecord } from '../../chain/actions/datanets/verifyRecord.js'
import { getClaimed } from '../../chain/actions/rewards/getClaimed.js'
import { rewardPoolTotals } from '../../chain/actions/rewards/rewardPoolTotals.js'
import { verifyReceipt } from '../../chain/actions/rewards/verifyReceipt.js'
import { getOpenBalance } from '../../chain/actions/tokens/getOpenBalance.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { recordProof } from '../../datanet/versions/loadVersion.js'
import { verifySignatures } from '../../datanet/versions/verifySignatures.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { keccak256 } from '../../files/canonicalJson.js'
import type { Hex } from '../../files/hex.js'
import { readWhole } from '../../files/readWhole.js'
import { reasonOf } from '../../files/reasonOf.js'
import { loadEpoch, readEpochFiles } from '../../rewards/epochFolder.js'
import { type Epoch, receiptProof } from '../../rewards/epochs.js'
import type { Receipt } from '../../rewards/receipts.js'
import { type Check, verifyEpochOffChain } from '../../rewards/verify.js'
import { redemptionMismatch, singlePayment } from '../inference/inferencePayments.js'
import { type ModelVersion, modelVersions } from '../models/modelVersions.js'
import type { Connection } from '../network/openConnection.js'
import { countEpochs, ledgerEpochs, matchEpochs, type OnChainEpoch } from './epochHistory.js'

export interface VerifiedEpoch {
  readonly epoch: number
  /** As the ledger says; `not posted` when it was only built, `damaged` when its files are not those that were posted. */
  readonly status: OnChainEpoch['status'] | 'not posted' | 'damaged'
  readonly checks: readonly Check[]
}

export interface VerifyRewardsReturnType {
  readonly epochs: readonly VerifiedEpoch[]
  /** What concerns the pool as a whole. */
  readonly pool: readonly Check[]
  /** One record followed all the way; absent when no record was ever paid, or a check failed. */
  readonly trace: RecordTrace | undefined
}

/** From a signed record in its Datanet's root, over a receipt in an epoch's root, to a claim that was paid. */
export interface RecordTrace {
  readonly recordId: string
  readonly contributor: string
  /** The contributor's signature, which was verified. */
  readonly signature: string
  /** The identity of the Datanet that it was signed for. */
  readonly datanetIdentity: string
  /** The record's place in the order of the Datanet. */
  readonly sequence: number
  readonly datanetRoot: string
  readonly receiptsRoot: string
  readonly inferenceId: string
  readonly amountWei: bigint
  /** All that the contributor has been paid by the pool. */
  readonly claimedWei: bigint
}

/**
 * Checks every epoch of the workspace against its files, and the files against the chain. Trusts neither: proofs are
 * verified off chain by OpenZeppelin's own library and on chain by the contracts. A damaged file is a check that failed.
 *
 * @throws OL1812 when an epoch is not on this chain, OL1821 when it was rejected, OL1815 when there is none
 */
export async function verifyRewards(paths: WorkspacePaths, connection: Connection): Promise<VerifyRewardsReturnType> {
  const count = await countEpochs(paths)
  if (count === 0) throw new OpenLedgerError('OL1815', { path: paths.epochs })
  const opened: OpenedEpoch[] = []
  for (let number = 1; number <= count; number++)
    opened.push(await openEpoch(paths.epoch(number), number, opened.at(-1)?.epoch))
  const epochs = opened.flatMap(({ epoch }) => (epoch === undefined ? [] : [epoch]))
  const matched = await matchEpochs(connection, epochs, await ledgerEpochs(connection))

  const verified: VerifiedEpoch[] = []
  for (const { number, epoch, checks } of opened) {
    if (epoch === undefined) verified.push({ epoch: number, status: 'damaged', checks })
    else {
      const onChain = matched.find((each) => each.epoch === epoch)?.onChain
      const all = [...checks, ...(await onChainChecks(connection, epoch, onChain))]
      verified.push({ epoch: number, status: onChain?.status ?? 'not posted', checks: all })
    }
  }
  const pool = [await check('the pool can pay', () => solvency(connection))]
  // What a damaged epoch says of claims and records is said above already.
  if (epochs.length < count) return { epochs: verified, pool, trace: undefined }
  const versions = modelVersions(connection, paths)
  pool.push(await check('allocations', () => allocations(connection, epochs)))
  pool.push(await check('claims', () => claims(connection, epochs.at(-1) as Epoch)))
  pool.push(await check('records', () => recordsInDatanet(connection, epochs, versions)))
  pool.push(await check('signatures', () => recordsSigned(connection, epochs, versions)))
  // A record that is not in its Datanet, or is not signed, is no way to follow.
  const traced = pool.every(({ ok }) => ok) ? await trace(connection, epochs, versions) : undefined
  return { epochs: verified, pool, trace: traced }
}

interface OpenedEpoch {
  readonly number: number
  /** Undefined where a file is damaged. */
  readonly epoch: Epoch | undefined
  readonly checks: readonly Check[]
}

async function openEpoch(folder: string, number: number, previous: Epoch | undefined): Promise<OpenedEpoch> {
  const bytes = await check('files', () => fileBytes(folder))
  const files = bytes.ok ? await readEpochFiles(folder) : undefined
  const checks = [bytes, ...(files === undefined ? [] : verifyEpochOffChain(files, previous))]
  const epoch = checks.every(({ ok }) => ok) ? await loadEpoch(folder, previous) : undefined
  return { number, epoch, checks }
}

/** The checks after this one look at what the files say; this one at the very bytes. */
async function fileBytes(folder: string): Promise<string> {
  const { manifest } = await readEpochFiles(folder)
  const { receiptsHash, redemptionsHash } = manifest
  const named = { 'receipts.jsonl': receiptsHash, ...(redemptionsHash && { 'redemptions.jsonl': redemptionsHash }) }
  for (const [name, hash] of Object.entries(named)) {
    const path = join(folder, name)
    const found = keccak256(await readWhole(path))
    if (found !== hash) fail(`${path} hashes to ${found}, epoch.json says ${hash}`)
  }
  return `${Object.keys(named).join(' and ')} ${redemptionsHash ? 'have the hashes' : 'has the hash'} that epoch.json names`
}

async function onChainChecks(
  connection: Connection,
  epoch: Epoch,
  onChain: OnChainEpoch | undefined,
): Promise<Check[]> {
  const { manifest, receipts, redemptions } = epoch
  const payments = await check('payments', async () => {
    for (const redemption of redemptions) {
      const mismatch = await redemptionMismatch(connection, redemption)
      if (mismatch !== undefined) fail(mismatch)
    }
    // What is under a voucher was held against its redemption when the epoch was opened.
    const single = receipts.filter(({ voucherId }) => voucherId === undefined)
    for (const receipt of single) await requirePayment(connection, receipt)
    const under = receipts.length - single.length
    const vouchers =
      under === 0
        ? ''
        : `, ${under} of them under ${redemptions.length === 1 ? 'a redeemed voucher' : `${redemptions.length} redeemed vouchers`}`
    return `${receipts.length} receipts were paid into the escrow as they say${vouchers}`
  })
  if (onChain === undefined) return [payments]
  const roots = await check('roots on chain', async () => {
    for (const field of ['receiptsRoot', 'rewardsRoot'] as const)
      if (onChain[field] !== manifest[field]) fail(`${field} is ${onChain[field]}, the files say ${manifest[field]}`)
    if (String(onChain.totalAllocatedWei) !== manifest.totalAllocatedWei)
      fail(`the total is ${onChain.totalAllocatedWei} wei, the files say ${manifest.totalAllocatedWei}`)
    return `epoch ${onChain.number} of the ledger, ${onChain.status}`
  })
  // The ledger vouches for receipts of final epochs only.
  if (onChain.status !== 'finalized') return [roots, payments]
  const proofs = await check('receipt proofs on chain', async () => {
    for (const { inferenceId, poolWei } of receipts) {
      const { receiptHash, proof } = receiptProof(epoch, inferenceId)
      const parameters = { inferenceId, receiptHash, poolWei: BigInt(poolWei), proof }
      if (!(await verifyReceipt(connection.client, { epoch: onChain.number, ...parameters })))
        fail(`the ledger does not accept the proof of ${inferenceId}`)
    }
    return `${receipts.length} accepted by the ledger`
  })
  return [roots, payments, proofs]
}

async function requirePayment(connection: Connection, receipt: Receipt): Promise<void> {
  const { inferenceId, payer, modelId } = receipt
  const payment = await singlePayment(connection, receipt)
  if (payment === undefined) return fail(`${inferenceId} was never paid by ${payer} for the model ${modelId}`)
  for (const field of ['feeWei', 'poolWei'] as const)
    if (String(payment[field]) !== receipt[field])
      fail(`${field} of ${inferenceId} is ${payment[field]} on chain, ${receipt[field]} in the receipt`)
}

/** No inference is in two epochs, and all that was allocated was paid in: by the files, and by the contracts' own books. */
async function allocations(connection: Connection, epochs: readonly Epoch[]): Promise<string> {
  const seen = new Map<string, number>()
  for (const { manifest, receipts } of epochs)
    for (const { inferenceId } of receipts) {
      const before = seen.get(inferenceId)
      if (before !== undefined) fail(`${inferenceId} is in epoch ${before} and in epoch ${manifest.epoch}`)
      seen.set(inferenceId, manifest.epoch)
    }
  const allocated = BigInt(epochs.at(-1)?.manifest.totalAllocatedWei ?? 0)
  const { fundedWei } = await rewardPoolTotals(connection.client)
  if (allocated > fundedWei) fail(`${allocated} wei are allocated, ${fundedWei} were paid in`)
  return `${seen.size} inferences, each in one epoch; ${allocated} wei allocated of ${fundedWei} paid in`
}

async function solvency(connection: Connection): Promise<string> {
  const address = connection.address('RewardPool')
  const { fundedWei, claimedWei } = await rewardPoolTotals(connection.client)
  const balance = await getOpenBalance(connection.client, { account: address })
  if (balance < fundedWei - claimedWei) fail(`it holds ${balance} wei and owes ${fundedWei - claimedWei}`)
  return `${fundedWei} wei paid in, ${claimedWei} claimed, ${balance} there`
}

async function claims(connection: Connection, { cumulative }: Epoch): Promise<string> {
  let sum = 0n
  for (const [account, earned] of cumulative) {
    const claimed = await getClaimed(connection.client, { account })
    if (claimed > earned) fail(`${account} was paid ${claimed} wei and earned ${earned}`)
    sum += claimed
  }
  const { claimedWei } = await rewardPoolTotals(connection.client)
  if (claimedWei !== sum) fail(`the pool paid ${claimedWei} wei, of which ${sum} to accounts of the epochs`)
  return `nobody was paid more than earned; ${sum} wei in all`
}

/** A record that was paid, and the Datanet version that its model was trained on. */
interface PaidRecord {
  readonly recordId: `0x${string}`
  readonly contributor: `0x${string}`
  readonly version: ModelVersion
}

/** Every record that any receipt pays, of each model once. */
async function paidRecords(
  epochs: readonly Epoch[],
  versionOf: (modelId: Hex) => Promise<ModelVersion>,
): Promise<readonly PaidRecord[]> {
  const found = new Map<string, PaidRecord>()
  for (const { modelId, shares } of epochs.flatMap(({ receipts }) => receipts)) {
    const version = await versionOf(modelId)
    for (const share of shares) {
      const { recordId, contributor } = share
      found.set(`${version.datanetId} ${version.number} ${recordId} ${contributor}`, { recordId, contributor, version })
    }
  }
  return [...found.values()]
}

/** Every paid record is, with its contributor and place, in the Datanet version that its model was trained on. */
async function recordsInDatanet(
  connection: Connection,
  epochs: readonly Epoch[],
  versionOf: (modelId: Hex) => Promise<ModelVersion>,
): Promise<string> {
  const paid = await paidRecords(epochs, versionOf)
  for (const { recordId, contributor, version } of paid) {
    const { datanetId, number, local } = version
    const { proof, sequence } = recordProof(local, recordId)
    const leaf = { recordId, contributor, sequence, proof }
    if (!(await verifyRecord(connection.client, { datanetId, version: number, ...leaf })))
      fail(`record ${recordId} of ${contributor} is not in version ${number} at place ${sequence}`, recordId)
  }
  return `${paid.length} paid records are in the Datanet's root with their contributors, each at its place`
}

/** Every paid record was signed by the contributor who was paid for it, and for the Datanet that the chain knows. */
async function recordsSigned(
  connection: Connection,
  epochs: readonly Epoch[],
  versionOf: (modelId: Hex) => Promise<ModelVersion>,
): Promise<string> {
  const paid = await paidRecords(epochs, versionOf)
  for (const version of new Set(paid.map((each) => each.version))) {
    const { datanetId, number, local } = version
    const identity = await getDatanetIdentity(connection.client, { datanetId })
    if (identity !== local.identity)
      fail(`Datanet ${datanetId} has the identity ${identity} on chain, ${local.directory} has ${local.identity}`)
    const here = paid.filter((each) => each.version === version)
    const authors = new Map<string, string>(local.records.map(({ id, contributor: by }) => [id, by]))
    for (const { recordId, contributor } of here) {
      const author = authors.get(recordId)
      if (author?.toLowerCase() !== contributor.toLowerCase())
        fail(`record ${recordId} was paid to ${contributor}, and is by ${author ?? 'nobody'}`, recordId)
    }
    await verifySignatures(local, { only: new Set(here.map(({ recordId }) => recordId)) })
    // The root binds no signature; the hash of the file that was published does.
    const { contentHash } = await getVersion(connection.client, { datanetId, version: number })
    if (contentHash !== local.contentHash)
      fail(`${join(local.directory, 'records.jsonl')} hashes to ${local.contentHash}, ${contentHash} was published`)
  }
  return `${paid.length} paid records were signed by their contributors, for this Datanet and their licences`
}

async function trace(
  connection: Connection,
  epochs: readonly Epoch[],
  versionOf: (modelId: Hex) => Promise<ModelVersion>,
): Promise<RecordTrace | undefined> {
  const paid = epochs.flatMap(({ receipts, manifest: { receiptsRoot } }) =>
    receipts.flatMap(({ shares, inferenceId, modelId }) =>
      shares.map(({ amountWei, ...share }) => ({
        ...share,
        amountWei: BigInt(amountWei),
        inferenceId,
        modelId,
        receiptsRoot,
      })),
    ),
  )
  const [first, ...others] = paid
  if (first === undefined) return undefined
  const { modelId, ...best } = others.reduce((a, b) => (b.amountWei > a.amountWei ? b : a), first)
  const { contributor: account } = best
  const claimedWei = await getClaimed(connection.client, { account })
  const version = await versionOf(modelId).catch(() => undefined)
  const record = version?.local.records.find(({ id }) => id === best.recordId)
  // The checks of the records say what is wrong with the Datanet or the record.
  if (version === undefined || record === undefined) return undefined
  const { signature, sequence } = record
  const { root, identity } = version.local
  return { ...best, signature, sequence, datanetIdentity: identity, datanetRoot: root, claimedWei }
}

class Mismatch extends Error {
  readonly recordId: string | undefined

  constructor(detail: string, recordId?: string) {
    super(detail)
    this.recordId = recordId
  }
}

function fail(detail: string, recordId?: string): never {
  throw new Mismatch(detail, recordId)
}

/** The record that an error of any kind is about. */
function recordOf(error: unknown): string | undefined {
  if (error instanceof Mismatch) return error.recordId
  const id = OpenLedgerError.is(error) ? error.details['recordId'] : undefined
  return id === undefined ? undefined : String(id)
}

/** Runs one check. What a contract or a file refuses is a mismatch like any other; a chain that is gone is not. */
async function check(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await work() }
  } catch (error) {
    const counts = error instanceof Mismatch || (OpenLedgerError.is(error) && error.code !== 'OL1600')
    if (!counts) throw error
    const recordId = recordOf(error)
    return { name, ok: false, detail: reasonOf(error), ...(recordId !== undefined && { recordId }) }
  }
}
