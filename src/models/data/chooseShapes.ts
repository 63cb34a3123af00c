import type { Network } from '../architectures/Network.js'
import { type BatchShape, shapeKey } from './batch.js'

/** The work of a network's programs, which decides how many of them are worth loading. */
export interface Workload {
  readonly network: Network
  /** Passes through every weight: 1 for the loss, 2 with its gradient. */
  readonly passes: 1 | 2
}

/** Number of batches of one shape. */
export interface ShapeCount {
  readonly shape: BatchShape
  readonly count: number
}

/** How many of the next larger shapes each shape is tried to merge with. */
const neighbours = 8

/**
 * Chooses the program shapes for batches that are known in advance. A batch that runs at a larger shape wastes time on
 * padding, but saves loading a program. The choice depends only on the counts and the model, never on the speed of the
 * machine, so that repeating a training gives the same bytes.
 *
 * @returns a function from a batch's shape to the shape to run it at; a shape that was not counted goes to the smallest
 * chosen one that holds it, if there is one
 * @example
 * const shapeToRun = chooseShapes(workload, [{ shape: small, count: 2 }, { shape: large, count: 90 }])
 * shapeToRun(small) // large, because loading a program is not worth it for two runs
 */
export function chooseShapes(workload: Workload, counts: readonly ShapeCount[]): (shape: BatchShape) => BatchShape {
  const work = workOf(workload)
  const loading = loadingWork(workload)
  let groups = [...counts]
    .sort((a, b) => work(a.shape) - work(b.shape))
    .map(({ shape, count }) => ({ shape, members: [{ shape, count }] }))
  const price = (shape: BatchShape, members: readonly ShapeCount[]): number =>
    members.reduce((sum, { count }) => sum + count * work(shape), loading)
  for (;;) {
    let best = { saving: 0, i: -1, j: -1 }
    for (const [i, a] of groups.entries())
      for (const [ahead, b] of groups.slice(i + 1, i + 1 + neighbours).entries()) {
        const shape = around(a.shape, b.shape)
        if (shape === undefined) continue
        const saving =
          price(a.shape, a.members) + price(b.shape, b.members) - price(shape, [...a.members, ...b.members])
        if (saving > best.saving) best = { saving, i, j: i + 1 + ahead }
      }
    const [a, b] = [groups[best.i], groups[best.j]]
    if (a === undefined || b === undefined) break
    const joined = { shape: around(a.shape, b.shape) as BatchShape, members: [...a.members, ...b.members] }
    groups = [...groups.filter((group) => group !== a && group !== b), joined]
    groups.sort((x, y) => work(x.shape) - work(y.shape))
  }
  const known = new Map(
    groups.flatMap(({ shape, members }) => members.map((member) => [shapeKey(member.shape), shape] as const)),
  )
  return (shape) => known.get(shapeKey(shape)) ?? groups.find((group) => holds(group.shape, shape))?.shape ?? shape
}

/** The smallest shape that holds both; undefined if they differ in more than length and labels. */
function around(a: BatchShape, b: BatchShape): BatchShape | undefined {
  if (a.batch !== b.batch || a.packed !== b.packed) return undefined
  return { ...a, length: Math.max(a.length, b.length), labels: Math.max(a.labels, b.labels) }
}

const holds = (large: BatchShape, small: BatchShape): boolean => {
  const both = around(large, small)
  return both !== undefined && shapeKey(both) === shapeKey(large)
}

/** Operations of one run: products with weights, attention, and a head over the labelled rows. */
function workOf({ network, passes }: Workload): (shape: BatchShape) => number {
  const { vocabSize, hiddenSize } = network.config
  const body = bodyOf(network)
  const other = otherOf(network)
  return ({ batch, length, labels }) =>
    passes * (batch * length * (2 * body + other(length)) + 2 * labels * vocabSize * hiddenSize)
}

type Decoder = Pick<Network, 'architecture' | 'config'>

/** Parameters of the linear layers. */
const bodyOf = ({ architecture, config }: Decoder): number =>
  architecture.modules(config).reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0)

/** Operations per token outside the products with weights: attention and elementwise operators. */
const otherOf =
  ({ config: { hiddenSize, layers, heads, headSize } }: Decoder) =>
  (length: number): number =>
    layers * hiddenSize * passOperations + 2 * layers * heads * headSize * length

/** The share of a run's operations in products with weights, between 0 and 1. */
export function productShare(network: Decoder, { batch, length, labels }: BatchShape): number {
  const { vocabSize, hiddenSize } = network.config
  const products = batch * length * 2 * bodyOf(network) + 2 * labels * vocabSize * hiddenSize
  return products / (products + batch * length * otherOf(network)(length))
}

/**
 * Cost of a layer's elementwise operators per element of the hidden state, in operations of matrix products: one training
 * pass writes 50 elements, each in the time of 100 operations.
 */
const passOperations = 5000

/**
 * Cost of loading a program (building it, compiling it in ONNX Runtime, running it for the first time), in operations: 0.045
 * seconds per layer with the gradient and a third of that without, at 370 billion operations per second.
 */
const loadingWork = ({ network, passes }: Workload): number => network.config.layers * (passes === 2 ? 16e9 : 5e9)
