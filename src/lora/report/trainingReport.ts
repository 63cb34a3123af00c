import { dataFiles, type TrainingManifest } from '../plan/manifest.js'
import type { TrainingPlan } from '../plan/TrainingPlan.js'
import type { EvaluationMetrics, Metrics, StepMetrics } from '../step/MetricsLog.js'
import { describeStretches, meanTrainingLoss } from '../step/meanTrainingLoss.js'
import { RunningMean } from '../step/RunningMean.js'
import { html, Markup } from './markup.js'
import { type PlotSeries, plot } from './plot.js'
import { style } from './style.js'

/** A held-out record and its mean loss, in nats per token. */
export interface HeldRecord {
  /** 1-based, among the held-out records. */
  readonly number: number
  readonly prompt: string
  readonly answer: string
  readonly tokens: number
  /** Loss under the untrained adapter; unknown if another process began the training. */
  readonly before: number | undefined
  readonly after: number
}

export interface TrainingReport {
  /** Title of the report: the name of the adapter. */
  readonly title: string
  readonly manifest: TrainingManifest
  readonly metrics: readonly Metrics[]
  readonly held: readonly HeldRecord[]
  readonly plan: Pick<TrainingPlan, 'formats' | 'packing' | 'truncatedRecords' | 'truncatedTokens'>
  /** Number of parameters of the adapter. */
  readonly parameters: number
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly memoryBytes: number
    readonly system: string
    readonly node: string
  }
  readonly finished: Date
}

/** Number of records shown from each end of the ranking. */
const shown = 5

/**
 * Renders the report of a training as a web page, a single file without scripts or external resources. Texts of records are
 * escaped, and a content security policy blocks anything that might get through.
 */
export function trainingReport(report: TrainingReport): string {
  const { title, manifest, metrics, held } = report
  const steps = metrics.filter((line) => 'loss' in line)
  const evaluations = metrics.filter((line) => 'evalLoss' in line)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} – training report</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<header>
<p class="kind">Training report</p>
<h1>${title}</h1>
<p>LoRA adapter of ${baseName(manifest)}${manifest.datanet && `, trained on version ${manifest.datanet.version} of the Datanet ${manifest.datanet.name}`}. ${new Markup(`<time datetime="${report.finished.toISOString()}">${dateOf(report.finished)}</time>`)}</p>
</header>
${figures(report, steps)}
${notices(report)}
<h2>Course</h2>
<div class="plots">
${lossPlot(steps, evaluations, manifest.best?.step)}
${coursePlots(steps)}
</div>
${heldOut(held)}
<h2>Data</h2>
${facts([
  ['Trained on', `${number(manifest.data.trained)} records`],
  ['Held out', `${number(manifest.data.heldOut)} records`],
  ['Left out', `${number(manifest.data.dropped)} records with nothing to learn`],
  ['Cut off', `${number(report.plan.truncatedTokens)} tokens of ${number(report.plan.truncatedRecords)} records`],
  [
    'Shapes of records',
    Object.entries(report.plan.formats)
      .map(([format, count]) => `${number(count)} ${format}`)
      .join(', '),
  ],
  ...(report.plan.packing
    ? ([
        ['Packed', `into ${number(report.plan.packing.rows)} rows of ${number(report.plan.packing.length)} tokens`],
      ] as Fact[])
    : []),
  ...(manifest.datanet
    ? ([
        ['Datanet', `${manifest.datanet.name}, version ${manifest.datanet.version}`],
        ['Datanet root', code(manifest.datanet.root)],
      ] as Fact[])
    : []),
  ...dataFiles(manifest.data).flatMap(({ path, sha256 }): Fact[] => [
    ['File', code(path)],
    ['sha256', code(sha256)],
  ]),
])}
<h2>Settings</h2>
${facts(settingsOf(manifest))}
<h2>Origin</h2>
${facts([
  ['Base model', code(manifest.base.path)],
  ['Base hash', code(manifest.base.hash)],
  ['Adapter hash', code(manifest.adapterHash)],
  ['Engine', `${manifest.engine.name} ${manifest.engine.version}, ONNX Runtime ${manifest.engine.onnxRuntime}`],
  ['Device', manifest.engine.device],
  ['Processor', `${report.machine.processor}, ${report.machine.cores} threads`],
  ['Memory', bytes(report.machine.memoryBytes)],
  ['System', `${report.machine.system}, Node ${report.machine.node}`],
])}
<footer><p>Written by openledger. Every number comes from <code>training-manifest.json</code> and <code>metrics.jsonl</code> beside this page, which loads nothing from elsewhere.</p></footer>
</main>
</body>
</html>
`.text
}

type Fact = readonly [name: string, value: string | Markup]

const facts = (rows: readonly Fact[]): Markup =>
  html`<div class="card"><table><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table></div>`

function figures({ manifest, parameters }: TrainingReport, steps: readonly StepMetrics[]): Markup {
  const { evalLoss } = manifest
  const last = steps.at(-1)
  const mean = meanTrainingLoss(steps)
  const seconds = last?.seconds ?? 0
  const peak = Math.max(0, ...steps.map(({ memoryBytes }) => memoryBytes))
  const figure = (value: string, label: string, look = ''): Markup =>
    html`<li class="${look}"><b>${value}</b><small>${label}</small></li>`
  return html`<ul class="figures">
${
  evalLoss
    ? figure(
        `${evalLoss.before.toFixed(3)} → ${evalLoss.after.toFixed(3)}`,
        `held-out loss, ${change(evalLoss)}; perplexity ${perplexity(evalLoss.before)} → ${perplexity(evalLoss.after)}`,
        'wide',
      )
    : figure(
        `${mean.first.loss.toFixed(3)} → ${mean.last.loss.toFixed(3)}`,
        `training loss, ${describeStretches(mean)}; no records were held out`,
        'wide',
      )
}
${figure(number(manifest.steps), 'steps')}
${figure(compact(manifest.tokens), 'tokens')}
${figure(duration(seconds), 'of training')}
${figure(number(Math.round(manifest.tokens / seconds)), 'tokens a second')}
${figure(compact(parameters), 'trained parameters')}
${figure(bytes(peak), 'memory at most')}
</ul>`
}

const change = ({ before, after }: { readonly before: number; readonly after: number }): string => {
  const part = Math.abs(100 * (1 - after / before)).toFixed(1)
  return after <= before ? `${part} % lower` : `${part} % higher than before`
}

const perplexity = (loss: number): string => {
  const value = Math.exp(loss)
  return value < 1000 ? value.toPrecision(3) : compact(value)
}

function notices({ manifest, plan: { truncatedTokens } }: TrainingReport): Markup {
  const { evalLoss } = manifest
  const notice = (text: string): Markup => html`<p class="notice">${text}</p>`
  return html`
${evalLoss && evalLoss.after > evalLoss.before ? notice('The held-out loss rose: the adapter answers held-out records worse than the base model does.') : undefined}
${truncatedTokens > 0 ? notice(`${number(truncatedTokens)} tokens were beyond the maximum length and were cut off.`) : undefined}
${manifest.data.dropped > 0 ? notice(`${number(manifest.data.dropped)} records had nothing to learn and were left out.`) : undefined}`
}

function lossPlot(
  steps: readonly StepMetrics[],
  evaluations: readonly EvaluationMetrics[],
  best: number | undefined,
): Markup {
  const held = { name: 'held-out', look: 'held', marked: true } as const
  return plot({
    title: 'Loss',
    caption: best === undefined ? 'nats a token' : `nats a token; held-out records best after step ${best}`,
    large: true,
    format: (value) => value.toFixed(2),
    series: [
      ...withMean(steps, ({ loss }) => loss),
      ...(evaluations.length > 0
        ? [{ ...held, points: evaluations.map(({ step, evalLoss }) => [step, evalLoss] as const) }]
        : []),
    ],
  })
}

/** A noisy curve with its running mean. */
function withMean(steps: readonly StepMetrics[], of: (line: StepMetrics) => number): PlotSeries[] {
  const mean = new RunningMean(steps.length)
  return [
    { name: 'each step', look: 'faint', points: steps.map((line) => [line.step, of(line)]) },
    { name: 'running mean', look: 'strong', points: steps.map((line) => [line.step, mean.add(of(line))]) },
  ]
}

function coursePlots(steps: readonly StepMetrics[]): Markup[] {
  const smooth = (name: string, of: (line: StepMetrics) => number): PlotSeries[] => [
    { name, look: 'strong', points: steps.map((line) => [line.step, of(line)]) },
  ]
  return [
    plot({
      title: 'Learning rate',
      series: smooth('learning rate', ({ learningRate }) => learningRate),
      format: (value) => (value === 0 ? '0' : value.toExponential().replace('+', '')),
      fromZero: true,
    }),
    plot({
      title: 'Gradient norm',
      caption: 'before clipping',
      series: withMean(steps, ({ gradientNorm }) => gradientNorm),
      format: (value) => String(Number(value.toPrecision(2))),
      fromZero: true,
    }),
    plot({
      title: 'Tokens a second',
      series: withMean(steps, ({ tokensPerSecond }) => tokensPerSecond),
      format: compact,
      fromZero: true,
    }),
    plot({
      title: 'Memory',
      series: smooth('memory', ({ memoryBytes }) => memoryBytes),
      format: (value) => (value === 0 ? '0' : bytes(value)),
      fromZero: true,
    }),
  ]
}

function heldOut(held: readonly HeldRecord[]): Markup | undefined {
  if (held.length === 0) return undefined
  const ranked = [...held].sort((a, b) => b.after - a.after)
  const table = (records: readonly HeldRecord[]): Markup =>
    html`<div class="card"><table class="records"><thead><tr><th scope="col">Record</th><th scope="col" class="number">Tokens</th><th scope="col" class="number">Loss</th></tr></thead><tbody>${records.map(recordRow)}</tbody></table></div>`
  const all = ranked.length <= 2 * shown
  return html`<h2>Held-out records</h2>
${all ? table(ranked) : html`<h3>Predicted worst</h3>${table(ranked.slice(0, shown))}<h3>Predicted best</h3>${table(ranked.slice(-shown).reverse())}`}`
}

function recordRow({ number: index, prompt, answer, tokens, before, after }: HeldRecord): Markup {
  const look = before === undefined ? '' : after <= before ? 'better' : 'worse'
  return html`<tr><td class="record" dir="auto">${prompt === '' ? undefined : html`<span class="role">${`#${index} prompt`}</span><p>${excerpt(prompt)}</p>`}<span class="role">${prompt === '' ? `#${index} text` : 'answer'}</span><p>${excerpt(answer)}</p></td>
<td class="number" data-label="tokens">${tokens}</td><td class="number" data-label="loss">${before === undefined ? undefined : `${before.toFixed(2)} → `}<span class="${look}">${after.toFixed(2)}</span></td></tr>`
}

/** Maximum characters shown of a text. */
const longest = 320
const excerpt = (text: string): string => {
  const characters = [...text.trim()]
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}…`
}

/** The settings by the names of their flags. */
const settingsOf = ({ settings }: TrainingManifest): Fact[] =>
  Object.entries(settings).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])

const baseName = ({ base }: TrainingManifest): string =>
  base.id ?? base.path.split(/[\\/]/).filter(Boolean).at(-1) ?? base.path
const code = (text: string): Markup => html`<code>${text}</code>`
const number = (value: number): string => value.toLocaleString('en')
const compact = (value: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
const bytes = (value: number): string =>
  value >= 1e9 ? `${Number((value / 1e9).toPrecision(3))} GB` : `${Number((value / 1e6).toPrecision(3))} MB`

function duration(seconds: number): string {
  if (seconds < 99.5) return `${Number(seconds.toPrecision(3))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const dateOf = (date: Date): string =>
  date.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).concat(' UTC')
