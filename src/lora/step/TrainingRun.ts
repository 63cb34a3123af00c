import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { type AdapterLayout, adapterLayout } from '../../models/adapter/adapterLayout.js'
import type { Network } from '../../models/architectures/Network.js'
import { labelCount } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import { Random } from '../../models/random.js'
import { Evaluator } from '../../models/run/evaluate.js'
import { clipGradient } from '../optimizers/AdamW.js'
import { createOptimizer } from '../optimizers/createOptimizer.js'
import type { Optimizer } from '../optimizers/Optimizer.js'
import { learningRateAt, type Schedule, stepsOf } from '../settings/schedule.js'
import { scheduleOf, stepCount } from '../settings/stepCount.js'
import { BatchOrder } from './BatchOrder.js'
import { EvaluationHistory } from './EvaluationHistory.js'
import { GradientPrograms } from './GradientPrograms.js'
import { initialValues, setFromBase } from './initialValues.js'
import { microBatches } from './microBatches.js'
import { memoryInUse } from './peakMemory.js'
import type { TrainAdapterOptions, TrainingResult, TrainingState, TrainingStep } from './TrainAdapterOptions.js'
import { trainingShapes } from './trainingShapes.js'

/** Milliseconds between checkpoints where no number of steps was asked for. */
const keepEvery = 5 * 60_000

/** Where the random draws of a run are. */
type Draws = Pick<TrainingState, 'order' | 'dropout'>

/**
 * The state of a training between two steps. {@link trainAdapter} decides in which order evaluations, checkpoints and steps come;
 * here is what each of them does.
 */
export class TrainingRun {
  readonly #base: Network
  readonly #examples: readonly Example[]
  readonly #held: readonly Example[]
  readonly #options: TrainAdapterOptions
  readonly #layout: AdapterLayout
  readonly #values: Float32Array
  readonly #gradient: Float32Array
  readonly #optimizer: Optimizer
  readonly #order: BatchOrder
  readonly #dropout: Random
  readonly #shapeToRun: ReturnType<typeof trainingShapes>
  readonly #schedule: Schedule
  readonly #evaluator: Evaluator
  readonly #programs: GradientPrograms
  readonly #history: TrainingStep[]
  readonly #evaluations: EvaluationHistory
  readonly #firstStep: number
  #bestValues: Float32Array | undefined
  #kept: { readonly step: number; readonly at: number }

  private constructor(
    base: Network,
    examples: readonly Example[],
    held: readonly Example[],
    options: TrainAdapterOptions,
    layout: AdapterLayout,
    values: Float32Array,
    random: Random,
  ) {
    const { settings, resume } = options
    const steps = stepCount(examples.length, settings)
    this.#base = base
    this.#examples = examples
    this.#held = held
    this.#options = options
    this.#layout = layout
    this.#values = values
    this.#gradient = new Float32Array(layout.size)
    this.#dropout = resume ? Random.from(resume.dropout) : new Random((settings.seed ^ 0xd2095eed) >>> 0)
    this.#optimizer = createOptimizer(layout, settings, resume?.optimizer)
    const lengths = examples.map(({ ids }) => ids.length)
    this.#order = new BatchOrder(lengths, settings, resume?.order ?? random)
    this.#shapeToRun = trainingShapes(base, examples, settings, { random, steps })
    this.#schedule = scheduleOf(settings, steps)
    this.#history = (resume?.metrics ?? []).flatMap((line) => ('loss' in line ? [{ ...line, steps }] : []))
    this.#evaluations = new EvaluationHistory(resume?.metrics)
    this.#bestValues = resume?.best
    this.#firstStep = this.#history.length + 1
    this.#kept = { step: this.#history.length, at: performance.now() }
    this.#evaluator = new Evaluator(base, layout, options)
    this.#programs = new GradientPrograms(base, layout, {
      ...options,
      random: this.#dropout,
      noise: settings.neftuneNoiseAlpha,
    })
  }

  /** Begins a run, or continues one at its checkpoint. */
  static async start(
    base: Network,
    examples: readonly Example[],
    held: readonly Example[],
    options: TrainAdapterOptions,
  ): Promise<TrainingRun> {
    const { settings, initial, resume } = options
    const random = new Random(settings.seed)
    const layout = options.layout ?? adapterLayout(base, settings)
    // A resumed training draws them too, because the order of the examples is drawn after them.
    const first = initial?.slice() ?? initialValues(layout, random, settings.initLoraWeights)
    if (!resume && !initial) await setFromBase(base, layout, first, options)
    return new TrainingRun(base, examples, held, options, layout, resume?.values ?? first, random)
  }

  /** Optimizer steps that are done. */
  get done(): number {
    return this.#history.length
  }

  /** Whether the last step is done, or early stopping has lost its patience. */
  get isOver(): boolean {
    return this.done === this.#schedule.steps || this.#evaluations.isOverdue(this.#options.settings.earlyStopping)
  }

  /** Evaluates the held-out records where the settings ask for it after this step, and keeps the best state. */
  async evaluateIfDue(): Promise<void> {
    const { settings, onEvaluation } = this.#options
    const step = this.done
    if (this.#held.length === 0 || this.#evaluations.last?.step === step || !this.#isEvaluated(step)) return
    // An evaluation may take long, and an interrupted run has little time left.
    await this.#stopIfAborted()
    const evaluation = await this.#evaluator.evaluate(this.#held, this.#values)
    this.#evaluations.add({ step, loss: evaluation.loss })
    const { epoch, seconds } = this.#history.at(-1) ?? { epoch: 0, seconds: 0 }
    onEvaluation?.({ step, epoch, seconds, evaluation })
    if (this.#evaluations.best?.step !== step || step === this.#schedule.steps) return
    if (settings.earlyStopping !== undefined) this.#bestValues = this.#values.slice()
    await this.#keep()
  }

  #isEvaluated(step: number): boolean {
    const { evalSteps, earlyStopping } = this.#options.settings
    const { steps } = this.#schedule
    if (step === 0 || step === steps) return true
    if (evalSteps === undefined) return earlyStopping !== undefined && this.#order.atEpochEnd
    return step % stepsOf(evalSteps, steps) === 0
  }

  /** Keeps a checkpoint where one is due after this step. */
  async keepIfDue(): Promise<void> {
    const { saveSteps } = this.#options.settings
    const isDue =
      saveSteps === undefined
        ? performance.now() - this.#kept.at > keepEvery
        : this.done % stepsOf(saveSteps, this.#schedule.steps) === 0
    if (isDue) await this.#keep()
  }

  /** @param draws where the random draws were after the last whole step */
  async #keep(draws: Draws = this.#draws): Promise<void> {
    const step = this.done
    if (step === this.#kept.step) return
    const state = { values: this.#values, optimizer: this.#optimizer.state, ...draws }
    await this.#options.keep?.(state, { step, best: this.#evaluations.best?.step })
    this.#kept = { step, at: performance.now() }
  }

  get #draws(): Draws {
    return { order: this.#order.position, dropout: this.#dropout.state }
  }

  async #stopIfAborted(draws?: Draws): Promise<void> {
    const { signal } = this.#options
    if (signal?.aborted) await this.#keep(draws)
    signal?.throwIfAborted()
  }

  /**
   * One optimizer step: draws a batch, accumulates its gradient, updates the parameters.
   *
   * @throws OL1402 when loss or gradient are not finite, OL1408 when the first loss is not
   */
  async step(): Promise<void> {
    const { settings, onStep, onPlacement } = this.#options
    const started = performance.now()
    const draws = this.#draws
    const { indices, epoch } = this.#order.next()
    const batch = indices.map((i) => this.#examples[i] as Example)
    const loss = await this.#accumulate(batch, draws)
    const step = this.done + 1
    // An untrained adapter changes nothing, so the first loss is the base model's own.
    if (step === 1 && !Number.isFinite(loss)) throw new OpenLedgerError('OL1408', { loss })
    const gradientNorm = clipGradient(this.#gradient, settings.maxGradNorm)
    if (!Number.isFinite(loss + gradientNorm)) throw new OpenLedgerError('OL1402', { step, loss, norm: gradientNorm })
    const learningRate = learningRateAt(this.done, this.#schedule)
    this.#optimizer.step(this.#values, this.#gradient, learningRate)

    const read = batch.reduce((sum, { ids }) => sum + ids.length, 0)
    const elapsed = (performance.now() - started) / 1000
    const last = this.#history.at(-1)
    const report = {
      step,
      steps: this.#schedule.steps,
      epoch,
      loss,
      learningRate,
      gradientNorm,
      tokens: (last?.tokens ?? 0) + read,
      tokensPerSecond: read / elapsed,
      seconds: (last?.seconds ?? 0) + elapsed,
      memoryBytes: memoryInUse(),
    }
    this.#history.push(report)
    onStep?.(report)
    if (step === this.#firstStep && this.#programs.placement) onPlacement?.(this.#programs.placement)
  }

  /** Leaves the mean gradient of a batch in `#gradient`, and returns the mean loss. */
  async #accumulate(batch: readonly Example[], draws: Draws): Promise<number> {
    const { settings } = this.#options
    const labelled = batch.reduce((sum, example) => sum + labelCount(example), 0)
    const limit = this.#base.config.maximumLength
    this.#gradient.fill(0)
    let loss = 0
    for (const { examples, shape } of microBatches(batch, settings, this.#examples.length, limit)) {
      // The work of an unfinished step is in the gradient alone, and the resumed run does it again.
      await this.#stopIfAborted(draws)
      const at = this.#shapeToRun(shape)
      loss += await this.#programs.accumulate(examples, at, this.#values, 1 / labelled, this.#gradient)
    }
    return loss
  }

  /**
   * The trained adapter; with early stopping the one of the best evaluation.
   *
   * @throws OL1402 when it is not finite
   */
  result(): TrainingResult {
    const { evalSteps, earlyStopping } = this.#options.settings
    const [values, { first, best: lowest, last: latest }] = [this.#values, this.#evaluations]
    const last = this.#history.at(-1) as TrainingStep
    const best = evalSteps === undefined && earlyStopping === undefined ? undefined : lowest
    const after = earlyStopping === undefined ? latest : best
    if (after?.step !== last.step && this.#bestValues !== undefined) values.set(this.#bestValues)
    // No loss is computed after the last step.
    if (!values.every(Number.isFinite) || !Number.isFinite(after?.loss ?? 0))
      throw new OpenLedgerError('OL1402', { step: last.step, loss: after?.loss ?? last.loss, norm: last.gradientNorm })
    return {
      adapter: { layout: this.#layout, values },
      history: this.#history,
      evalLoss: first && after && { before: first.loss, after: after.loss },
      best,
      tokens: last.tokens,
      seconds: last.seconds,
      placement: this.#programs.placement,
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#evaluator.dispose(), this.#programs.dispose()])
  }
}
