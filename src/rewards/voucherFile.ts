import { type Hex, zeroHash } from 'viem'
import { z } from 'zod'
import { type SignedVoucher, voucherIdOf } from '../chain/values/voucher.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hash32, lowerAddress, lowerHexBytes } from '../files/hexSchemas.js'
import { readJson } from '../files/readText.js'
import { parseFields, wei } from './fields.js'
import { feesOf, headAfter, type Redemption, voucherInferenceSchema } from './redemptions.js'

const voucherFileSchema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  /** The InferenceEscrow that redeems the voucher. */
  escrow: lowerAddress,
  voucher: z.strictObject({ payer: lowerAddress, modelId: hash32, cumulativeWei: wei, inferences: hash32 }),
  signature: lowerHexBytes().refine((text) => text !== '0x', 'is empty'),
  /** Total and head of the previous voucher; both zero for the first. */
  previous: z.strictObject({ cumulativeWei: wei, inferences: hash32 }),
  /** The newly paid inferences, in the order of the hash chain. */
  inferences: z.array(voucherInferenceSchema).min(1).readonly(),
})

/** A signed voucher and its new inferences: the file that a payer gives to a provider. */
export type VoucherFile = Readonly<z.infer<typeof voucherFileSchema>>

/** A payer's running total and hash-chain head for a model. */
export type VoucherState = VoucherFile['previous']

export const noVoucher: VoucherState = { cumulativeWei: '0', inferences: zeroHash }

/** The state after more inferences. */
export const stateAfter = (
  inferences: readonly VoucherFile['inferences'][number][],
  { cumulativeWei, inferences: head }: VoucherState,
): VoucherState => ({
  cumulativeWei: String(BigInt(cumulativeWei) + feesOf(inferences)),
  inferences: headAfter(inferences, head),
})

/**
 * Checks that a voucher agrees with its inferences. It does not check the signature, because only the chain can verify the
 * signature of a contract wallet.
 *
 * @param where the file, for errors
 * @throws OL1800 for the first wrong field
 */
function checkVoucherFile(value: unknown, where: string): VoucherFile {
  const file = parseFields(voucherFileSchema, value, where)
  const { voucher, previous, inferences } = file
  const wanted = stateAfter(inferences, previous)
  for (const field of ['cumulativeWei', 'inferences'] as const)
    if (voucher[field] !== wanted[field]) {
      const reason = `is ${voucher[field]}, but its inferences lead from the previous voucher to ${wanted[field]}`
      throw new OpenLedgerError('OL1800', { where, field: `voucher.${field}`, reason })
    }
  return file
}

/** @throws OL1900, OL1903 when the file cannot be read, OL1800 for the first wrong field */
export const readVoucherFile = async (path: string): Promise<VoucherFile> =>
  checkVoucherFile(await readJson(path), path)

/** The voucher in the form that the escrow takes. */
export const signedVoucherOf = ({ voucher, signature }: VoucherFile): SignedVoucher => ({
  voucher: { ...voucher, cumulativeWei: BigInt(voucher.cumulativeWei) },
  signature,
})

/** The digest that the payer signed. */
export const voucherFileId = (file: VoucherFile): Hex =>
  voucherIdOf({ chainId: file.chainId, escrow: file.escrow, voucher: signedVoucherOf(file).voucher })

/**
 * The redemption of a voucher: it pays its own inferences, and those of earlier vouchers that were not redeemed themselves.
 *
 * @param redeemed the amounts that the escrow moved
 * @param others other known vouchers
 * @returns undefined when a voucher between the last redeemed one and this one is not known
 */
export function redemptionOf(
  file: VoucherFile,
  redeemed: { readonly feeWei: bigint; readonly poolWei: bigint },
  others: readonly VoucherFile[],
): Redemption | undefined {
  const { payer, modelId, cumulativeWei, inferences: head } = file.voucher
  const from = BigInt(cumulativeWei) - redeemed.feeWei
  let { previous, inferences } = file
  while (BigInt(previous.cumulativeWei) > from) {
    const { cumulativeWei: total, inferences: at } = previous
    const before = others.find(
      ({ voucher }) =>
        voucher.payer === payer &&
        voucher.modelId === modelId &&
        voucher.cumulativeWei === total &&
        voucher.inferences === at,
    )
    if (before === undefined) return undefined
    inferences = [...before.inferences, ...inferences]
    previous = before.previous
  }
  if (BigInt(previous.cumulativeWei) !== from) return undefined
  return {
    version: 1,
    voucherId: voucherFileId(file),
    payer,
    modelId,
    cumulativeWei,
    head,
    previousHead: previous.inferences,
    feeWei: String(redeemed.feeWei),
    poolWei: String(redeemed.poolWei),
    inferences,
  }
}
