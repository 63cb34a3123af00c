import { type Hex, zeroHash } from 'viem'
import { z } from 'zod'
import { type SignedVoucher, voucherIdOf } from '../chain/values/voucher.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readJson } from '../files/readText.js'
import { account, hash32, parseFields, wei } from './fields.js'
import { feesOf, headAfter, type Redemption, voucherInferenceSchema } from './redemptions.js'

const voucherFileSchema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  /** The InferenceEscrow that it can be redeemed at. */
  escrow: account,
  voucher: z.strictObject({ payer: account, modelId: hash32, cumulativeWei: wei, inferences: hash32 }),
  signature: z.custom<Hex>((value) => typeof value === 'string' && /^0x([0-9a-f]{2})+$/.test(value), {
    error: 'must be 0x and an even number of lower-case hex digits',
  }),
  /** The voucher that this one goes on from: its total, and its head; both zero for the first. */
  previous: z.strictObject({ cumulativeWei: wei, inferences: hash32 }),
  /** What is new in it, in the order of the chain. */
  inferences: z.array(voucherInferenceSchema).min(1).readonly(),
})

/** A signed voucher, and the inferences that are new in it: what a payer hands to whom it owes. */
export type VoucherFile = Readonly<z.infer<typeof voucherFileSchema>>

/** Where a payer's vouchers for a model stand. */
export type VoucherState = VoucherFile['previous']

export const noVoucher: VoucherState = { cumulativeWei: '0', inferences: zeroHash }

/** The state after some inferences. */
export const stateAfter = (
  inferences: readonly VoucherFile['inferences'][number][],
  { cumulativeWei, inferences: head }: VoucherState,
): VoucherState => ({
  cumulativeWei: String(BigInt(cumulativeWei) + feesOf(inferences)),
  inferences: headAfter(inferences, head),
})

/**
 * Checks that a voucher is what its inferences give. Its signature is not looked at: only the chain knows whose contract
 * wallets sign what.
 *
 * @param where named in errors
 * @throws OL1800 for the first field that is wrong
 */
function checkVoucherFile(value: unknown, where: string): VoucherFile {
  const file = parseFields(voucherFileSchema, value, where)
  const { voucher, previous, inferences } = file
  const wanted = stateAfter(inferences, previous)
  for (const field of ['cumulativeWei', 'inferences'] as const)
    if (voucher[field] !== wanted[field]) {
      const reason = `is ${voucher[field]}, and its inferences lead from the voucher before to ${wanted[field]}`
      throw new OpenLedgerError('OL1800', { where, field: `voucher.${field}`, reason })
    }
  return file
}

/** @throws OL1900, OL1903 when the file cannot be read, and as {@link checkVoucherFile} */
export const readVoucherFile = async (path: string): Promise<VoucherFile> =>
  checkVoucherFile(await readJson(path), path)

/** What the escrow takes. */
export const signedVoucherOf = ({ voucher, signature }: VoucherFile): SignedVoucher => ({
  voucher: { ...voucher, cumulativeWei: BigInt(voucher.cumulativeWei) },
  signature,
})

/** The digest that was signed. */
export const voucherFileId = (file: VoucherFile): Hex =>
  voucherIdOf({ chainId: file.chainId, escrow: file.escrow, voucher: signedVoucherOf(file).voucher })

/**
 * What a voucher paid for when it was redeemed: its own inferences, and those of vouchers before it that were not redeemed
 * themselves.
 *
 * @param redeemed what the escrow says that it moved
 * @param others vouchers that are known besides
 * @returns undefined where one that lies between is not known
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
