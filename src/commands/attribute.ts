import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { questionFields } from '../attribution/ask/questions.js'
import { attribute } from '../attribution/attribute.js'
import type { Attribution } from '../attribution/report/Attribution.js'
import { attributionLines } from '../attribution/report/attributionLines.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { dataFiles, readManifest } from '../lora/plan/manifest.js'
import type { Device } from '../onnx/runtime/Program.js'
import { type FieldMapInput, parseFieldMap } from '../records/FieldMap.js'
import type { Output } from '../terminal/createOutput.js'
import type { Progress } from '../terminal/Progress.js'
import { contributorNames } from '../workflows/datanets/contributorNames.js'
import { payableModel } from '../workflows/inference/payableModel.js'
import { newestAdapter } from '../workflows/models/newestAdapter.js'
import { openConnection } from '../workflows/network/openConnection.js'
import { type AnswersPayment, describePayment, payEach, payTogether } from './inference/payAnswers.js'
import type { CommandContext } from './shared/CommandContext.js'
import { chooseBase } from './shared/chooseBase.js'
import { describeAttribution } from './views/describeAttribution.js'

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
  const payee = pay || voucher ? await payeeOf(context, adapter) : undefined
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
  let payment: AnswersPayment | undefined
  if (payee !== undefined) {
    const { attributions, scorer } = result
    const { minimumShare } = input
    const { paths } = context.workspace()
    // With the settings that were given: a validator that computes the answers again needs them.
    const answers = { paths, modelId: payee.modelId, attributions, scorer, damping, minimumShare }
    payment = await (voucher ? payTogether : payEach)(context, payee.connection, answers)
  }
  const names = config.workspace === undefined ? new Map<string, string>() : contributorNames(config.workspace.root)
  output.result(
    {
      adapter,
      scorer: result.scorer,
      records: result.records,
      output: file ?? null,
      attributions: result.attributions.map(summary),
      payment: payment ?? null,
    },
    (_, style) =>
      [
        ...result.attributions.map((each) => `${describeAttribution(each, names, style)}\n`),
        ...(file === undefined ? [] : [`Every record’s score is in ${relative(cwd, file)}.`]),
        ...(payment === undefined ? [] : describePayment(payment, context)),
      ].join('\n'),
  )
}

/** The network and the model that the answers of an adapter are paid to. */
async function payeeOf({ workspace, config }: CommandContext, adapter: string) {
  const connection = await openConnection({ ...config, workspace: workspace().root })
  return { connection, modelId: await payableModel(connection, adapter) }
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
