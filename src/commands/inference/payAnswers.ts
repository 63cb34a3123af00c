import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { formatCount, formatOpen } from '../../terminal/formats.js'
import type { AttributedAnswers } from '../../workflows/inference/chooseBatch.js'
import { payByVoucher } from '../../workflows/inference/payByVoucher.js'
import { payInferences } from '../../workflows/inference/payInferences.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { agreeAndCarryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'
import { describeVoucher, voucherFields } from './voucherFields.js'

/** What became of the payment for answers, as it is in the result document. */
export interface AnswersPayment {
  readonly paid: boolean
  readonly signed: boolean
  /** Whether it continues what an earlier run was stopped in. */
  readonly resumed: boolean
  readonly feeWei: bigint
  readonly inferences: readonly {
    readonly inferenceId: string
    readonly feeWei: bigint
    /** Null under a voucher: the pool's part is known when it is redeemed. */
    readonly poolWei: bigint | null
  }[]
  /** Null where each answer is paid by itself. */
  readonly voucher: object | null
  /** What a dry run would send. */
  readonly transactions: readonly PlannedTransaction[]
}

/** Pays for answers one by one: in a dry run, shows how. */
export async function payEach(
  context: CommandContext,
  connection: Connection,
  answers: AttributedAnswers,
): Promise<AnswersPayment> {
  const { output, flags } = context
  const operation = await payInferences(connection, answers)
  const { feeWei, payments, resumed } = operation.facts
  const count = payments.filter(({ earlier }) => earlier === undefined).length
  if (resumed)
    output.note(
      `An earlier run was stopped while it paid: ${count} of ${formatCount(payments.length, 'answer')} not paid yet`,
    )
  const payment = { paid: !flags.dryRun, signed: false, resumed, feeWei, inferences: [], voucher: null }
  if (flags.dryRun) return { ...payment, transactions: await operation.plan() }
  const question = `Pay ${formatOpen(feeWei)} for ${formatCount(count, 'answer')}`
  const paid = await agreeAndCarryOut(context, operation, { question })
  const inferences = paid.map(({ inference: { inferenceId }, ...amounts }) => ({ inferenceId, ...amounts }))
  return { ...payment, inferences, transactions: [] }
}

/** Signs one voucher for all answers; in a dry run, shows it. They are paid when somebody redeems it. */
export async function payTogether(
  context: CommandContext,
  connection: Connection,
  answers: AttributedAnswers,
): Promise<AnswersPayment> {
  const { output, flags } = context
  const operation = await payByVoucher(connection, answers)
  const { resumed, unsigned, feeWei } = operation.facts
  const { inferences, ...terms } = voucherFields(unsigned)
  const listed = inferences.map((inference) => ({ ...inference, poolWei: null }))
  const payment = { paid: false, signed: !flags.dryRun, resumed, feeWei, inferences: listed, transactions: [] }
  if (resumed)
    output.note(`An earlier run was stopped before it signed: ${formatCount(inferences.length, 'answer')} left.`)
  if (flags.dryRun) return { ...payment, voucher: { ...terms, path: null } }
  output.note(describeVoucher(unsigned))
  const question = `Sign a voucher of ${formatOpen(feeWei)} more for ${formatCount(inferences.length, 'answer')}?`
  await context.confirm(question, { shown: [] })
  const { file, path } = await output.step(operation.title, () => operation.carryOut())
  const { inferences: _, ...signed } = voucherFields(file)
  return { ...payment, voucher: { ...signed, path } }
}

/** What was paid or signed, and the command that comes next; a dry run leaves nothing to continue with. */
export function describePayment(
  { paid, signed, feeWei, voucher, transactions }: AnswersPayment,
  { shell }: CommandContext,
): string[] {
  const done = paid ? 'paid' : signed ? 'signed' : `would be ${voucher === null ? 'paid' : 'signed'}`
  return [
    ...(transactions.length === 0 ? [] : [describeTransactions(transactions)]),
    `${formatOpen(feeWei)} ${done}`,
    ...(paid ? [`Next: ${shell.line('rewards post')}`] : []),
    ...(signed ? [`Next: ${shell.line('inference voucher redeem')}`] : []),
  ]
}
