import { scale } from '../onnx/composites.js'
import {
  add,
  detach,
  div,
  expand,
  gemm,
  input,
  matMul,
  mul,
  reduceSum,
  reshape,
  slice,
  sqrt,
  sub,
  transpose,
} from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'
import type { AdapterLayout, AdapterParameter } from './adapter.js'
import type { Linear, LinearModule, Weights } from './Linear.js'

/** The adapter's parameters as inputs of a program, in the layout's order. */
export const adapterInputs = (layout: AdapterLayout): Value[] =>
  layout.parameters.map(({ name, shape }) => input(name, 'float32', shape))

/** What to feed for {@link adapterInputs}; views, not copies. */
export const adapterFeeds = (layout: AdapterLayout, values: Float32Array): Record<string, Float32Array> =>
  Object.fromEntries(layout.parameters.map(({ name, offset, size }) => [name, values.subarray(offset, offset + size)]))

const byName = (layout: AdapterLayout, values: readonly Value[]): Map<string, Value> =>
  new Map(layout.parameters.map(({ name }: AdapterParameter, i) => [name, values[i] as Value]))

/** What the low-rank path of a layer sees of its inputs in training: x with a share of its elements at 0. */
export type Drop = (x: Value, module: LinearModule) => Value

/**
 * Adds the low-rank path to the adapted layers: y = W x + B (scaling * A x); scaled where the tensor is smallest.
 *
 * With a magnitude vector m it is weight-decomposed (DoRA, Liu et al. 2024, https://arxiv.org/abs/2402.09353):
 * y = m / ||W + scaling * B A|| * (W x + scaling * B A x), the norm of each row a constant to differentiation.
 */
export function loraLinear(
  frozen: Linear,
  weights: Weights,
  layout: AdapterLayout,
  parameters: readonly Value[],
  drop?: Drop,
): Linear {
  const named = byName(layout, parameters)
  return (x, module) => {
    const a = named.get(`${module.name}.lora_A`)
    const b = named.get(`${module.name}.lora_B`)
    const magnitude = named.get(`${module.name}.lora_magnitude_vector`)
    if (a === undefined || b === undefined) return frozen(x, module)
    const seen = drop ? drop(x, module) : x
    const low = scale(gemm(seen, a, { transB: true }), layout.scaling)
    if (magnitude === undefined) return gemm(low, b, { transB: true, plus: frozen(x, module) })
    const plain = { ...module, bias: false }
    const base = frozen(seen, plain)
    const factor = div(magnitude, rowNorm(weights, layout, module, a, b))
    const adapted = mul(gemm(low, b, { transB: true, plus: base }), factor)
    // As in PEFT, the base layer itself sees all of its inputs: only what the decomposition adds is subject to dropout.
    if (drop) return add(frozen(x, module), sub(adapted, base))
    return module.bias ? add(adapted, weights(`${module.name}.bias`, [module.outputs])) : adapted
  }
}

/**
 * ||W + scaling * B A|| of each row, [outputs], without that matrix: the squares of W, of B A, and twice their product.
 *
 * @param a lora_A [rank, inputs]
 * @param b lora_B [outputs, rank]
 */
export function rowNorm(
  weights: Weights,
  { scaling }: AdapterLayout,
  { name, inputs, outputs, transposed = false }: LinearModule,
  a: Value,
  b: Value,
): Value {
  const w = weights(`${name}.weight`, transposed ? [inputs, outputs] : [outputs, inputs])
  const column = (x: Value, axis: number): Value => reshape(reduceSum(x, [axis]), [outputs])
  const own = column(mul(w, w), transposed ? 0 : 1)
  const cross = column(mul(gemm(w, a, { transA: transposed, transB: true }), b), 1)
  const path = column(mul(gemm(b, gemm(a, a, { transB: true })), b), 1)
  return detach(sqrt(add(add(own, scale(cross, 2 * scaling)), scale(path, scaling * scaling))))
}

/** The parameters repeated for every sequence of a batch: [batch, ...shape]. */
export const perSequence = (parameters: readonly Value[], batch: number): Value[] =>
  parameters.map((p) => expand(p, [batch, ...p.shape]))

/**
 * The same layer with a copy of the parameters for every sequence. Differentiating with respect to the copies gives each
 * sequence's own gradient, dA_i = scaling * sum_t (B^T d_t) x_t^T and dB_i = scaling * sum_t d_t (A x_t)^T, and never
 * the full dW.
 */
export function perSequenceLinear(
  frozen: Linear,
  weights: Weights,
  layout: AdapterLayout,
  copies: readonly Value[],
): Linear {
  const named = byName(layout, copies)
  return (x, module) => {
    const a = named.get(`${module.name}.lora_A`)
    const b = named.get(`${module.name}.lora_B`)
    const magnitude = named.get(`${module.name}.lora_magnitude_vector`)
    if (a === undefined || b === undefined) return frozen(x, module)
    const batch = a.shape[0] as number
    const length = (x.shape[0] as number) / batch
    const low = scale(matMul(reshape(x, [batch, length, module.inputs]), transpose(a, [0, 2, 1])), layout.scaling)
    const path = matMul(low, transpose(b, [0, 2, 1])) // [batch, length, outputs]
    if (magnitude === undefined) {
      const y = frozen(x, module)
      return add(y, reshape(path, y.shape))
    }
    const first = (copy: Value): Value => reshape(slice(copy, 0, 0, 1), copy.shape.slice(1))
    const norm = rowNorm(weights, layout, module, first(a), first(b))
    const base = reshape(frozen(x, { ...module, bias: false }), path.shape)
    const factor = div(reshape(magnitude, [batch, 1, module.outputs]), norm)
    const y = reshape(mul(add(base, path), factor), [batch * length, module.outputs])
    return module.bias ? add(y, weights(`${module.name}.bias`, [module.outputs])) : y
  }
}
