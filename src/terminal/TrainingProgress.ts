import { formatDuration } from './formats.js'

/** The facts that are known before the first step. */
export interface TrainingStart {
  readonly title: string
  readonly steps: number
  /** The device that computes, such as `cpu`. */
  readonly device: string
}

/** The facts of one step. */
export interface StepFacts {
  /** 1-based. */
  readonly step: number
  readonly epoch: number
  readonly loss: number
  /** Running mean of the loss. */
  readonly meanLoss: number
  readonly learningRate: number
  readonly gradientNorm: number
  /** Tokens read so far. */
  readonly tokens: number
  /** Seconds spent on the steps so far. */
  readonly seconds: number
  readonly memoryBytes: number
}

type Point = readonly [step: number, loss: number]

/** Share of the sampled single losses, at each end, that may lie outside the chart. */
const outliers = 0.02
const samples = 1000
/** Seconds over which the rate is measured, because the rate of a single step flickers with its length. */
const rateOver = 5

/** The data that a view of a running training draws. */
export class TrainingProgress {
  readonly losses: Point[] = []
  readonly means: Point[] = []
  readonly evaluations: Point[] = []
  readonly #steps: number
  latest: StepFacts | undefined
  #first: { readonly step: number; readonly at: number } | undefined
  #latestAt = 0
  #recent: StepFacts[] = []

  constructor(steps: number) {
    this.#steps = steps
  }

  step(facts: StepFacts): void {
    const { step, loss, meanLoss } = facts
    this.latest = facts
    this.#latestAt = performance.now()
    this.#first ??= { step, at: this.#latestAt }
    this.past(step, loss, meanLoss)
    // The window begins with the last step that is old enough.
    const enough = this.#recent.findLastIndex(({ seconds }) => seconds <= facts.seconds - rateOver)
    this.#recent = [...this.#recent.slice(Math.max(0, enough)), facts]
  }

  /** Tokens per second over the last seconds. */
  get tokensPerSecond(): number | undefined {
    const oldest = this.#recent[0]
    const { latest } = this
    if (oldest === undefined || latest === undefined) return undefined
    return oldest === latest
      ? latest.tokens / latest.seconds
      : (latest.tokens - oldest.tokens) / (latest.seconds - oldest.seconds)
  }

  past(step: number, loss: number, meanLoss: number): void {
    this.losses.push([step, loss])
    this.means.push([step, meanLoss])
  }

  evaluation(step: number, loss: number): void {
    this.evaluations.push([step, loss])
  }

  /** Remaining time, from the pace since the end of the first step, so that compiling does not count as slowness. */
  get timeLeft(): string {
    if (this.latest === undefined || this.#first === undefined || this.latest.step <= this.#first.step) return '?'
    const perStep = (this.#latestAt - this.#first.at) / (this.latest.step - this.#first.step)
    return formatDuration(Math.round(((this.#steps - this.latest.step) * perStep) / 1000) * 1000)
  }

  /** The steps that the chart spans. Few lengths are possible, so that the curve does not shrink with every step. */
  get span(): readonly [first: number, last: number] {
    const step = this.losses.at(-1)?.[0] ?? 0
    let last = this.#steps
    while (last > 16 && Math.ceil(last / 2) >= step) last = Math.ceil(last / 2)
    return [this.evaluations[0]?.[0] === 0 ? 0 : 1, last]
  }

  /** The losses that the chart spans. */
  get range(): readonly [low: number, high: number] {
    const stride = Math.ceil(this.losses.length / samples)
    const single = this.losses
      .filter((_, i) => i % stride === 0)
      .map(([, loss]) => loss)
      .sort((a, b) => a - b)
    const cut = Math.floor(single.length * outliers)
    const told = [...single.slice(cut, single.length - cut), ...this.means.map(lossOf), ...this.evaluations.map(lossOf)]
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (const loss of told) {
      low = Math.min(low, loss)
      high = Math.max(high, loss)
    }
    if (!Number.isFinite(high - low)) return [0, 1]
    return high > low ? [low, high] : [low - 0.5, high + 0.5]
  }
}

const lossOf = ([, loss]: Point): number => loss
