import type { Network } from '../architectures/Network.js'
import { type BatchShape, shapeKey } from './batch.js'

/** What programs of a network compute, as far as it decides how many of them are worth loading. */
export interface Workload {
  readonly network: Network
  /** Passes through every weight: 1 for the loss, 2 with its gradient. */
  readonly passes: 1 | 2
}

/** How often a batch of a shape is run. */
export interface ShapeCount {
  readonly shape: BatchShape
  readonly count: number
}

/** How many shapes ahead, in the order of their work, each is tried with. */
const neighbours = 8

/**
 * Chooses the shapes at which to run batches that are known beforehand: a batch may run at a larger shape, its padding then
 * costs time, but a program less is loaded. What is chosen depends on the counts and the model alone, never on how fast a
 * machine is, so that a training gives the same bytes again.
 *
 * @returns the shape to run another at; one that was not counted goes to the smallest that holds it, if any does
 * @example
 * const runAt = fewerShapes({ network, passes: 2 }, [{ shape: small, count: 2 }, { shape: large, count: 90 }])
 * runAt(small) // large, since loading a program for two runs is not worth it
 */
export function fewerShapes(workload: Workload, counts: readonly ShapeCount[]): (shape: BatchShape) => BatchShape {
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

/** The smallest shape that holds both; none if anything but length and labels differs. */
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

/** Numbers in the weights of the linear layers. */
const bodyOf = ({ architecture, config }: Decoder): number =>
  architecture.modules(config).reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0)

/** Work of each token besides the products with weights: attention and the operators between. */
const otherOf =
  ({ config: { hiddenSize, layers, heads, headSize } }: Decoder) =>
  (length: number): number =>
    layers * hiddenSize * passOperations + 2 * layers * heads * headSize * length

/** The share of a run's work that is products with weights, between 0 and 1. */
export function productShare(network: Decoder, { batch, length, labels }: BatchShape): number {
  const { vocabSize, hiddenSize } = network.config
  const products = batch * length * 2 * bodyOf(network) + 2 * labels * vocabSize * hiddenSize
  return products / (products + batch * length * otherOf(network)(length))
}

/**
 * Operations of products in whose time the other operators of a layer pass over the hidden state of a token, for each of its
 * elements: 50 elements are written in one pass of training, each in the time of 100 operations.
 */
const passOperations = 5000

/**
 * The work in whose time a program is loaded: built, given to ONNX Runtime, and run for the first time. 0.045 seconds a layer
 * with the gradient and a third of that without, at 370 billion operations a second.
 */
const loadingWork = ({ network, passes }: Workload): number => network.config.layers * (passes === 2 ? 16e9 : 5e9)
