import { priceInference } from '../../chain/actions/inference/priceInference.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { VoucherFile } from '../../rewards/voucherFile.js'
import type { Connection } from '../network/openConnection.js'
import { type AttributedAnswers, chooseBatch } from './chooseBatch.js'
import { type Inference, noteBatch } from './inferences.js'
import { type PreparedVoucher, prepareVoucher, signPrepared } from './signVouchers.js'
import { noteVoucher, readVouchers } from './vouchers.js'

/** Answers that one voucher is to pay for. Nothing is signed or written yet. */
export interface PreparedVoucherPayment {
  readonly paths: WorkspacePaths
  /** All inferences of the batch, those that are paid for already among them. */
  readonly batch: readonly Inference[]
  /** Whether an earlier run noted these inferences and did not get to pay them all. */
  readonly resumed: boolean
  readonly prepared: PreparedVoucher
}

/**
 * Finds out what attributed answers cost under a voucher: the model's price, without the platform fee of a payment by itself.
 *
 * @throws as `chooseBatch` and `prepareVoucher`
 */
export async function prepareVoucherPayment(
  connection: Connection,
  answers: AttributedAnswers,
): Promise<PreparedVoucherPayment> {
  const { paths, modelId } = answers
  const { inferences, resumed } = await chooseBatch(connection, answers)
  const open = inferences.filter(({ payment, signed }) => payment === undefined && !signed)
  const priced = await Promise.all(
    open.map(async ({ inference: { inferenceId, inputTokens, outputTokens } }) => {
      const feeWei = await priceInference(connection.client, { modelId, inputTokens, outputTokens })
      return { inferenceId, feeWei: String(feeWei) }
    }),
  )
  const prepared = await prepareVoucher(connection, {
    modelId,
    inferences: priced,
    known: await readVouchers(paths, connection),
  })
  return { paths, batch: inferences.map(({ inference }) => inference), resumed, prepared }
}

export interface SignedVoucherPayment {
  readonly file: VoucherFile
  readonly path: string
}

/** Notes the inferences, then signs the voucher and notes it in the workspace. */
export async function signVoucherPayment(
  connection: Connection,
  { paths, batch, resumed, prepared }: PreparedVoucherPayment,
): Promise<SignedVoucherPayment> {
  if (!resumed) await noteBatch(paths, batch)
  return signNoted(connection, paths, prepared, [])
}

/**
 * Signs a voucher and notes it in the workspace. Where another run has signed one for the same payer and model meanwhile, this
 * goes on from that.
 *
 * @param others vouchers that are known besides those of the workspace
 */
export async function signNoted(
  connection: Connection,
  paths: WorkspacePaths,
  prepared: PreparedVoucher,
  others: readonly VoucherFile[],
): Promise<SignedVoucherPayment> {
  let voucher = prepared
  for (;;) {
    const file = await signPrepared(connection, voucher)
    const path = await noteVoucher(paths, file)
    if (path !== undefined) return { file, path }
    const { modelId } = file.voucher
    // Noted, so known: the next one cannot go on from the same voucher.
    const known = [...(await readVouchers(paths, connection)), ...others]
    const next = await prepareVoucher(connection, { modelId, inferences: file.inferences, known })
    if (next.unsigned.previous.inferences === voucher.unsigned.previous.inferences)
      throw new OpenLedgerError('OL1669', {
        path: paths.attribution,
        reason: 'one that its payer did not sign is in its place',
      })
    voucher = next
  }
}
