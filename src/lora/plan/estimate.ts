import type { AdapterLayout } from '../../models/adapter/adapterLayout.js'
import type { Network } from '../../models/architectures/Network.js'
import { shapeKey } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import { Random } from '../../models/random.js'
import { Evaluator } from '../../models/run/evaluate.js'
import { input } from '../../onnx/graph/primitives/inputs.js'
import { matMul } from '../../onnx/graph/primitives/products.js'
import type { ProgramCost } from '../../onnx/passes/programCost.js'
import { Program, type ProgramOptions } from '../../onnx/runtime/Program.js'
import { clipGradient } from '../optimizers/AdamW.js'
import { createOptimizer } from '../optimizers/createOptimizer.js'
import type { Optimizer } from '../optimizers/Optimizer.js'
import { stepsOf } from '../settings/schedule.js'
import type { TrainingSettings } from '../settings/settings.js'
import { BatchOrder } from '../step/BatchOrder.js'
import { GradientPrograms } from '../step/GradientPrograms.js'
import { initialValues, setFromBase } from '../step/initialValues.js'
import { type MicroBatch, microBatches } from '../step/microBatches.js'
import { anonymousMemory, peakMemory } from '../step/peakMemory.js'
import { collectGarbage } from '../step/smallHeap.js'
import { drawnSteps, trainingShapes } from '../step/trainingShapes.js'

/** What a training will take, from the runs of a few of its batches. */
export interface TrainingEstimate {
  /** Optimizer steps, evaluations and compiling; without reading the data and writing the adapter. */
  readonly seconds: number
  readonly stepSeconds: number
  readonly evaluationSeconds: number
  readonly tokensPerSecond: number
  readonly peakMemoryBytes: number
  /** Programs that are compiled, one for each shape of a batch. */
  readonly programs: number
  /** Share of the computed tokens that are padding. */
  readonly padding: number
  /** Batches that were run to find out. */
  readonly measuredRuns: number
}

/** Milliseconds that the runs of one shape may take, and beyond which no other shape is tried. */
const budget = { shape: 1000, all: 6000 }
/** Elements that are written in the time of one operation of a product: memory is the bound of the former. */
const operationsPerElement = 100

/** Bytes that ONNX Runtime holds of each operator of a loaded program: 4 400 to 12 000 were measured. */
const bytesPerOperator = 5500

/** Bytes that are dead before they are collected, once many steps have run. */
const uncollected = 10e6

/** One shape of batch and how often it comes. */
interface Occurrence {
  readonly batch: MicroBatch
  count: number
  readonly cost: ProgramCost
}

interface Measurement {
  readonly cost: ProgramCost
  readonly compileSeconds: number
  readonly runSeconds: number
  /** By which compiling it raised the memory of the process that is no file's. */
  readonly heapBytes: number
}

export interface EstimateOptions extends ProgramOptions {
  readonly settings: TrainingSettings
  readonly layout: AdapterLayout
  /** Parameters of the adapter that training begins with. */
  readonly initial: Float32Array | undefined
  readonly steps: number
  readonly signal?: AbortSignal
}

/**
 * Estimates time and memory of a training. The batches of all steps are drawn as training draws them; the first of their
 * shapes, and the commonest and the largest of the others, are compiled and run a few times; the rest are held against those
 * by what they compute on paper. Nothing is trained, and nothing written.
 */
export async function estimateTraining(
  base: Network,
  examples: readonly Example[],
  held: readonly Example[],
  { settings, layout, initial, steps, signal, ...options }: EstimateOptions,
): Promise<TrainingEstimate> {
  const random = new Random(settings.seed)
  const values = initial?.slice() ?? initialValues(layout, random, settings.initLoraWeights)
  const gradient = new Float32Array(layout.size)
  if (!initial) await setFromBase(base, layout, values, options)
  const programs = new GradientPrograms(base, layout, {
    ...options,
    random: new Random(settings.seed),
    noise: settings.neftuneNoiseAlpha,
  })
  const evaluator = new Evaluator(base, layout, options)
  try {
    const drawn = drawBatches(base, examples, settings, { steps, random, cost: (batch) => programs.cost(batch.shape) })
    const shapes = [...drawn.shapes.values()]
    const [first, ...others] = shapes as [Occurrence, ...Occurrence[]]
    const most = (of: (shape: Occurrence) => number): Occurrence[] =>
      others.length === 0 ? [] : [others.reduce((best, each) => (of(each) > of(best) ? each : best))]
    const measured = new Map<Occurrence, Measurement>()
    await warmUp(options)
    const started = performance.now()
    // In the order of training, whose first program keeps its buffers, while the others share the heap.
    for (const shape of new Set([first, ...most(totalWork), ...most(({ cost }) => cost.peakLiveBytes)])) {
      const known = [...measured.values()].at(-1)
      const expected = known ? known.compileSeconds + 2 * known.runSeconds * ratio(workOf, shape.cost, known.cost) : 0
      if (performance.now() - started + 1000 * expected > budget.all) continue
      const { examples: members, shape: form } = shape.batch
      const compile = (): Promise<void> => programs.compile(form)
      const run = (): Promise<number> => {
        signal?.throwIfAborted()
        return programs.accumulate(members, form, values, 1, gradient)
      }
      measured.set(shape, { cost: shape.cost, ...(await timeRuns(compile, run)) })
    }
    const atHand = [...measured.values()]

    let [runs, compiling] = [0, 0]
    // The first is the slowest, when JavaScript is not compiled itself yet.
    const laterCompiling = Math.min(...atHand.map(({ compileSeconds }) => compileSeconds))
    for (const shape of shapes) {
      const near = measured.get(shape) ?? nearest(shape.cost, atHand)
      runs += shape.count * near.runSeconds * ratio(workOf, shape.cost, near.cost)
      compiling += measured.get(shape)?.compileSeconds ?? laterCompiling
    }
    const programBytes = Math.min(...atHand.map(loadedBytes))
    // Programs after the first run in memory that they share: the largest decides.
    const livingMost = (of: readonly { readonly cost: ProgramCost }[]): number =>
      Math.max(0, ...of.map(({ cost }) => cost.peakLiveBytes))
    const further =
      programBytes * (shapes.length - atHand.length) + livingMost(shapes.slice(1)) - livingMost(atHand.slice(1))
    const optimizer = createOptimizer(layout, settings)
    const optimizing = steps * timeOptimizer(optimizer, values, gradient)
    const evaluations = held.length === 0 ? 0 : evaluationCount(settings, steps)
    const evaluation = await measureEvaluation(evaluator, held, values)
    const stepSeconds = runs + compiling + optimizing
    const evaluationSeconds = evaluations * evaluation.seconds + (evaluations > 0 ? evaluation.compileSeconds : 0)
    return {
      seconds: stepSeconds + evaluationSeconds,
      stepSeconds,
      evaluationSeconds,
      tokensPerSecond: drawn.tokens / stepSeconds,
      peakMemoryBytes: peakMemory() + further + evaluation.furtherBytes + optimizerBytes(optimizer) + uncollected,
      programs: shapes.length,
      padding: 1 - drawn.tokens / drawn.places,
      measuredRuns: atHand.length,
    }
  } finally {
    await Promise.all([programs.dispose(), evaluator.dispose()])
  }
}

interface Drawing {
  readonly steps: number
  readonly random: Random
  readonly cost: (batch: MicroBatch) => ProgramCost
}

/** The shapes of all batches, with the tokens in them and the places for tokens. */
function drawBatches(
  base: Network,
  examples: readonly Example[],
  settings: TrainingSettings,
  { steps, random, cost }: Drawing,
) {
  const shapeToRun = trainingShapes(base, examples, settings, { random, steps })
  const order = new BatchOrder(
    examples.map(({ ids }) => ids.length),
    settings,
    random,
  )
  const drawn = Math.min(steps, drawnSteps)
  const scale = steps / drawn
  const shapes = new Map<string, Occurrence>()
  let [tokens, places] = [0, 0]
  for (let step = 0; step < drawn; step++) {
    const batch = order.next().indices.map((i) => examples[i] as Example)
    tokens += scale * batch.reduce((sum, { ids }) => sum + ids.length, 0)
    for (const wanted of microBatches(batch, settings, examples.length, base.config.maximumLength)) {
      const shape = shapeToRun(wanted.shape)
      const micro = { ...wanted, shape }
      places += scale * shape.batch * shape.length
      const known = shapes.get(shapeKey(shape))
      if (known) known.count += scale
      else shapes.set(shapeKey(shape), { batch: micro, count: scale, cost: cost(micro) })
    }
  }
  return { shapes, tokens, places }
}

/** Loads what the first program of a process loads, so that it is no part of what programs are measured by. */
async function warmUp(options: ProgramOptions): Promise<void> {
  const x = input('x', 'float32', [64, 64])
  const program = await Program.compile({ y: matMul(x, x) }, options)
  await program.run({ x: new Float32Array(64 * 64) })
  await program.dispose()
}

/** Compiles, runs once, then again until the time is up. What the first run takes longer is counted to the compiling. */
async function timeRuns(
  compile: () => Promise<unknown>,
  run: () => Promise<unknown>,
): Promise<Omit<Measurement, 'cost'>> {
  const heap = (): number => {
    // A graph is garbage as soon as ONNX Runtime has it.
    collectGarbage()
    return anonymousMemory()
  }
  const before = heap()
  const started = performance.now()
  await compile()
  const heapBytes = Math.max(0, heap() - before)
  await run()
  const begun = performance.now()
  const runs: number[] = []
  for (let last = begun; last - begun < budget.shape; ) {
    await run()
    const now = performance.now()
    runs.push(now - last)
    last = now
  }
  // The median: what else the machine does for a moment is no property of the program.
  const runSeconds = (runs.sort((a, b) => a - b)[runs.length >> 1] as number) / 1000
  return { compileSeconds: Math.max(0, (begun - started) / 1000 - runSeconds), runSeconds, heapBytes }
}

/** Seconds of one step of the optimizer, on copies. */
function timeOptimizer(optimizer: Optimizer, values: Float32Array, gradient: Float32Array): number {
  const copy = values.slice()
  const runs = 3
  const started = performance.now()
  for (let i = 0; i < runs; i++) {
    clipGradient(gradient, 1)
    optimizer.step(copy, gradient, 1e-9)
  }
  return (performance.now() - started) / runs / 1000
}

/** What the optimizer remembers takes no memory before it is first written to. */
const optimizerBytes = ({ state }: Optimizer): number =>
  Object.values(state.tensors).reduce((sum, { byteLength }) => sum + byteLength, 0)

/** Evaluates some of the held-out records; the others are like them. */
async function measureEvaluation(evaluator: Evaluator, held: readonly Example[], values: Float32Array) {
  if (held.length === 0) return { seconds: 0, compileSeconds: 0, furtherBytes: 0 }
  const costs = evaluator.costs(held)
  const work = (parts: readonly { readonly cost: ProgramCost }[]): number =>
    parts.reduce((sum, { cost }) => sum + workOf(cost), 0)
  const middle = costs[Math.floor(costs.length / 2)] as (typeof costs)[number]
  // By itself it may run at another shape than among all.
  const [sample] = evaluator.costs(middle.examples) as [typeof middle]
  const { runSeconds, compileSeconds, heapBytes } = await timeRuns(
    () => evaluator.compile(sample.examples),
    () => evaluator.evaluate(sample.examples, values),
  )
  const programs = new Set(costs.map(({ key }) => key)).size
  const largest = Math.max(...costs.map(({ cost }) => cost.peakLiveBytes))
  return {
    seconds: (runSeconds * work(costs)) / workOf(sample.cost),
    compileSeconds: compileSeconds * programs,
    furtherBytes:
      loadedBytes({ heapBytes, cost: sample.cost }) * (programs - 1) + Math.max(0, largest - sample.cost.peakLiveBytes),
  }
}

/** Before and after, and in between as the settings say. */
const evaluationCount = ({ evalSteps, earlyStopping, epochs, maxSteps }: TrainingSettings, steps: number): number => {
  if (evalSteps !== undefined) return 1 + Math.ceil(steps / stepsOf(evalSteps, steps))
  return earlyStopping === undefined || maxSteps !== undefined ? 2 : 1 + Math.ceil(epochs)
}

/** Memory of one more program. Half of the compile-time growth, such as that for packed weights, is reused by the next. */
const loadedBytes = ({ heapBytes, cost }: Pick<Measurement, 'heapBytes' | 'cost'>): number =>
  Math.max(heapBytes / 2, bytesPerOperator * cost.operators)

const workOf = ({ productOperations, otherElements }: ProgramCost): number =>
  productOperations + operationsPerElement * otherElements

const ratio = (of: (cost: ProgramCost) => number, a: ProgramCost, b: ProgramCost): number => of(a) / of(b)
const totalWork = ({ count, cost }: Occurrence): number => count * workOf(cost)

const nearest = (cost: ProgramCost, measured: readonly Measurement[]): Measurement =>
  measured.reduce((best, each) =>
    Math.abs(Math.log(ratio(workOf, each.cost, cost))) < Math.abs(Math.log(ratio(workOf, best.cost, cost)))
      ? each
      : best,
  )
