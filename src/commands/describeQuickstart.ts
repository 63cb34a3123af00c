import { relative } from 'node:path'
import type { Attribution } from '../attribution/report/Attribution.js'
import { formatDuration, formatOpen } from '../terminal/formats.js'
import { quote, type Shell } from '../terminal/Shell.js'
import type { Style } from '../terminal/Style.js'
import { pad, textWidth, truncate, wrap } from '../terminal/textWidth.js'
import { type QuickstartReturnType, quickstartSettingsName } from '../workflows/quickstart/quickstart.js'
import { describeTrace } from './rewards/verify.js'
import { askedIn, describeAttribution, type Names, nameOf } from './views/describeAttribution.js'

const widest = 100
const recordsShown = 2
const barWidth = 10

export interface QuickstartEnd {
  readonly seconds: number
  readonly devnetKept: boolean
  readonly shell: Shell
}

/** What the quickstart says at its end: who earned what and why, what was checked, where the files are, what is next. */
export function describeQuickstart(result: QuickstartReturnType, end: QuickstartEnd, style: Style): string {
  const { paint } = style
  const { attributions, claims, scorer } = result
  const names = namesOf(result)
  return [
    '',
    `${paint.bold('Answers, and who shaped them')} ${paint.dim(`(influence: ${scorer}; BM25: by words alone)`)}`,
    ...attributions.map((each) => `\n${describeAttribution(each, names, style, recordsShown)}`),
    '',
    paint.bold('Who earned what'),
    ...earningLines(result, style),
    '',
    ...truthLines(result, names, style),
    ...bullet(
      ' ',
      `${formatDuration(end.seconds * 1000)}; the devnet’s clock was moved by ${claims.warpedSeconds} s, past the challenge window`,
      style,
    ).map((line) => paint.dim(line)),
    '',
    ...fileLines(result, end, style),
    '',
    ...nextLines(result, end, style),
  ].join('\n')
}

export const namesOf = ({ scaffold }: Pick<QuickstartReturnType, 'scaffold'>): Names =>
  new Map(scaffold.contributors.map(({ address, name }) => [address.toLowerCase(), name]))

export const checksOf = ({ verification, balances }: Pick<QuickstartReturnType, 'verification' | 'balances'>) => [
  ...verification.epochs.flatMap(({ checks }) => checks),
  ...verification.pool,
  balances,
]

/** The contributor that the template expects for a question, and the one that earned most of its answer. */
export function expectation({ question, contributors }: Attribution, names: Names) {
  const expected = typeof question.extra['expects'] === 'string' ? question.extra['expects'] : null
  const [top] = contributors
  const earned = top === undefined ? null : nameOf(top.contributor, names)
  return { expected, earned, asExpected: expected === earned }
}

function earningLines({ scaffold, claims }: QuickstartReturnType, { paint, table }: Style): string[] {
  const earned = new Map(claims.paid.map(({ account, amountWei }) => [account.toLowerCase(), amountWei]))
  const rows = scaffold.contributors
    .map(({ name, speciality, address }) => ({ name, speciality, wei: earned.get(address.toLowerCase()) ?? 0n }))
    .sort((a, b) => (b.wei > a.wei ? 1 : b.wei < a.wei ? -1 : 0))
  const most = rows[0]?.wei ?? 0n
  const bar = (wei: bigint): string => {
    const length = most === 0n ? 0 : Number((wei * BigInt(barWidth) + most / 2n) / most)
    return paint.green('█'.repeat(length)) + paint.dim('░'.repeat(barWidth - length))
  }
  const columns = [
    { title: 'contributor' },
    { title: 'earned', align: 'right' as const },
    { title: '' },
    { title: 'speciality', shrink: true },
  ]
  const cells = rows.map(({ name, wei, speciality }) => [name, formatOpen(wei), bar(wei), speciality])
  return table(columns, cells).split('\n')
}

function bullet(sign: string, text: string, { columns }: Style): string[] {
  return wrap(text, Math.min(widest, columns - 1) - 2).map((line, i) => `${i === 0 ? sign : ' '} ${line}`)
}

function truthLines(result: QuickstartReturnType, names: Names, style: Style): string[] {
  const { paint, columns } = style
  const { attributions, training, verification } = result
  const yes = paint.green('✔')
  const no = paint.red('✖')
  const expectations = attributions.map((each) => ({ ...expectation(each, names), asked: askedIn(each) }))
  const others = expectations.filter(({ asExpected }) => !asExpected)
  const loss = training.manifest.evalLoss
  const checks = checksOf(result)
  const failed = checks.filter(({ ok }) => !ok)
  const matched = attributions.length - others.length
  return [
    ...bullet(
      others.length === 0 ? yes : paint.yellow('!'),
      `The specialist of the field earned the most of ${matched} of ${attributions.length} answers.`,
      style,
    ),
    ...others.map(({ expected, earned, asked }) =>
      paint.yellow(truncate(`    ${earned ?? 'nobody'} instead of ${expected ?? 'nobody'}: ${asked}`, columns)),
    ),
    ...(loss === null
      ? []
      : bullet(
          loss.after < loss.before ? yes : no,
          `Held-out loss ${loss.before.toFixed(3)} → ${loss.after.toFixed(3)}, on ${training.plan.heldOut} records that nobody trained on.`,
          style,
        )),
    ...(failed.length === 0
      ? bullet(yes, `${checks.length} checks hold, off chain and on chain. One record, all the way:`, style)
      : bullet(no, `${failed.length} of ${checks.length} checks do not hold.`, style)),
    ...failed.map(({ name, detail }) => paint.red(`    ${name}: ${detail}`)),
    ...(failed.length > 0 || verification.trace === undefined
      ? []
      : describeTrace(verification.trace, names).map((line) => `    ${paint.dim(line)}`)),
  ]
}

function fileLines(
  { directory, datanet, training, epoch }: QuickstartReturnType,
  { shell }: QuickstartEnd,
  { paint, columns }: Style,
): string[] {
  const files = [
    [`datanet/versions/${datanet.version.version}/`, 'the records, and the tree of their root'],
    [`${relative(directory, training.output)}/`, 'the LoRA adapter; Hugging Face PEFT opens it too'],
    [quickstartSettingsName, 'what it was trained with; `openledger train --config` trains it again'],
    ['attribution/answers.jsonl', 'every record’s score and share, for every answer'],
    [`epochs/${epoch.epoch.manifest.epoch}/`, 'receipts, amounts and proofs'],
  ] as const
  const width = Math.max(...files.map(([path]) => textWidth(path)))
  return [
    `${paint.bold('Files')} in ${shell.path(directory)}/`,
    ...files.map(([path, holds]) => `  ${pad(path, width)}  ${paint.dim(truncate(holds, columns - width - 4))}`),
  ]
}

function nextLines(
  { directory, attributions, training }: QuickstartReturnType,
  { shell, devnetKept }: QuickstartEnd,
  { paint }: Style,
): string[] {
  const prompts = attributions.map(({ question }) => question.prompt).filter((prompt) => typeof prompt === 'string')
  const [shortest = 'Who are you?'] = prompts.sort((a, b) => a.length - b.length)
  const lines = [
    `model generate ${quote(shortest)} --adapter ${relative(directory, training.output)}`,
    'datanet status',
    // Epochs belong to the chain that they were posted on: once it is stopped, only commands that need no chain work.
    devnetKept
      ? 'attribute --queries datanet/questions.jsonl --pay --yes'
      : 'attribute --queries datanet/questions.jsonl --output scores.jsonl',
  ]
  return [
    paint.bold('Next'),
    `  ${paint.cyan(`cd ${shell.path(directory)}`)}`,
    ...lines.map((line) => `  ${paint.cyan(shell.line(line, directory))}`),
  ]
}
