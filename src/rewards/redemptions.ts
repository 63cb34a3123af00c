import { z } from 'zod'
import { inferencesHead } from '../chain/values/voucher.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { canonicalJson } from '../files/canonicalJson.js'
import type { Hex } from '../files/hex.js'
import { hash32, lowerAddress } from '../files/hexSchemas.js'
import { parseFields, wei } from './fields.js'
import type { Receipt } from './receipts.js'

/** An inference that a voucher pays for, as files store it. */
export const voucherInferenceSchema = z.strictObject({ inferenceId: hash32, feeWei: wei })

/** The form of a redemption; {@link checkRedemption} checks its meaning. */
export const redemptionSchema = z.strictObject({
  version: z.literal(1),
  /** The digest that the payer signed, under which the escrow keeps the redemption. */
  voucherId: hash32,
  payer: lowerAddress,
  modelId: hash32,
  cumulativeWei: wei,
  /** Head of the hash chain over all inferences that the voucher pays for: `inferences` of the voucher. */
  head: hash32,
  /** The head of the voucher that was redeemed before this one; zero for the first. */
  previousHead: hash32,
  /** Wei that the redemption moved: the voucher's total minus the total redeemed before. */
  feeWei: wei,
  /** The contributors' part of the fee. */
  poolWei: wei,
  /** The newly paid inferences, in the order of the hash chain. */
  inferences: z.array(voucherInferenceSchema).min(1).readonly(),
})

/**
 * A redeemed voucher and the inferences that it paid for. It connects receipts with the escrow, which itself knows only how
 * much a voucher moved. Ids, hashes and accounts are lower-case hex.
 */
export type Redemption = Readonly<z.infer<typeof redemptionSchema>>

/**
 * Checks a redemption from any source as far as possible without the chain: its inferences, each once, lead from the
 * previous head to its own, and their fees sum to the redeemed amount.
 *
 * @param where file and line, for errors
 * @throws OL1800 for the first wrong field
 */
export function checkRedemption(value: unknown, where = 'redemption'): Redemption {
  const redemption = parseFields(redemptionSchema, value, where)
  const { voucherId, head, previousHead, inferences, feeWei, poolWei, cumulativeWei } = redemption
  const wrong = (field: string, reason: string): OpenLedgerError =>
    new OpenLedgerError('OL1800', { where: `${where} (voucher ${voucherId})`, field, reason })
  const seen = new Set<string>()
  for (const [i, { inferenceId }] of inferences.entries()) {
    if (seen.has(inferenceId)) throw wrong(`inferences.${i}.inferenceId`, 'occurs twice')
    seen.add(inferenceId)
  }
  if (headAfter(inferences, previousHead) !== head)
    throw wrong('head', 'is not the head to which the inferences lead from previousHead')
  if (feesOf(inferences) !== BigInt(feeWei)) throw wrong('feeWei', 'is not the sum of the fees of its inferences')
  if (BigInt(feeWei) > BigInt(cumulativeWei)) throw wrong('feeWei', `is more than the total of ${cumulativeWei} wei`)
  if (BigInt(poolWei) > BigInt(feeWei)) throw wrong('poolWei', `is more than the fee of ${feeWei} wei`)
  return redemption
}

type FiledInference = z.infer<typeof voucherInferenceSchema>

/** {@link inferencesHead} of inferences in the form of a file. */
export const headAfter = (inferences: readonly FiledInference[], from: `0x${string}`): `0x${string}` =>
  inferencesHead(
    inferences.map(({ inferenceId, feeWei }) => ({ inferenceId, feeWei: BigInt(feeWei) })),
    from,
  )

/** Sum of fees in wei. */
export const feesOf = (inferences: readonly FiledInference[]): bigint =>
  inferences.reduce((sum, { feeWei }) => sum + BigInt(feeWei), 0n)

export interface RedeemedInference {
  readonly feeWei: bigint
  /** The inference's part of the wei that the redemption paid into the pool. */
  readonly poolWei: bigint
}

/**
 * The fee and the pool's part of each inference of a redemption, by id. Fees divide the pool's part: the parts of the first n
 * inferences together are their exact quota, rounded down. So all parts sum to the pool to the wei, and each is less than a
 * wei away from its own quota.
 */
export function redeemedInferences({ inferences, feeWei, poolWei }: Redemption): ReadonlyMap<Hex, RedeemedInference> {
  const [fee, pool] = [BigInt(feeWei), BigInt(poolWei)]
  const parts = new Map<Hex, RedeemedInference>()
  let [paid, given] = [0n, 0n]
  for (const inference of inferences) {
    paid += BigInt(inference.feeWei)
    const upTo = fee === 0n ? 0n : (pool * paid) / fee
    parts.set(inference.inferenceId, { feeWei: BigInt(inference.feeWei), poolWei: upTo - given })
    given = upTo
  }
  return parts
}

/** The content of redemptions.jsonl: one redemption per line, in canonical JSON. */
export const redemptionLines = (redemptions: readonly Redemption[]): string =>
  redemptions.map((redemption) => `${canonicalJson(redemption)}\n`).join('')

/**
 * Checks that receipts agree with their redemptions, and that every redemption belongs to a receipt.
 *
 * @throws OL1846 for the first wrong receipt or redemption
 */
export function checkRedeemedReceipts(receipts: readonly Receipt[], redemptions: readonly Redemption[]): void {
  const open = new Map(redemptions.map((redemption) => [redemption.voucherId, redemption]))
  if (open.size < redemptions.length)
    throw new OpenLedgerError('OL1846', { what: 'The list of redemptions', reason: 'it names a voucher twice' })
  const named = new Set<string>()
  for (const receipt of receipts) {
    const { voucherId, inferenceId } = receipt
    if (voucherId === undefined) continue
    const what = `Inference ${inferenceId}`
    const redemption = open.get(voucherId)
    const paid = redemption && redeemedInferences(redemption).get(inferenceId)
    if (redemption === undefined || paid === undefined)
      throw new OpenLedgerError('OL1846', { what, reason: `no redemption of voucher ${voucherId} names it` })
    named.add(voucherId)
    const { payer, modelId } = redemption
    const wanted = { payer, modelId, feeWei: String(paid.feeWei), poolWei: String(paid.poolWei) }
    for (const [field, value] of Object.entries(wanted)) {
      const found = receipt[field as keyof typeof wanted]
      if (found !== value)
        throw new OpenLedgerError('OL1846', { what, reason: `its ${field} is ${found}, but the voucher says ${value}` })
    }
  }
  const idle = redemptions.find(({ voucherId }) => !named.has(voucherId))
  if (idle !== undefined)
    throw new OpenLedgerError('OL1846', { what: `Voucher ${idle.voucherId}`, reason: 'no receipt names it' })
}
