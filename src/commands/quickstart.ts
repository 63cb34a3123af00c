import { join, relative } from 'node:path'
import type { Attribution } from '../attribution/attribute.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { formatDuration, formatOpen } from '../terminal/formats.js'
import type { Style } from '../terminal/Style.js'
import { failedChecks } from '../workflows/failedChecks.js'
import { type QuickstartReturnType, quickstart } from '../workflows/quickstart.js'
import { quickstartFolder } from '../workflows/quickstartFolder.js'
import { attributionView, describeAttribution, summary } from './attribute.js'
import type { CommandContext } from './CommandContext.js'
import { devnetData } from './devnet/describeDevnet.js'
import { describeVerification } from './rewards/verify.js'
import { trainingData, trainingView } from './train.js'

interface Input {
  readonly directory: string | undefined
  readonly template: string
  readonly keepDevnet: boolean
}

/** `openledger quickstart`: the main job, end to end. */
export async function run(context: CommandContext, { template, keepDevnet, ...input }: Input): Promise<void> {
  const { output, cwd, signal } = context
  const started = performance.now()
  const directory = await quickstartFolder(input.directory, join(cwd, 'openledger-quickstart'))
  let keep: (() => void) | undefined
  const result = await quickstart({
    directory,
    template,
    keepDevnet,
    signal,
    step: (title, work) => output.step(title, work),
    ...trainingView(output),
    onAttribution: attributionView(output),
    onDevnet(devnet) {
      keep = context.onExit(() => devnet.stop())
    },
  })
  if (keepDevnet) keep?.()
  else await result.devnet.stop()
  const seconds = (performance.now() - started) / 1000
  output.result(
    documentOf(result, seconds, keepDevnet),
    (_, style) => render(result, seconds, context, style),
    failureOf(result),
  )
}

const checksOf = ({ verification, balances }: QuickstartReturnType) => [
  ...verification.epochs.flatMap(({ checks }) => checks),
  ...verification.pool,
  balances,
]

function failureOf(result: QuickstartReturnType): OpenLedgerError | undefined {
  const loss = result.training.manifest.evalLoss
  if (loss !== null && loss.after >= loss.before)
    return new OpenLedgerError('OL1407', { before: loss.before, after: loss.after })
  return failedChecks(checksOf(result))
}

/** Who the template says a question is for, and who earned most of its answer. */
function expectation({ question, contributors }: Attribution, names: ReadonlyMap<string, string>) {
  const expected = typeof question.extra['expects'] === 'string' ? question.extra['expects'] : null
  const [top] = contributors
  const earned = top === undefined ? null : (names.get(top.contributor.toLowerCase()) ?? top.contributor)
  return { expected, earned, asExpected: expected === earned }
}

const namesOf = ({ scaffold }: QuickstartReturnType): ReadonlyMap<string, string> =>
  new Map(scaffold.contributors.map(({ address, name }) => [address.toLowerCase(), name]))

function documentOf(result: QuickstartReturnType, seconds: number, devnetKept: boolean) {
  const { scaffold, datanet, attributions, scorer, model, payments, epoch, claims, verification } = result
  const names = namesOf(result)
  return {
    directory: result.directory,
    seconds,
    datanet: {
      name: scaffold.datanet.name,
      records: scaffold.status.records,
      contributors: scaffold.contributors,
      version: datanet.version.version,
      root: datanet.version.root,
      datanetId: datanet.datanetId,
      transactionHash: datanet.transactionHash ?? null,
    },
    devnet: { ...devnetData(result.devnet), kept: devnetKept },
    training: trainingData(result.training),
    scorer,
    answers: attributions.map((each) => ({ ...summary(each), ...expectation(each, names) })),
    model,
    payments: payments.map(({ inference: { inferenceId }, feeWei, poolWei }) => ({ inferenceId, feeWei, poolWei })),
    epoch: {
      epoch: epoch.epoch.manifest.epoch,
      receiptsRoot: epoch.epoch.manifest.receiptsRoot,
      rewardsRoot: epoch.epoch.manifest.rewardsRoot,
      receiptCount: epoch.epoch.manifest.receiptCount,
      totalAllocatedWei: BigInt(epoch.epoch.manifest.totalAllocatedWei),
      bondWei: epoch.bondWei,
      unattributed: epoch.unattributed,
      warpedSeconds: claims.warpedSeconds,
    },
    claims: claims.paid.map((claim) => ({ ...claim, name: names.get(claim.account.toLowerCase()) ?? null })),
    verification: { ...verification, balances: result.balances },
  }
}

function render(result: QuickstartReturnType, seconds: number, { cwd }: CommandContext, style: Style): string {
  const { paint, table } = style
  const { scaffold, training, attributions, claims, verification, balances, scorer } = result
  const names = namesOf(result)
  const folder = relative(cwd, result.directory) || '.'
  const loss = training.manifest.evalLoss
  const earned = new Map(claims.paid.map(({ account, amountWei }) => [account.toLowerCase(), amountWei]))
  const expectations = attributions.map((each) => expectation(each, names))
  const matched = expectations.filter(({ asExpected }) => asExpected).length
  const rows = scaffold.contributors
    .map(({ name, speciality, address }) => ({ name, speciality, wei: earned.get(address.toLowerCase()) ?? 0n }))
    .sort((a, b) => (b.wei > a.wei ? 1 : -1))
    .map(({ name, speciality, wei }) => [name, formatOpen(wei), speciality])
  const checks = checksOf(result)
  const held = checks.filter(({ ok }) => ok).length
  const unexpected = expectations
    .filter(({ asExpected }) => !asExpected)
    .map(({ expected, earned: by }) => `${expected} was expected, ${by ?? 'nobody'} earned most`)
  return [
    '',
    paint.bold('Answers, and who shaped them') + paint.dim(` (${scorer}; BM25 is the lexical baseline)`),
    '',
    ...attributions.map((each) => describeAttribution(each, names, style)),
    paint.bold('Who earned what'),
    table([{ title: 'contributor' }, { title: 'earned', align: 'right' }, { title: 'speciality', shrink: true }], rows),
    '',
    `The specialist of the field earned the most of ${matched} of ${attributions.length} answers.`,
    ...unexpected.map((text) => paint.yellow(`  ${text}`)),
    ...(loss === null
      ? []
      : [
          `Held-out loss ${loss.before.toFixed(3)} → ${paint.green(loss.after.toFixed(3))} on ${training.plan.heldOut} records nobody trained on.`,
        ]),
    '',
    ...describeVerification(verification, names, style).split('\n').slice(-5),
    '',
    held === checks.length
      ? paint.green(`✔ ${held} checks hold, off chain and on chain`)
      : paint.red(`✖ ${checks.length - held} of ${checks.length} checks do not hold`),
    ...[...checks].filter(({ ok }) => !ok).map(({ name, detail }) => `  ${name}: ${detail}`),
    ...(balances.ok ? [] : [paint.red(`✖ balances: ${balances.detail}`)]),
    paint.dim(
      `${formatDuration(seconds * 1000)}; the devnet's clock was moved by ${claims.warpedSeconds} s, past the challenge window`,
    ),
    '',
    `Everything is in ${paint.bold(folder)}: datanet/, adapters/v1/, attribution/answers.jsonl, epochs/1/`,
    'Next:',
    `  cd ${folder} && openledger datanet status`,
    `  openledger model generate "How do I reef the mainsail?" --adapter adapters/v1`,
    `  openledger devnet up --detach && openledger datanet publish`,
  ].join('\n')
}
