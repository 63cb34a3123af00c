import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { questionFields } from '../attribution/ask/questions.js'
import { attribute } from '../attribution/attribute.js'
import type { AttributeReturnType, Attribution } from '../attribution/report/Attribution.js'
import { attributionLines } from '../attribution/report/attributionLines.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { dataFiles, readManifest } from '../lora/plan/manifest.js'
import type { Device } from '../onnx/runtime/Program.js'
import { type FieldMapInput, parseFieldMap } from '../records/FieldMap.js'
import type { Output } from '../terminal/createOutput.js'
import { formatCount, formatOpen } from '../terminal/formats.js'
import type { Progress } from '../terminal/Progress.js'
import { contributorNames } from '../workflows/datanets/contributorNames.js'
import { prepareVoucherPayment, signVoucherPayment } from '../workflows/inference/payByVoucher.js'
import { payInferences, planPayments, preparePayments } from '../workflows/inference/payInferences.js'
import { newestAdapter } from '../workflows/models/newestAdapter.js'
import { findModelId } from '../workflows/models/publishModel.js'
import { type Connection, openConnection } from '../workflows/network/openConnection.js'
import { describeVoucher, voucherFields } from './inference/voucherFields.js'
import { agreeTo } from './shared/agreeTo.js'
import type { CommandContext } from './shared/CommandContext.js'
import { chooseBase } from './shared/chooseBase.js'
import { describeAttribution } from './views/describeAttribution.js'
import { describeTransactions } from './views/describeTransactions.js'

interface Input extends FieldMapInput {
  readonly adapter: string | undefined
  readonly queries: string
  readonly output: string | undefined
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly data: readonly string[]
  readonly scorer: string
  readonly damping: number | undefined
  readonly minimumShare: number
  readonly generate: boolean
  readonly maxTokens: number
  readonly device: Device
  readonly pay: boolean
  readonly voucher: boolean
}

/** `openledger attribute`: answers, and the records that shaped them; with --pay the fees go into the escrow. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, config, signal, cwd } = context
  const {
    base,
    revision,
    data,
    damping,
    maxTokens,
    output: wanted,
    pay,
    voucher,
    map,
    promptField,
    completionField,
    ...rest
  } = input
  if (pay && voucher)
    throw new OpenLedgerError('OL1006', {
      command: 'openledger attribute',
      reason: 'answers are paid one by one with --pay, or all together with --voucher, not both',
    })
  const columns = parseFieldMap({ map, promptField, completionField }, questionFields)
  // What can be asked or refused beforehand is, before time is spent on answers.
  const file = context.flags.dryRun ? undefined : wanted
  if (file !== undefined) await context.confirmReplacing(file)
  const adapter = input.adapter ?? (await newestAdapter(context.workspace().paths))
  if (file !== undefined) await refuseReadFile(file, { adapter, queries: input.queries, data })
  const payee = pay || voucher ? await findPayee(context, adapter) : undefined
  const result = await attribute({
    ...rest,
    adapter,
    maximumTokens: maxTokens,
    signal,
    onProgress: attributionView(output),
    base: await chooseBase(context, { base, revision, adapter }),
    ...(data.length > 0 && { data }),
    ...(columns && { map: columns }),
    ...(damping !== undefined && { damping }),
  })
  if (file !== undefined) await writeFileAtomic(file, attributionLines(result))
  const payment =
    payee === undefined
      ? null
      : await (voucher ? signFees : payFees)(context, payee, { ...result, damping, minimumShare: input.minimumShare })
  const names = config.workspace === undefined ? new Map<string, string>() : contributorNames(config.workspace.root)
  output.result(
    {
      adapter,
      scorer: result.scorer,
      records: result.records,
      output: file ?? null,
      attributions: result.attributions.map(summary),
      payment,
    },
    (_, style) =>
      [
        ...result.attributions.map((each) => `${describeAttribution(each, names, style)}\n`),
        ...(file === undefined ? [] : [`Every record's score is in ${relative(cwd, file)}.`]),
        ...(payment === null
          ? []
          : [
              ...(payment.transactions.length === 0 ? [] : [describeTransactions(payment.transactions)]),
              `${formatOpen(payment.feeWei)} ${done(payment)}`,
              // What would be paid leaves nothing to go on with.
              ...(payment.paid ? [`Next: ${context.shell.line('rewards post')}`] : []),
              ...(payment.signed ? [`Next: ${context.shell.line('inference voucher redeem')}`] : []),
            ]),
      ].join('\n'),
  )
}

interface Payee {
  readonly connection: Connection
  readonly modelId: `0x${string}`
}

/** With the settings that were given: who computes it again needs them. */
type Attributed = AttributeReturnType & Pick<Input, 'damping' | 'minimumShare'>

async function findPayee({ workspace, config }: CommandContext, adapter: string): Promise<Payee> {
  const connection = await openConnection({ ...config, workspace: workspace().root })
  const modelId = await findModelId(connection, adapter)
  // Whoever pays is asked for before the answers are, too.
  connection.as('user')
  if (modelId === undefined) throw new OpenLedgerError('OL1810', { path: adapter, network: connection.network.name })
  return { connection, modelId }
}

async function payFees(context: CommandContext, { connection, modelId }: Payee, result: Attributed) {
  const { paths } = context.workspace()
  const { attributions, scorer, damping, minimumShare } = result
  const answers = { paths, modelId, attributions, scorer, damping, minimumShare }
  const prepared = await preparePayments(connection, answers)
  const { feeWei, payments, resumed } = prepared
  const open = payments.filter(({ earlier }) => earlier === undefined)
  if (resumed)
    context.output.note(
      `An earlier run was stopped while it paid: ${open.length} of ${formatCount(payments.length, 'answer')} not paid yet`,
    )
  const plan = () => planPayments(connection, prepared)
  if (context.flags.dryRun)
    return { paid: false, signed: false, resumed, feeWei, inferences: [], voucher: null, transactions: await plan() }
  await agreeTo(context, connection, plan, `Pay ${formatOpen(feeWei)} for ${formatCount(open.length, 'answer')}`)
  const paid = await context.output.step('Pay into the escrow', () => payInferences(connection, prepared))
  const inferences = paid.map(({ inference, feeWei: fee, poolWei }) => ({
    inferenceId: inference.inferenceId,
    feeWei: fee,
    poolWei,
  }))
  return { paid: true, signed: false, resumed, feeWei, inferences, voucher: null, transactions: [] }
}

const done = ({ paid, signed, voucher }: Pick<Payment, 'paid' | 'signed' | 'voucher'>): string =>
  paid ? 'paid' : signed ? 'signed' : `would be ${voucher === null ? 'paid' : 'signed'}`

type Payment = Awaited<ReturnType<typeof payFees | typeof signFees>>

/** One voucher for all answers. They are paid when somebody redeems it. */
async function signFees(context: CommandContext, { connection, modelId }: Payee, result: Attributed) {
  const { output, flags } = context
  const { paths } = context.workspace()
  const { attributions, scorer, damping, minimumShare } = result
  const answers = { paths, modelId, attributions, scorer, damping, minimumShare }
  const payment = await prepareVoucherPayment(connection, answers)
  const { resumed, prepared } = payment
  const { unsigned, feeWei } = prepared
  const { inferences, ...voucher } = voucherFields(unsigned)
  const data = { resumed, feeWei, transactions: [] }
  // The pool's part is known when the voucher is redeemed.
  const listed = inferences.map((inference) => ({ ...inference, poolWei: null }))
  if (resumed)
    output.note(`An earlier run was stopped before it signed: ${formatCount(inferences.length, 'answer')} left.`)
  if (flags.dryRun)
    return { paid: false, signed: false, ...data, inferences: listed, voucher: { ...voucher, path: null } }
  output.note(describeVoucher(unsigned))
  await context.confirm(
    `Sign a voucher of ${formatOpen(feeWei)} more for ${formatCount(inferences.length, 'answer')}?`,
    { shown: [] },
  )
  const { file, path } = await output.step('Sign the voucher', () => signVoucherPayment(connection, payment))
  const { inferences: _, ...terms } = voucherFields(file)
  return { paid: false, signed: true, ...data, inferences: listed, voucher: { ...terms, path } }
}

/** Progress of an attribution: the records once, then the answers. */
export function attributionView(output: Output): (stage: 'records' | 'answers', done: number, total: number) => void {
  const views = new Map<string, Progress>()
  return (stage, done, total) => {
    const title = stage === 'records' ? 'Gradients of records' : 'Answers'
    const view = views.get(stage) ?? output.progress({ title, total, unit: stage })
    views.set(stage, view)
    view.update(done)
    if (done >= total) view.finish()
  }
}

/** An attribution in the result document: the records with a share, the rest is in the output file. */
export const summary = ({ question, influence, ...rest }: Attribution) => ({
  ...question.extra,
  line: question.line,
  prompt: question.prompt,
  ...rest,
  records: influence.filter(({ share }) => share > 0),
})

/** Agreeing to replace a file is not meant for what this very command, or the next one of this adapter, reads. */
async function refuseReadFile(
  file: string,
  { adapter, queries, data }: { readonly adapter: string; readonly queries: string; readonly data: readonly string[] },
): Promise<void> {
  const identity = (path: string): Promise<string | undefined> =>
    stat(path).then(
      ({ dev, ino }) => `${dev} ${ino}`,
      () => undefined,
    )
  const written = await identity(file)
  if (written === undefined) return
  const trained = dataFiles((await readManifest(adapter)).data).map(({ path }) => resolve(adapter, path))
  for (const path of [queries, ...data, ...trained])
    if ((await identity(path)) === written)
      throw new OpenLedgerError('OL1006', {
        command: 'openledger attribute',
        reason: `--output ${file} is a file that is read: the questions, or the data of the training`,
      })
}
