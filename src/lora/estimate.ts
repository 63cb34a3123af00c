import { adapterLayout } from '../models/adapter.js'
import type { Network } from '../models/BaseModel.js'
import { shapeKey } from '../models/batch.js'
import { Evaluator } from '../models/evaluate.js'
import type { Example } from '../models/example.js'
import { Random } from '../models/random.js'
import { Program, type ProgramOptions } from '../onnx/Program.js'
import { input, matMul } from '../onnx/primitives.js'
import type { ProgramCost } from '../onnx/programCost.js'
import { AdamW, clipGradient } from './AdamW.js'
import { BatchOrder } from './BatchOrder.js'
import { GradientPrograms } from './GradientPrograms.js'
import { initialValues, setMagnitudes } from './initialValues.js'
import { type MicroBatch, microBatches } from './microBatches.js'
import { peakMemory } from './peakMemory.js'
import type { TrainingSettings } from './settings.js'

/** What a training will take, from the runs of a few of its batches. */
export interface TrainingEstimate {
  /** Optimiser steps, evaluations and compiling; without reading the data and writing the adapter. */
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
/** Steps whose batches are drawn; further ones are like them. */
const drawnSteps = 4000
/** Elements that are written in the time of one operation of a product: memory is the bound of the former. */
const operationsPerElement = 100

/** Bytes that are dead before they are collected, once many steps have run: the young generation of V8. */
const uncollected = 40e6

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
  /** By which compiling and running it raised the memory of the process. */
  readonly memoryBytes: number
}

export interface EstimateOptions extends ProgramOptions {
  readonly settings: TrainingSettings
  /** Parameters of the adapter that training begins with. */
  readonly initial: Float32Array | undefined
  readonly steps: number
  readonly signal?: AbortSignal
}

/**
 * Estimates time and memory of a training. The batches of all steps are drawn as training draws them; the commonest and
 * the largest of their shapes are compiled and run a few times, and the others are held against those by what they
 * compute and hold on paper. Nothing is trained, and nothing written.
 *
 * @throws OL1310 when no layer matches the target modules
 */
export async function estimateTraining(
  base: Network,
  examples: readonly Example[],
  held: readonly Example[],
  { settings, initial, steps, signal, ...options }: EstimateOptions,
): Promise<TrainingEstimate> {
  const random = new Random(settings.seed)
  const layout = adapterLayout(base, settings)
  const values = initial?.slice() ?? initialValues(layout, random, settings.initLoraWeights)
  const gradient = new Float32Array(layout.size)
  if (!initial) await setMagnitudes(base, layout, values, options)
  const programs = new GradientPrograms(base, layout, { ...options, random: new Random(settings.seed) })
  const evaluator = new Evaluator(base, layout, options)
  try {
    const drawn = drawBatches(base, examples, settings, { steps, random, cost: (batch) => programs.cost(batch.shape) })
    const shapes = [...drawn.shapes.values()].sort((a, b) => totalWork(b) - totalWork(a))
    const [commonest] = shapes as [Occurrence]
    const largest = shapes.reduce((best, each) => (each.cost.activationBytes > best.cost.activationBytes ? each : best))
    const measured = new Map<Occurrence, Measurement>()
    const measure = async (shape: Occurrence): Promise<void> => {
      const run = (): Promise<number> => {
        signal?.throwIfAborted()
        return programs.accumulate(shape.batch.examples, shape.batch.shape, values, 1, gradient)
      }
      measured.set(shape, { cost: shape.cost, ...(await timeRuns(run)) })
    }
    await warmUp(options)
    const started = performance.now()
    await measure(commonest)
    const first = measured.get(commonest) as Measurement
    const expected = (first.compileSeconds + 2 * first.runSeconds * ratio(workOf, largest.cost, first.cost)) * 1000
    if (largest !== commonest && performance.now() - started + expected < budget.all) await measure(largest)
    const atHand = [...measured.values()]

    let [runs, compiling, further] = [0, 0, 0]
    for (const shape of shapes) {
      const near = measured.get(shape) ?? nearest(shape.cost, atHand)
      runs += shape.count * near.runSeconds * ratio(workOf, shape.cost, near.cost)
      compiling += near.compileSeconds
      if (!measured.has(shape)) further += furtherMemory(shape.cost, near)
    }
    const optimising = steps * timeOptimizer(values, gradient)
    const evaluations = held.length === 0 ? 0 : evaluationCount(settings, steps)
    const evaluation = await measureEvaluation(evaluator, held, values)
    const stepSeconds = runs + compiling + optimising
    const evaluationSeconds = evaluations * evaluation.seconds + (evaluations > 0 ? evaluation.compileSeconds : 0)
    return {
      seconds: stepSeconds + evaluationSeconds,
      stepSeconds,
      evaluationSeconds,
      tokensPerSecond: drawn.tokens / stepSeconds,
      // What AdamW remembers of every parameter is not there yet.
      peakMemoryBytes:
        Math.max(peakMemory(), process.memoryUsage.rss() + further + evaluation.furtherBytes + 8 * layout.size) +
        uncollected,
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
  const order = new BatchOrder(examples.length, settings, random)
  const drawn = Math.min(steps, drawnSteps)
  const scale = steps / drawn
  const shapes = new Map<string, Occurrence>()
  let [tokens, places] = [0, 0]
  for (let step = 0; step < drawn; step++) {
    const batch = order.next().indices.map((i) => examples[i] as Example)
    tokens += scale * batch.reduce((sum, { ids }) => sum + ids.length, 0)
    for (const micro of microBatches(batch, settings, examples.length, base.config.maximumLength)) {
      const { shape } = micro
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

/** Runs once for compiling, then again until the time is up. */
async function timeRuns(run: () => Promise<unknown>): Promise<Omit<Measurement, 'cost'>> {
  const before = process.memoryUsage.rss()
  const started = performance.now()
  await run()
  const compiled = performance.now()
  let runs = 0
  do {
    await run()
    runs++
  } while (performance.now() - compiled < budget.shape)
  const runSeconds = (performance.now() - compiled) / runs / 1000
  return {
    compileSeconds: Math.max(0, (compiled - started) / 1000 - runSeconds),
    runSeconds,
    memoryBytes: Math.max(0, process.memoryUsage.rss() - before),
  }
}

/** Seconds of one step of the optimiser, on copies. */
function timeOptimizer(values: Float32Array, gradient: Float32Array): number {
  const optimizer = new AdamW(values.length)
  const copy = values.slice()
  const runs = 3
  const started = performance.now()
  for (let i = 0; i < runs; i++) {
    clipGradient(gradient, 1)
    optimizer.step(copy, gradient, 1e-9)
  }
  return (performance.now() - started) / runs / 1000
}

/** Evaluates some of the held-out records; the others are like them. */
async function measureEvaluation(evaluator: Evaluator, held: readonly Example[], values: Float32Array) {
  if (held.length === 0) return { seconds: 0, compileSeconds: 0, furtherBytes: 0 }
  const costs = evaluator.costs(held)
  const work = (parts: readonly { readonly cost: ProgramCost }[]): number =>
    parts.reduce((sum, { cost }) => sum + workOf(cost), 0)
  const sample = costs[Math.floor(costs.length / 2)] as (typeof costs)[number]
  const { runSeconds, compileSeconds, memoryBytes } = await timeRuns(() => evaluator.evaluate(sample.examples, values))
  const others = new Map(costs.map(({ key, cost }) => [key, cost]))
  others.delete(sample.key)
  const near = { cost: sample.cost, memoryBytes }
  const more = [...others.values()].reduce((sum, cost) => sum + furtherMemory(cost, near), 0)
  return {
    seconds: (runSeconds * work(costs)) / workOf(sample.cost),
    compileSeconds: compileSeconds * (others.size + 1),
    furtherBytes: more,
  }
}

/** Before and after, and in between as the settings say. */
const evaluationCount = ({ evalSteps, earlyStopping, epochs, maxSteps }: TrainingSettings, steps: number): number => {
  if (evalSteps !== undefined) return 1 + Math.ceil(steps / evalSteps)
  return earlyStopping === undefined || maxSteps !== undefined ? 2 : 1 + Math.ceil(epochs)
}

const workOf = ({ productOperations, otherElements }: ProgramCost): number =>
  productOperations + operationsPerElement * otherElements
const memoryOf = ({ weightBytes, activationBytes }: ProgramCost): number => weightBytes + activationBytes

/** Bytes of a program that was not run. What another took beside its own, for the first time, is not taken again. */
function furtherMemory(cost: ProgramCost, near: Pick<Measurement, 'cost' | 'memoryBytes'>): number {
  const paper = memoryOf(cost)
  return Math.min(1.5 * paper, Math.max(0.5 * paper, (near.memoryBytes * paper) / memoryOf(near.cost)))
}

const ratio = (of: (cost: ProgramCost) => number, a: ProgramCost, b: ProgramCost): number => of(a) / of(b)
const totalWork = ({ count, cost }: Occurrence): number => count * workOf(cost)

const nearest = (cost: ProgramCost, measured: readonly Measurement[]): Measurement =>
  measured.reduce((best, each) =>
    Math.abs(Math.log(ratio(workOf, each.cost, cost))) < Math.abs(Math.log(ratio(workOf, best.cost, cost)))
      ? each
      : best,
  )
