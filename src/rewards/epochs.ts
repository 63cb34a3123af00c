import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { canonicalJson, hashJson, keccak256 } from '../files/canonicalJson.js'
import { type Hex, lowerHex } from '../files/hex.js'
import { hash32, lowerAddress } from '../files/hexSchemas.js'
import { buildStandardTree } from '../merkle/buildStandardTree.js'
import type { StandardTree } from '../merkle/StandardTree.js'
import { parseFields, wei } from './fields.js'
import { checkReceipt, type Receipt, receiptHash } from './receipts.js'
import { checkRedeemedReceipts, checkRedemption, type Redemption, redemptionLines } from './redemptions.js'

/** Leaf of the receipts tree: inferenceId, receiptHash, poolWei. */
export const receiptLeafTypes = ['bytes32', 'bytes32', 'uint256'] as const
/** Leaf of the rewards tree: chainId, rewardPool, account, cumulativeWei. The first two bind it to one pool on one chain. */
export const rewardLeafTypes = ['uint256', 'address', 'address', 'uint256'] as const

const manifestFields = z.strictObject({
  /** 2 when vouchers paid for some of the inferences. */
  version: z.literal([1, 2]),
  epoch: z.int().positive(),
  chainId: z.int().positive(),
  rewardPool: lowerAddress,
  receiptsRoot: hash32,
  rewardsRoot: hash32,
  /** Root of the rewards tree of the previous epoch; null for the first. */
  previousRewardsRoot: hash32.nullable(),
  receiptCount: z.int().positive(),
  /** Sum of this epoch's pools. */
  poolWei: wei,
  /** Sum of all accounts' cumulative rewards: `totalAllocated` on chain. */
  totalAllocatedWei: wei,
  /** keccak256 of the bytes of receipts.jsonl. */
  receiptsHash: hash32,
  /** keccak256 of the bytes of redemptions.jsonl; absent when no voucher paid for anything. */
  redemptionsHash: hash32.optional(),
})

/** epoch.json: the properties of an epoch and the hashes of its other files. */
export const epochManifestSchema = manifestFields.refine(
  ({ version, redemptionsHash }) => (version === 2) === (redemptionsHash !== undefined),
  { error: 'must be 2 with redemptionsHash and 1 without', path: ['version'] },
)
export type EpochManifest = Readonly<z.infer<typeof epochManifestSchema>>

/** Wei that each account has earned since the first epoch. Accounts are lower-case hex. */
export type Cumulative = ReadonlyMap<Hex, bigint>

export interface Epoch {
  readonly manifest: EpochManifest
  /** keccak256 of the manifest's canonical JSON: `manifestHash` on chain. */
  readonly manifestHash: `0x${string}`
  /** Receipts in the order of inference ids, like the leaves of their tree. */
  readonly receipts: readonly Receipt[]
  /** Redemptions of the vouchers that paid for some receipts, in the order of voucher ids. */
  readonly redemptions: readonly Redemption[]
  readonly cumulative: Cumulative
  readonly receiptsTree: StandardTree
  /** Leaves are in the order of accounts. */
  readonly rewardsTree: StandardTree
}

export interface EpochInput {
  readonly receipts: readonly Receipt[]
  /** Redemptions of the vouchers that receipts name; others are left out. */
  readonly redemptions?: readonly Redemption[]
  /** The previous epoch; absent for the first. */
  readonly previous?: Pick<Epoch, 'manifest' | 'cumulative'>
  /** Inferences that earlier epochs paid for. */
  readonly settled?: ReadonlySet<string>
  readonly chainId: number
  readonly rewardPool: string
}

/**
 * Builds an epoch from receipts, with a tree that proves each receipt and a tree of the earnings of every account in all
 * epochs so far. The same receipts in any order give the same epoch.
 *
 * @throws OL1800 and OL1801 when a receipt is malformed or its shares do not sum to its pool
 * @throws OL1846 when a receipt does not agree with its redemption
 * @throws OL1802 when an inference occurs twice or was settled before
 * @throws OL1803 when there is nothing to allocate
 * @throws OL1806 when the previous epoch is of another chain or pool
 */
export function buildEpoch(input: EpochInput): Epoch {
  const { previous, settled, chainId } = input
  const rewardPool = parseFields(lowerAddress, input.rewardPool.toLowerCase(), 'rewardPool')
  const epoch = (previous?.manifest.epoch ?? 0) + 1
  if (previous !== undefined) checkSuccession(previous.manifest, { epoch, chainId, rewardPool })
  const receipts = input.receipts
    .map((receipt, index) => checkReceipt(receipt, `receipt ${index}`))
    .sort((a, b) => (a.inferenceId < b.inferenceId ? -1 : 1))
  for (const [i, { inferenceId }] of receipts.entries()) {
    if (receipts[i - 1]?.inferenceId === inferenceId)
      throw new OpenLedgerError('OL1802', { inferenceId, where: `two receipts of epoch ${epoch}` })
    if (settled?.has(inferenceId))
      throw new OpenLedgerError('OL1802', { inferenceId, where: 'an earlier epoch settled it' })
  }
  const named = new Set(receipts.map(({ voucherId }) => voucherId))
  const redemptions = (input.redemptions ?? [])
    .filter(({ voucherId }) => named.has(voucherId))
    .map((redemption) => checkRedemption(redemption))
    .sort((a, b) => (a.voucherId < b.voucherId ? -1 : 1))
  checkRedeemedReceipts(receipts, redemptions)
  const pool = sum(receipts.map(({ poolWei }) => BigInt(poolWei)))
  if (pool === 0n) throw new OpenLedgerError('OL1803', { epoch, receiptCount: receipts.length })

  const cumulative = accumulate(receipts, previous?.cumulative)
  const receiptsTree = buildReceiptsTree(receipts)
  const rewardsTree = buildRewardsTree(cumulative, chainId, rewardPool)
  const manifest: EpochManifest = {
    version: redemptions.length === 0 ? 1 : 2,
    epoch,
    chainId,
    rewardPool,
    receiptsRoot: receiptsTree.root,
    rewardsRoot: rewardsTree.root,
    previousRewardsRoot: previous?.manifest.rewardsRoot ?? null,
    receiptCount: receipts.length,
    poolWei: String(pool),
    totalAllocatedWei: String(sum([...cumulative.values()])),
    receiptsHash: keccak256(receiptLines(receipts)),
    ...(redemptions.length > 0 && { redemptionsHash: keccak256(redemptionLines(redemptions)) }),
  }
  return { manifest, manifestHash: hashJson(manifest), receipts, redemptions, cumulative, receiptsTree, rewardsTree }
}

/** The content of receipts.jsonl: one receipt per line, in canonical JSON. */
export const receiptLines = (receipts: readonly Receipt[]): string =>
  receipts.map((receipt) => `${canonicalJson(receipt)}\n`).join('')

/** Adds receipts to what each account has earned; the result is in the order of accounts. */
export function accumulate(receipts: readonly Receipt[], before: Cumulative = new Map()): Cumulative {
  const after = new Map(before)
  for (const { shares } of receipts)
    for (const { contributor, amountWei } of shares)
      after.set(contributor, (after.get(contributor) ?? 0n) + BigInt(amountWei))
  return new Map([...after].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const buildReceiptsTree = (receipts: readonly Receipt[]): StandardTree =>
  buildStandardTree(
    receiptLeafTypes,
    receipts.map((receipt) => [receipt.inferenceId, receiptHash(receipt), receipt.poolWei]),
  )

const buildRewardsTree = (cumulative: Cumulative, chainId: number, rewardPool: string): StandardTree =>
  buildStandardTree(
    rewardLeafTypes,
    [...cumulative].map(([holder, amount]) => [String(chainId), rewardPool, holder, String(amount)]),
  )

/** @throws OL1806 unless `next` directly follows `previous` on the same chain and pool */
function checkSuccession(previous: EpochManifest, next: Pick<EpochManifest, 'epoch' | 'chainId' | 'rewardPool'>): void {
  const { epoch, chainId, rewardPool } = previous
  if (next.epoch === epoch + 1 && next.chainId === chainId && next.rewardPool === rewardPool) return
  throw new OpenLedgerError('OL1806', {
    previous: epoch,
    expected: epoch + 1,
    chainId,
    rewardPool,
    found: `${next.epoch}, of chain ${next.chainId} and pool ${next.rewardPool}`,
  })
}

export interface RewardProof {
  readonly account: string
  readonly cumulativeWei: bigint
  readonly proof: readonly `0x${string}`[]
}

/**
 * The total that an account can claim, with the proof that RewardPool.claim takes.
 *
 * @throws OL1807 when the account has earned nothing yet
 */
export function rewardProof({ manifest, cumulative, rewardsTree }: Epoch, holder: Hex): RewardProof {
  const lowered = lowerHex(holder)
  const index = [...cumulative.keys()].indexOf(lowered)
  if (index < 0) throw new OpenLedgerError('OL1807', { epoch: manifest.epoch, what: 'reward for account', id: holder })
  return { account: lowered, cumulativeWei: cumulative.get(lowered) as bigint, proof: rewardsTree.proof(index) }
}

export interface ReceiptProof {
  readonly receipt: Receipt
  readonly receiptHash: `0x${string}`
  readonly proof: readonly `0x${string}`[]
}

/**
 * A receipt, with the proof that AttributionLedger.verifyReceipt takes.
 *
 * @throws OL1807 when the epoch has no such inference
 */
export function receiptProof({ manifest, receipts, receiptsTree }: Epoch, inferenceId: string): ReceiptProof {
  const index = receipts.findIndex((receipt) => receipt.inferenceId === inferenceId.toLowerCase())
  const receipt = receipts[index]
  if (receipt === undefined)
    throw new OpenLedgerError('OL1807', { epoch: manifest.epoch, what: 'receipt of inference', id: inferenceId })
  return { receipt, receiptHash: receiptHash(receipt), proof: receiptsTree.proof(index) }
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
