import { priceInference } from '../../chain/actions/inference/priceInference.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { type AttributedAnswers, chooseBatch } from './chooseBatch.js'
import { noteBatch } from './inferences.js'
import { type NotedVoucher, type PreparedVoucher, prepareVoucher, signNoted } from './signVouchers.js'
import { readVouchers } from './vouchers.js'

export interface VoucherPaymentFacts extends PreparedVoucher {
  /** Whether an earlier run noted these inferences and did not get to pay them all. */
  readonly resumed: boolean
}

/**
 * Pays for attributed answers with one voucher, at the model's price, without the platform fee of a payment by itself. The
 * inferences are noted first, then the voucher is signed and noted in the workspace. Nothing is sent: the answers are paid
 * when somebody redeems the voucher.
 *
 * @throws as `chooseBatch` and `prepareVoucher`
 */
export async function payByVoucher(
  connection: Connection,
  answers: AttributedAnswers,
): Promise<Operation<NotedVoucher, VoucherPaymentFacts>> {
  const { paths, modelId } = answers
  const { inferences, resumed } = await chooseBatch(connection, answers)
  const open = inferences.filter(({ payment, signed }) => payment === undefined && !signed)
  const priced = await Promise.all(
    open.map(async ({ inference: { inferenceId, inputTokens, outputTokens } }) => {
      const feeWei = await priceInference(connection.client, { modelId, inputTokens, outputTokens })
      return { inferenceId, feeWei: String(feeWei) }
    }),
  )
  const known = await readVouchers(paths, connection)
  const prepared = await prepareVoucher(connection, { modelId, inferences: priced, known })
  return defineOperation(connection, {
    title: 'Sign the voucher',
    role: 'user',
    facts: { ...prepared, resumed },
    plan: async () => [],
    async act() {
      const batch = inferences.map(({ inference }) => inference)
      if (!resumed) await noteBatch(paths, batch)
      return signNoted(connection, paths, prepared, [])
    },
  })
}
