import { payInference } from '../../chain/actions/inference/payInference.js'
import { quoteInference } from '../../chain/actions/inference/quoteInference.js'
import type { WriteClient } from '../../chain/client/ChainClient.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { type AttributedAnswers, chooseBatch } from './chooseBatch.js'
import { type NotedInference, noteBatch } from './inferences.js'

export interface PaidInference {
  readonly inference: NotedInference
  readonly feeWei: bigint
  /** The part of the fee that is the contributors'. */
  readonly poolWei: bigint
}

/** What is to be paid, and what an interrupted run has paid of it. */
export interface PaymentFacts {
  readonly payments: readonly {
    readonly inference: NotedInference
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
 * Pays the fees of attributed answers into the escrow, as the user. The inferences are noted in the workspace before the
 * first payment: where a run is stopped while it pays, the next one for the very same answers continues with its inferences,
 * so that none is paid twice, and `rewards post` finds out what the chain has.
 *
 * @throws OL1624 when nobody is chosen to pay
 * @throws OL1820 when somebody with a share has no address to be paid at
 * @throws OL1603 when it is carried out and a price has changed since it was quoted, OL1607 when the user has too few OPEN
 */
export async function payInferences(
  connection: Connection,
  answers: AttributedAnswers,
): Promise<Operation<readonly PaidInference[], PaymentFacts>> {
  const { inferences, resumed } = await chooseBatch(connection, answers)
  const payments = await Promise.all(
    inferences
      // What a voucher pays for is not paid again.
      .filter(({ signed }) => !signed)
      .map(async ({ inference, payment }) => ({
        inference,
        quoteWei: await quoteInference(connection.client, callOf(inference)),
        earlier: payment && { inference, feeWei: payment.feeWei, poolWei: payment.poolWei },
      })),
  )
  const open = payments.filter(({ earlier }) => earlier === undefined)
  const feeWei = open.reduce((sum, { quoteWei }) => sum + quoteWei, 0n)
  const pay = (client: WriteClient, { inference, quoteWei }: (typeof payments)[number]) =>
    payInference(client, { ...callOf(inference), feeWei: quoteWei })
  return defineOperation(connection, {
    title: 'Pay into the escrow',
    role: 'user',
    facts: { payments, feeWei, resumed },
    async plan() {
      const planned: PlannedTransaction[] = []
      for (const payment of open) planned.push(...(await connection.plan('user', (client) => pay(client, payment))))
      return planned
    },
    async act(client) {
      const batch = payments.map(({ inference }) => inference)
      if (!resumed) await noteBatch(answers.paths, batch)
      const paid: PaidInference[] = []
      for (const payment of payments) {
        const { inference, earlier } = payment
        const { feeWei: fee, poolWei } = earlier ?? (await pay(client, payment))
        paid.push({ inference, feeWei: fee, poolWei })
      }
      return paid
    },
  })
}

const callOf = ({ modelId, inferenceId, inputTokens, outputTokens }: NotedInference) => ({
  modelId,
  inferenceId,
  inputTokens,
  outputTokens,
})
