import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { canonicalJson, keccak256 } from '../files/canonicalJson.js'
import type { Hex } from '../files/hex.js'
import { reasonOf } from '../files/reasonOf.js'
import type { StandardTreeDump } from '../merkle/StandardTree.js'
import {
  accumulate,
  type Cumulative,
  type EpochManifest,
  receiptLeafTypes,
  receiptLines,
  rewardLeafTypes,
} from './epochs.js'
import { checkReceipt, type Receipt, receiptHash } from './receipts.js'
import { checkRedeemedReceipts, checkRedemption, type Redemption, redemptionLines } from './redemptions.js'

/** The files of an epoch, not yet verified. */
export interface EpochFiles {
  readonly manifest: EpochManifest
  readonly receipts: readonly Receipt[]
  /** Redemptions of the vouchers that paid for some receipts; empty when every receipt has its own payment. */
  readonly redemptions: readonly Redemption[]
  readonly receiptsTree: StandardTreeDump
  readonly rewardsTree: StandardTreeDump
}

/** The previous epoch: its manifest, and the earnings of every account at its end. */
export interface PreviousEpoch {
  readonly manifest: EpochManifest
  readonly cumulative: Cumulative
}

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** The counted items, or the first mismatch: receipt or account, field, found and expected value. */
  readonly detail: string
  /** The record that causes the mismatch, if one does. */
  readonly recordId?: string
}

/**
 * Checks an epoch without a chain and without this project's own Merkle code: `@openzeppelin/merkle-tree` makes and verifies
 * the proofs, so that a mistake in one implementation shows in the other. Without `previous` the function takes earlier
 * earnings from the rewards tree, and checks only that they are not negative.
 */
export function verifyEpochOffChain(files: EpochFiles, previous?: PreviousEpoch): Check[] {
  return [
    check('shares sum to pools', () => sharesSum(files)),
    check('totals', () => totals(files)),
    check('receipts file', () => receiptsFile(files)),
    check('receipt proofs', () => receiptProofs(files)),
    check('reward proofs', () => rewardProofs(files)),
    check('rewards follow receipts', () => rewardsFollow(files, previous)),
    check('succession', () => succession(files, previous)),
    ...(hasVouchers(files) ? [check('vouchers', () => vouchers(files))] : []),
  ]
}

const hasVouchers = ({ manifest, receipts, redemptions }: EpochFiles): boolean =>
  manifest.redemptionsHash !== undefined ||
  redemptions.length > 0 ||
  receipts.some(({ voucherId }) => voucherId !== undefined)

/** Ends one check. It never leaves this file. */
class Mismatch extends Error {}

/** Runs a check. Any thrown error fails it, because damaged files make libraries throw too. */
function check(name: string, run: () => string): Check {
  try {
    return { name, ok: true, detail: run() }
  } catch (cause) {
    return { name, ok: false, detail: reasonOf(cause) }
  }
}

function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Mismatch(`${what} is ${found}, expected ${expected}`)
}

function sharesSum({ receipts }: EpochFiles): string {
  for (const [index, receipt] of receipts.entries()) checkReceipt(receipt, `receipt ${index}`)
  return `${receipts.length} receipts, to the wei`
}

const sum = (amounts: readonly (string | undefined)[]): bigint =>
  amounts.reduce((total, amount) => total + BigInt(amount ?? 0), 0n)

function totals({ manifest, receipts, rewardsTree }: EpochFiles): string {
  expectEqual('receiptCount', manifest.receiptCount, receipts.length)
  expectEqual('poolWei', manifest.poolWei, String(sum(receipts.map(({ poolWei }) => poolWei))))
  expectEqual(
    'totalAllocatedWei',
    manifest.totalAllocatedWei,
    String(sum(rewardsTree.values.map(({ value }) => value[3]))),
  )
  return `${manifest.poolWei} wei in this epoch, ${manifest.totalAllocatedWei} in all`
}

function receiptsFile({ manifest, receipts }: EpochFiles): string {
  const seen = new Set<string>()
  for (const { inferenceId } of receipts) {
    if (seen.has(inferenceId)) throw new Mismatch(`inference ${inferenceId} has two receipts`)
    seen.add(inferenceId)
  }
  expectEqual('receiptsHash', manifest.receiptsHash, keccak256(receiptLines(receipts)))
  return manifest.receiptsHash
}

/** Checks vouchers against receipts. Only the chain knows whether the vouchers were redeemed. */
function vouchers({ manifest, receipts, redemptions }: EpochFiles): string {
  expectEqual('redemptionsHash', manifest.redemptionsHash, keccak256(redemptionLines(redemptions)))
  for (const [index, redemption] of redemptions.entries()) checkRedemption(redemption, `redemption ${index}`)
  checkRedeemedReceipts(receipts, redemptions)
  const under = receipts.filter(({ voucherId }) => voucherId !== undefined).length
  const vouchers = redemptions.length === 1 ? '1 voucher' : `${redemptions.length} vouchers`
  return `${under} receipts under ${vouchers}; their inferences match the signed head, their fees the paid amount`
}

function verifiedTree(dump: StandardTreeDump, types: readonly string[], root: string): string[][] {
  expectEqual('leafEncoding', canonicalJson(dump.leafEncoding), canonicalJson(types))
  const tree = StandardMerkleTree.load<string[]>(dump)
  const values: string[][] = []
  for (const [index, value] of tree.entries()) {
    if (!StandardMerkleTree.verify(root, [...types], value, tree.getProof(index)))
      throw new Mismatch(`the proof of leaf ${index} (${value.join(', ')}) does not lead to the root ${root}`)
    values.push(value)
  }
  return values
}

function receiptProofs({ manifest, receipts, receiptsTree }: EpochFiles): string {
  const leaves = verifiedTree(receiptsTree, receiptLeafTypes, manifest.receiptsRoot)
  expectEqual('number of receipt leaves', leaves.length, receipts.length)
  for (const [index, receipt] of receipts.entries()) {
    const [inferenceId, hash, poolWei] = leaves[index] as string[]
    const of = `of receipt ${receipt.inferenceId}`
    expectEqual(`inferenceId ${of} in the tree`, inferenceId, receipt.inferenceId)
    expectEqual(`receiptHash ${of} in the tree`, hash, receiptHash(receipt))
    expectEqual(`poolWei ${of} in the tree`, poolWei, receipt.poolWei)
  }
  return `${leaves.length} verified with @openzeppelin/merkle-tree`
}

function rewardProofs({ manifest, rewardsTree }: EpochFiles): string {
  const leaves = verifiedTree(rewardsTree, rewardLeafTypes, manifest.rewardsRoot)
  const seen = new Set<string>()
  for (const [chainId, rewardPool, holder] of leaves as [string, string, string, string][]) {
    expectEqual(`chainId of account ${holder}`, chainId, String(manifest.chainId))
    expectEqual(`rewardPool of account ${holder}`, rewardPool, manifest.rewardPool)
    if (seen.has(holder)) throw new Mismatch(`account ${holder} has two leaves`)
    seen.add(holder)
  }
  return `${leaves.length} verified with @openzeppelin/merkle-tree`
}

/** The earnings of every account at the end of an epoch, from the leaves of its rewards tree. */
export const cumulativeOf = ({ rewardsTree }: Pick<EpochFiles, 'rewardsTree'>): Cumulative =>
  new Map(rewardsTree.values.map(({ value }) => [value[2] as Hex, BigInt(value[3] as string)]))

function rewardsFollow(files: EpochFiles, previous: PreviousEpoch | undefined): string {
  const now = cumulativeOf(files)
  const earned = accumulate(files.receipts)
  const known = previous?.cumulative ?? (files.manifest.epoch === 1 ? new Map<Hex, bigint>() : undefined)
  for (const holder of new Set([...now.keys(), ...earned.keys(), ...(known?.keys() ?? [])])) {
    const after = now.get(holder) ?? 0n
    const before = known?.get(holder) ?? 0n
    const here = earned.get(holder) ?? 0n
    if (after < before) throw new Mismatch(`cumulativeWei of account ${holder} shrinks from ${before} to ${after}`)
    if (known === undefined ? after < here : after !== before + here)
      throw new Mismatch(
        `cumulativeWei of account ${holder} is ${after}, expected ${before} before and ${here} from receipts`,
      )
  }
  return `${earned.size} accounts earned, ${now.size} in all; none shrank`
}

function succession({ manifest }: EpochFiles, previous: PreviousEpoch | undefined): string {
  if (manifest.epoch === 1) {
    expectEqual('previousRewardsRoot', manifest.previousRewardsRoot, null)
    return 'the first epoch'
  }
  if (previous === undefined) {
    if (manifest.previousRewardsRoot === null) throw new Mismatch('previousRewardsRoot is null, expected a root')
    return `names ${manifest.previousRewardsRoot}; the previous epoch was not given`
  }
  expectEqual('epoch', manifest.epoch, previous.manifest.epoch + 1)
  expectEqual('chainId', manifest.chainId, previous.manifest.chainId)
  expectEqual('rewardPool', manifest.rewardPool, previous.manifest.rewardPool)
  expectEqual('previousRewardsRoot', manifest.previousRewardsRoot, previous.manifest.rewardsRoot)
  return `follows epoch ${previous.manifest.epoch}`
}
