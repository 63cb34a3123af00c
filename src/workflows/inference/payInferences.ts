import { payInference } from '../../chain/actions/inference/payInference.js'
import { quoteInference } from '../../chain/actions/inference/quoteInference.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import type { Connection } from '../network/openConnection.js'
import { type AttributedAnswers, chooseBatch } from './chooseBatch.js'
import { type Inference, noteBatch } from './inferences.js'

export interface PaidInference {
  readonly inference: Inference
  readonly feeWei: bigint
  /** The part of the fee that is the contributors'. */
  readonly poolWei: bigint
}

/** What is to be paid, and what an interrupted run has paid of it. Nothing is sent or written yet. */
export interface PreparedPayments {
  readonly paths: WorkspacePaths
  readonly payments: readonly {
    readonly inference: Inference
    /** The escrow's price; never is more paid than this. */
    readonly quoteWei: bigint
    readonly earlier: PaidInference | undefined
  }[]
  /** What is left to pay. */
  readonly feeWei: bigint
  /** Whether an earlier run noted these inferences and did not get to pay them all. */
  readonly resumed: boolean
}

/**
 * Finds out what attributed answers cost. Where an earlier run was stopped while it paid for the very same answers, this
 * goes on with its inferences, so that none is paid twice.
 *
 * @throws OL1624 when nobody is chosen to pay
 * @throws OL1820 when somebody with a share has no address to be paid at
 */
export async function preparePayments(connection: Connection, answers: AttributedAnswers): Promise<PreparedPayments> {
  const { inferences, resumed } = await chooseBatch(connection, answers)
  const payments = await Promise.all(
    inferences
      // What a voucher pays for is not paid again.
      .filter(({ signed }) => !signed)
      .map(async ({ inference, payment }) => ({
        inference,
        quoteWei: await quoteOf(connection, inference),
        earlier: payment && { inference, feeWei: payment.feeWei, poolWei: payment.poolWei },
      })),
  )
  const feeWei = payments.reduce((sum, { quoteWei, earlier }) => sum + (earlier === undefined ? quoteWei : 0n), 0n)
  return { paths: answers.paths, payments, feeWei, resumed }
}

/**
 * Pays prepared fees into the escrow, as the user. The inferences are noted in the workspace before the first
 * payment: if the process dies in between, the same command goes on, and `rewards post` finds out what the chain has.
 *
 * @throws OL1603 when a price has changed since it was quoted
 * @throws OL1607 when the user has too few OPEN
 */
export async function payInferences(
  connection: Connection,
  { paths, payments, resumed }: PreparedPayments,
): Promise<PaidInference[]> {
  const client = connection.as('user')
  const batch = payments.map(({ inference }) => inference)
  if (!resumed) await noteBatch(paths, batch)
  const paid: PaidInference[] = []
  for (const { inference, quoteWei, earlier } of payments) {
    if (earlier !== undefined) paid.push(earlier)
    else {
      const { feeWei, poolWei } = await payInference(client, { ...callOf(inference), feeWei: quoteWei })
      paid.push({ inference, feeWei, poolWei })
    }
  }
  return paid
}

/** The transactions that would pay prepared fees, each checked by itself; nothing is noted. */
export async function planPayments(
  connection: Connection,
  { payments }: PreparedPayments,
): Promise<PlannedTransaction[]> {
  const planned: PlannedTransaction[] = []
  for (const { inference, quoteWei, earlier } of payments) {
    if (earlier !== undefined) continue
    const parameters = { ...callOf(inference), feeWei: quoteWei }
    const transaction = await connection.plan('user', (client) => payInference(client, parameters))
    if (transaction !== undefined) planned.push(transaction)
  }
  return planned
}

const callOf = ({ modelId, inferenceId, inputTokens, outputTokens }: Inference) => ({
  modelId,
  inferenceId,
  inputTokens,
  outputTokens,
})

const quoteOf = (connection: Connection, { modelId, inputTokens, outputTokens }: Inference): Promise<bigint> =>
  quoteInference(connection.client, {
    modelId,
    inputTokens,
    outputTokens,
  })
