import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { hash32, lowerAddress } from '../files/hexSchemas.js'
import { parseFields, uint32, wei } from './fields.js'
import { splitWei } from './splitWei.js'

const shareSchema = z.strictObject({ recordId: hash32, contributor: lowerAddress, amountWei: wei })

export const receiptSchema = z.strictObject({
  /** 2 when a voucher paid for the inference. */
  version: z.literal([1, 2]),
  inferenceId: hash32,
  modelId: hash32,
  promptHash: hash32,
  answerHash: hash32,
  inputTokens: uint32,
  outputTokens: uint32,
  payer: lowerAddress,
  feeWei: wei,
  poolWei: wei,
  /** The redeemed voucher that paid for the inference; absent when a payment of its own did. */
  voucherId: hash32.optional(),
  shares: z.array(shareSchema).readonly(),
})

/**
 * The receipt of one inference: payer, fee, answer, and the records that share the contributors' part of the fee. Ids, hashes
 * and accounts are lower-case hex; shares are in the order of record ids and sum to poolWei.
 */
export type Receipt = Readonly<z.infer<typeof receiptSchema>>

/** What the id of an inference is made of. */
export interface InferenceIdentity {
  readonly modelId: string
  readonly promptHash: string
  readonly answerHash: string
  readonly payer: string
  /** Distinguishes identical questions by one payer. */
  readonly nonce: string
}

const identitySchema = z.strictObject({
  modelId: hash32,
  promptHash: hash32,
  answerHash: hash32,
  payer: lowerAddress,
  nonce: z.string().min(1),
})

/**
 * The id under which an inference is paid: keccak256 of the canonical JSON of model, prompt hash, answer hash, payer and
 * nonce. The case of hex digits makes no difference.
 *
 * @throws OL1800 when a field is malformed
 */
export function inferenceIdOf({ modelId, promptHash, answerHash, payer, nonce }: InferenceIdentity): `0x${string}` {
  const lowered = { ...lowerCase({ modelId, promptHash, answerHash, payer }), nonce }
  return hashJson(parseFields(identitySchema, lowered, 'inference'))
}

/** What the escrow says was paid for an inference. */
export interface InferencePayment {
  readonly feeWei: bigint
  /** The contributors' part of the fee. */
  readonly poolWei: bigint
  /** The redeemed voucher that paid the fee; undefined where the inference was paid by itself. */
  readonly voucherId?: `0x${string}` | undefined
}

export interface ReceiptInput extends InferenceIdentity, InferencePayment {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Shares of zero wei are left out. */
  readonly shares: readonly { readonly recordId: string; readonly contributor: string; readonly amountWei: bigint }[]
}

/**
 * Makes the receipt of one inference.
 *
 * @throws OL1800 when a field is malformed
 * @throws OL1801 when the shares do not sum to the pool
 * @example
 * const amounts = splitWei(poolWei, [...shares.records])
 * const receipt = createReceipt({ ...inference, inputTokens, outputTokens, feeWei, poolWei,
 *   shares: records.map(({ id, contributor }, i) => ({ recordId: id, contributor, amountWei: amounts[i] ?? 0n })) })
 */
export function createReceipt(input: ReceiptInput): Receipt {
  const { modelId, promptHash, answerHash, payer } = input
  const shares = input.shares
    .filter(({ amountWei }) => amountWei !== 0n)
    .map(({ recordId, contributor, amountWei }) => ({
      ...lowerCase({ recordId, contributor }),
      amountWei: String(amountWei),
    }))
    .sort((a, b) => (a.recordId < b.recordId ? -1 : 1))
  const { voucherId } = input
  return checkReceipt({
    version: voucherId === undefined ? 1 : 2,
    inferenceId: inferenceIdOf(input),
    ...lowerCase({ modelId, promptHash, answerHash, payer }),
    inputTokens: input.inputTokens,
    outputTokens: input.outputTokens,
    feeWei: String(input.feeWei),
    poolWei: String(input.poolWei),
    ...(voucherId !== undefined && { voucherId: voucherId.toLowerCase() }),
    shares,
  })
}

/** An inference with the weights by which the records that shaped its answer share the pool. */
export interface AttributedInference extends InferenceIdentity, Pick<ReceiptInput, 'inputTokens' | 'outputTokens'> {
  readonly shares: readonly { readonly recordId: string; readonly contributor: string; readonly share: number }[]
}

/**
 * The receipt of an attributed inference and of what its payer paid: the pool is split by the weights, to the wei.
 *
 * @throws OL1509 when no weight is above zero, and as {@link createReceipt}
 */
export function receiptOf({ shares, ...inference }: AttributedInference, payment: InferencePayment): Receipt {
  const weights = shares.map(({ share }) => share)
  const amounts = splitWei(payment.poolWei, weights)
  return createReceipt({
    ...inference,
    ...payment,
    shares: shares.map(({ recordId, contributor }, i) => ({ recordId, contributor, amountWei: amounts[i] as bigint })),
  })
}

/**
 * Checks a receipt from any source: its form, that no record is paid twice, that the pool is not more than the fee, and that
 * the shares sum to the pool to the wei.
 *
 * @param where file and line, for errors
 * @throws OL1800 or OL1801
 */
export function checkReceipt(value: unknown, where = 'receipt'): Receipt {
  const receipt = parseFields(receiptSchema, value, where)
  const { inferenceId, feeWei, poolWei, shares } = receipt
  const wrong = (field: string, reason: string): OpenLedgerError =>
    new OpenLedgerError('OL1800', { where: `${where} (inference ${inferenceId})`, field, reason })
  if ((receipt.version === 2) !== (receipt.voucherId !== undefined))
    throw wrong('version', `is ${receipt.version}, but 2 is for receipts with a voucherId, and 1 for others`)
  for (const [i, { recordId }] of shares.entries()) {
    const previous = shares[i - 1]?.recordId
    if (previous === recordId)
      throw wrong(`shares.${i}.recordId`, 'is the record of the previous share, which is paid twice')
    if (previous !== undefined && previous > recordId) throw wrong(`shares.${i}.recordId`, 'is out of order')
  }
  if (BigInt(poolWei) > BigInt(feeWei)) throw wrong('poolWei', `is more than the fee of ${feeWei} wei`)
  const sumWei = shares.reduce((sum, { amountWei }) => sum + BigInt(amountWei), 0n)
  if (sumWei !== BigInt(poolWei)) throw new OpenLedgerError('OL1801', { inferenceId, sumWei, poolWei })
  return receipt
}

/** keccak256 of a receipt's canonical JSON, which the epoch's tree commits to. */
export const receiptHash = (receipt: Receipt): `0x${string}` => hashJson(receipt)

const lowerCase = <Fields extends Readonly<Record<string, string>>>(
  fields: Fields,
): { [Name in keyof Fields]: string } =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.toLowerCase()])) as {
    [Name in keyof Fields]: string
  }
