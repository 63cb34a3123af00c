import { scale } from '../onnx/composites.js'
import { add, expand, gemm, input, matMul, reshape, transpose } from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'
import type { AdapterLayout, AdapterParameter } from './adapter.js'
import type { Linear } from './Linear.js'

/** The adapter's parameters as inputs of a program, in the layout's order. */
export const adapterInputs = (layout: AdapterLayout): Value[] =>
  layout.parameters.map(({ name, shape }) => input(name, 'float32', shape))

/** What to feed for {@link adapterInputs}; views, not copies. */
export const adapterFeeds = (layout: AdapterLayout, values: Float32Array): Record<string, Float32Array> =>
  Object.fromEntries(layout.parameters.map(({ name, offset, size }) => [name, values.subarray(offset, offset + size)]))

const byName = (layout: AdapterLayout, values: readonly Value[]): Map<string, Value> =>
  new Map(layout.parameters.map(({ name }: AdapterParameter, i) => [name, values[i] as Value]))

/** Adds the low-rank path to the adapted layers: y = W x + B (scaling * A x); scaled where the tensor is smallest. */
export function loraLinear(frozen: Linear, layout: AdapterLayout, parameters: readonly Value[]): Linear {
  const named = byName(layout, parameters)
  return (x, module) => {
    const y = frozen(x, module)
    const a = named.get(`${module.name}.lora_A`)
    const b = named.get(`${module.name}.lora_B`)
    if (a === undefined || b === undefined) return y
    return gemm(scale(gemm(x, a, { transB: true }), layout.scaling), b, { transB: true, plus: y })
  }
}

/** The parameters repeated for every sequence of a batch: [batch, ...shape]. */
export const perSequence = (parameters: readonly Value[], batch: number): Value[] =>
  parameters.map((p) => expand(p, [batch, ...p.shape]))

/**
 * The same layer with a copy of the parameters for every sequence. Differentiating with respect to the copies gives each
 * sequence's own gradient, dA_i = scaling * sum_t (B^T d_t) x_t^T and dB_i = scaling * sum_t d_t (A x_t)^T, and never
 * the full dW.
 */
export function perSequenceLinear(frozen: Linear, layout: AdapterLayout, copies: readonly Value[]): Linear {
  const named = byName(layout, copies)
  return (x, module) => {
    const y = frozen(x, module)
    const a = named.get(`${module.name}.lora_A`)
    const b = named.get(`${module.name}.lora_B`)
    if (a === undefined || b === undefined) return y
    const batch = a.shape[0] as number
    const sequences = reshape(x, [batch, (x.shape[0] as number) / batch, module.inputs])
    const low = scale(matMul(sequences, transpose(a, [0, 2, 1])), layout.scaling) // [batch, length, rank]
    const path = matMul(low, transpose(b, [0, 2, 1])) // [batch, length, outputs]
    return add(y, reshape(path, y.shape))
  }
}
