import { scale } from '../onnx/graph/composites.js'
import { add, div, mul, sqrt } from '../onnx/graph/primitives/elementwise.js'
import { input, scalar } from '../onnx/graph/primitives/inputs.js'
import { transpose } from '../onnx/graph/primitives/movement.js'
import { matMul } from '../onnx/graph/primitives/products.js'
import { reduceSum } from '../onnx/graph/primitives/reductions.js'
import type { Value } from '../onnx/graph/Value.js'
import { Program, type ProgramOptions } from '../onnx/runtime/Program.js'
import type { MatrixGroup, ModelLayout } from './ModelLayout.js'

/** Coefficients of the Newton-Schulz quintic from the page below, chosen for its slope at 0: five steps bring singular values near 1. */
const [a, b, c] = [3.4445, -4.775, 2.0315]
const iterations = 5

interface MuonOptions {
  readonly weightDecay: number
  /** Coefficient of Nesterov momentum. */
  readonly beta: number
}

/**
 * Muon: momentum with orthogonalized matrices, so that every direction of a layer learns at the same rate
 * (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/). It trains linear layers only.
 */
export class Muon {
  readonly #momentum: Float32Array
  readonly #layout: ModelLayout
  readonly #program: Program
  readonly #decay: number
  readonly #beta: number

  private constructor(
    layout: ModelLayout,
    program: Program,
    { weightDecay, beta }: MuonOptions,
    momentum: Float32Array,
  ) {
    this.#momentum = momentum
    this.#layout = layout
    this.#program = program
    this.#decay = weightDecay
    this.#beta = beta
  }

  /** @param momentum the running mean of the gradient, which every step updates in place */
  static async create(
    layout: ModelLayout,
    { weightDecay, beta, ...options }: MuonOptions & ProgramOptions,
    momentum: Float32Array,
  ): Promise<Muon> {
    const outputs = Object.fromEntries(
      layout.groups.map((group, i) => [`orthogonal.${i}`, orthogonal(group, `matrices.${i}`)]),
    )
    return new Muon(layout, await Program.compile(outputs, options), { weightDecay, beta }, momentum)
  }

  /** Updates the linear layers of `values` in place. */
  async step(values: Float32Array, gradient: Float32Array, learningRate: number): Promise<void> {
    const beta = this.#beta
    const momentum = this.#momentum
    const ahead = new Float32Array(momentum.length)
    for (let i = 0; i < momentum.length; i++) {
      const g = (1 - beta) * (gradient[i] as number)
      const m = beta * (momentum[i] as number) + g
      momentum[i] = m
      ahead[i] = beta * m + g // Nesterov
    }
    const feeds = Object.fromEntries(
      this.#layout.groups.map(({ offset, size }, i) => [`matrices.${i}`, ahead.subarray(offset, offset + size)]),
    )
    const results = await this.#program.run(feeds)
    for (const [i, { offset, size, shape }] of this.#layout.groups.entries()) {
      const update = results[`orthogonal.${i}`] as Float32Array
      const rate = learningRate * Math.sqrt(Math.max(1, shape[1] / shape[2]))
      const kept = 1 - learningRate * this.#decay
      for (let j = 0; j < size; j++)
        values[offset + j] = kept * (values[offset + j] as number) - rate * (update[j] as number)
    }
  }

  dispose(): Promise<void> {
    return this.#program.dispose()
  }
}

/** Approximates the nearest semi-orthogonal matrices: the same singular vectors, with all singular values near 1. */
function orthogonal({ shape }: MatrixGroup, name: string): Value {
  const wide = shape[1] <= shape[2]
  const flip = (m: Value): Value => transpose(m, [0, 2, 1])
  let x = input(name, 'float32', shape)
  x = div(x, add(sqrt(reduceSum(mul(x, x), [1, 2])), scalar(1e-7, x)))
  for (let i = 0; i < iterations; i++) {
    const gram = wide ? matMul(x, flip(x)) : matMul(flip(x), x)
    const polynomial = add(scale(gram, b), scale(matMul(gram, gram), c))
    x = add(scale(x, a), wide ? matMul(polynomial, x) : matMul(x, polynomial))
  }
  return x
}
