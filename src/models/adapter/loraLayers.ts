import { scale } from '../../onnx/graph/composites.js'
import { add, detach, div, mul, sqrt, sub } from '../../onnx/graph/primitives/elementwise.js'
import { gather } from '../../onnx/graph/primitives/indexing.js'
import { constant, input, scalar } from '../../onnx/graph/primitives/inputs.js'
import { expand, reshape, slice, transpose } from '../../onnx/graph/primitives/movement.js'
import { gemm, matMul } from '../../onnx/graph/primitives/products.js'
import { reduceSum } from '../../onnx/graph/primitives/reductions.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import type { BatchShape } from '../data/batch.js'
import { once } from '../layers/attention.js'
import {
  type EmbeddingModule,
  frozenLayers,
  type Layers,
  type Linear,
  type LinearModule,
  type Weights,
  weightOf,
} from '../layers/Linear.js'
import { type AdapterLayout, type AdapterParameter, scalingOf } from './adapterLayout.js'

/** The adapter's parameters as inputs of a program, in the layout's order. */
export const adapterInputs = (layout: AdapterLayout): Value[] =>
  layout.parameters.map(({ name, shape }) => input(name, 'float32', shape))

/** The feeds of {@link adapterInputs}; views, not copies. */
export const adapterFeeds = (layout: AdapterLayout, values: Float32Array): Record<string, Float32Array> =>
  Object.fromEntries(layout.parameters.map(({ name, offset, size }) => [name, values.subarray(offset, offset + size)]))

const byName = (layout: AdapterLayout, values: readonly Value[]): Map<string, Value> =>
  new Map(layout.parameters.map(({ name }: AdapterParameter, i) => [name, values[i] as Value]))

/** A model whose tensors are replaced by those that an adapter trains in full. */
export function adaptedNetwork<Base extends Network>(
  base: Base,
  layout: AdapterLayout,
  parameters: readonly Value[],
): Base {
  const whole = new Map(
    layout.parameters.flatMap(({ name, side }, i) =>
      side === 'whole' ? [[name, parameters[i] as Value] as const] : [],
    ),
  )
  return whole.size === 0 ? base : { ...base, weights: (name, shape) => whole.get(name) ?? base.weights(name, shape) }
}

/** Applies dropout to the inputs of a layer's low-rank path. */
export type Drop = (x: Value, module: LinearModule) => Value

/**
 * Adds the low-rank path to the adapted layers: y = W x + B (scaling * A x). The scaling multiplies the smallest tensor.
 *
 * With a magnitude vector m the layer is weight-decomposed (DoRA, Liu et al. 2024, https://arxiv.org/abs/2402.09353):
 * y = m / ||W + scaling * B A|| * (W x + scaling * B A x). Differentiation treats the row norms as constants.
 *
 * For token embeddings A and B are swapped: the row of a token is E[t] + scaling * B A[:, t], without dropout.
 */
export function loraLayers(network: Network, layout: AdapterLayout, parameters: readonly Value[], drop?: Drop): Layers {
  const { weights } = adaptedNetwork(network, layout, parameters)
  const named = byName(layout, parameters)
  return {
    linear(x, given) {
      const isOwn = named.has(`${given.name}.weight`)
      const { tensor, ...rest } = given
      // A tied head that is trained has a weight of its own; otherwise it keeps the frozen embeddings, even if those are
      // trained.
      const source = tensor !== undefined && !isOwn ? network.weights : weights
      const module = isOwn ? rest : given
      const { linear } = frozenLayers(source)
      const a = named.get(`${module.name}.lora_A`)
      const b = named.get(`${module.name}.lora_B`)
      const magnitude = named.get(`${module.name}.lora_magnitude_vector`)
      if (a === undefined || b === undefined) return linear(x, module)
      const scaling = scalingOf(layout, module.name)
      const seen = drop ? drop(x, module) : x
      const low = scale(gemm(seen, a, { transB: true }), scaling)
      if (magnitude === undefined) return gemm(low, b, { transB: true, plus: linear(x, module) })
      const plain = { ...module, bias: false }
      const base = linear(seen, plain)
      const factor = div(magnitude, rowNorm(source, scaling, module, a, b))
      const adapted = mul(gemm(low, b, { transB: true, plus: base }), factor)
      // As in PEFT, dropout applies to the part that the decomposition adds, not to the base layer.
      if (drop) return add(linear(x, module), sub(adapted, base))
      return module.bias ? add(adapted, weights(`${module.name}.bias`, [module.outputs])) : adapted
    },
    embed(ids, module) {
      const a = named.get(`${module.name}.lora_embedding_A`)
      const b = named.get(`${module.name}.lora_embedding_B`)
      const whole = named.get(`${module.name}.weight`)
      if (whole) return learnedRows(whole, ids, ids, module)
      const { embed } = frozenLayers(network.weights)
      if (a === undefined || b === undefined) return embed(ids, module)
      const low = scale(learnedRows(transpose(a, [1, 0]), ids, ids, module), scalingOf(layout, module.name))
      return gemm(low, b, { transB: true, plus: embed(ids, module) })
    },
  }
}

/**
 * Looks up one row of a table per token. As in PyTorch, differentiation treats the row of the padding token as a constant.
 *
 * @param rows the row of the table for each of the `ids`
 */
function learnedRows(table: Value, rows: Value, ids: Value, { tokens, padding }: EmbeddingModule): Value {
  const taken = gather(table, rows)
  if (padding === undefined) return taken
  // In transformers a negative index counts from the end.
  const learns = new Float32Array(tokens).fill(1)
  learns[padding < 0 ? tokens + padding : padding] = 0
  const isLearned = gather(constant(learns, [tokens, 1]), ids)
  return add(mul(taken, isLearned), detach(mul(taken, sub(scalar(1, taken), isLearned))))
}

/**
 * The norm of each row of W + scaling * B A, [outputs], without computing that matrix: from the squares of W, the squares of
 * B A, and twice their product.
 *
 * @param a lora_A [rank, inputs]
 * @param b lora_B [outputs, rank]
 */
export function rowNorm(weights: Weights, scaling: number, module: LinearModule, a: Value, b: Value): Value {
  const { outputs, transposed = false } = module
  const w = weightOf(weights, module)
  const column = (x: Value, axis: number): Value => reshape(reduceSum(x, [axis]), [outputs])
  const own = column(mul(w, w), transposed ? 0 : 1)
  const cross = column(mul(gemm(w, a, { transA: transposed, transB: true }), b), 1)
  const path = column(mul(gemm(b, gemm(a, a, { transB: true })), b), 1)
  return detach(sqrt(add(add(own, scale(cross, 2 * scaling)), scale(path, scaling * scaling))))
}

/** Repeats the parameters for every sequence of a batch: [batch, ...shape]. */
export const perSequence = (parameters: readonly Value[], batch: number): Value[] =>
  parameters.map((p) => expand(p, [batch, ...p.shape]))

/**
 * {@link loraLayers} with a copy of the parameters for every sequence. Differentiating with respect to the copies gives
 * per-sequence gradients, dA_i = scaling * sum_t (B^T d_t) x_t^T and dB_i = scaling * sum_t d_t (A x_t)^T, without ever
 * computing the full dW.
 */
export function perSequenceLayers(
  { architecture, config, weights }: Network,
  layout: AdapterLayout,
  copies: readonly Value[],
  { labels, batch, length }: BatchShape,
): Layers {
  const frozen = frozenLayers(weights)
  const head = architecture.head(config).name
  /** The sequence of each row of the head, one-hot [labels, batch]; the head reads the labelled positions only. */
  const owners = once((_: undefined) =>
    gather(constant(identityRows(batch, length), [batch * length, batch]), input('positions', 'int32', [labels])),
  )
  const named = byName(layout, copies)
  return {
    linear(x, module) {
      const a = named.get(`${module.name}.lora_A`)
      const b = named.get(`${module.name}.lora_B`)
      const magnitude = named.get(`${module.name}.lora_magnitude_vector`)
      if (a === undefined || b === undefined) return frozen.linear(x, module)
      const scaling = scalingOf(layout, module.name)
      if (module.name === head)
        return ownedRows(weights, frozen.linear, x, module, { a, b, magnitude, scaling, owners: owners(undefined) })
      const rows = x.shape[0] as number
      const low = scale(matMul(reshape(x, [batch, rows / batch, module.inputs]), transpose(a, [0, 2, 1])), scaling)
      const path = matMul(low, transpose(b, [0, 2, 1])) // [batch, length, outputs]
      if (magnitude === undefined) {
        const y = frozen.linear(x, module)
        return add(y, reshape(path, y.shape))
      }
      const norm = rowNorm(weights, scaling, module, firstCopy(a), firstCopy(b))
      const base = reshape(frozen.linear(x, { ...module, bias: false }), path.shape)
      const factor = div(reshape(magnitude, [batch, 1, module.outputs]), norm)
      const y = reshape(mul(add(base, path), factor), [rows, module.outputs])
      return module.bias ? add(y, weights(`${module.name}.bias`, [module.outputs])) : y
    },
    embed(ids, module) {
      const a = named.get(`${module.name}.lora_embedding_A`)
      const b = named.get(`${module.name}.lora_embedding_B`)
      if (a === undefined || b === undefined) return frozen.embed(ids, module)
      const rank = a.shape[1] as number
      const table = reshape(transpose(a, [0, 2, 1]), [batch * module.tokens, rank])
      const starts = Int32Array.from({ length: batch * length }, (_, i) => Math.floor(i / length) * module.tokens)
      const rows = learnedRows(table, add(ids, constant(starts, ids.shape)), ids, module)
      const low = scale(reshape(rows, [batch, length, rank]), scalingOf(layout, module.name))
      const path = matMul(low, transpose(b, [0, 2, 1])) // [batch, length, width]
      return add(frozen.embed(ids, module), reshape(path, [batch * length, module.width]))
    },
  }
}

const firstCopy = (copy: Value): Value => reshape(slice(copy, 0, 0, 1), copy.shape.slice(1))

const identityRows = (batch: number, length: number): Float32Array =>
  Float32Array.from({ length: batch * length * batch }, (_, i) =>
    Math.floor(i / batch / length) === i % batch ? 1 : 0,
  )

/**
 * A layer whose rows belong to the sequences in any order. Every row is multiplied by the A matrices of all sequences, side
 * by side; the results of the other sequences are masked out before the product with the B matrices.
 */
function ownedRows(
  weights: Weights,
  frozen: Linear,
  x: Value,
  module: LinearModule,
  {
    a,
    b,
    magnitude,
    scaling,
    owners,
  }: {
    readonly a: Value
    readonly b: Value
    readonly magnitude: Value | undefined
    readonly scaling: number
    readonly owners: Value
  },
): Value {
  const [batch, rank, inputs] = a.shape as [number, number, number]
  const [rows, outputs] = [x.shape[0] as number, module.outputs]
  const own = reshape(expand(reshape(owners, [rows, batch, 1]), [rows, batch, rank]), [rows, batch * rank])
  const low = mul(scale(gemm(x, reshape(a, [batch * rank, inputs]), { transB: true }), scaling), own)
  const second = reshape(transpose(b, [1, 0, 2]), [outputs, batch * rank])
  const y = gemm(low, second, { transB: true, plus: frozen(x, { ...module, bias: false }) })
  const norm = magnitude && rowNorm(weights, scaling, module, firstCopy(a), firstCopy(b))
  const adapted = magnitude && norm ? mul(y, gemm(owners, div(magnitude, norm))) : y
  return module.bias ? add(adapted, weights(`${module.name}.bias`, [outputs])) : adapted
}
