import { setImmediate } from 'node:timers/promises'
import type { Network } from '../architectures/Network.js'
import { type LinearModule, weightOf } from '../layers/Linear.js'
import { readWeight } from '../weights/readWeight.js'
import type { Mutation } from './adapterConfig.js'
import type { Adapter } from './adapterLayout.js'
import { type AdapterLayout, adapterLayout, type ModulePattern, scalingOf } from './adapterLayout.js'
import { refusedField } from './peftFields.js'
import { transpose } from './transpose.js'
import { truncatedQr } from './truncatedQr.js'
import { truncatedSvd } from './truncatedSvd.js'

/**
 * Converts an adapter for which PEFT changes the base weights to plain LoRA of twice the rank. PiSSA (Meng et al. 2024,
 * https://arxiv.org/abs/2404.02948) subtracts from each weight its `rank` largest singular values, OLoRA (Büyükakyüz 2024,
 * https://arxiv.org/abs/2406.01775) the part that its first `rank` columns span. With the subtracted matrices B0 A0,
 * W - s B0 A0 + s B A = W + s [B, -B0] [A; A0]; PEFT's own conversion writes the same. The signs of the singular vectors do
 * not matter, because they are the same in B0 and A0.
 *
 * @throws OL1316 when PEFT itself does not reproduce the model that was trained, or when the base is quantized
 */
export async function asPlainLora(path: string, adapter: Adapter, mutation: Mutation, base: Network): Promise<Adapter> {
  const refuse = (why: string): never => {
    throw refusedField(path, 'init_lora_weights', mutation, why)
  }
  const { architecture, config, weights } = base
  const head = architecture.head(config)
  const modules = new Map([...architecture.modules(config), head].map((module) => [module.name, module]))
  const layout = doubled(adapter.layout, base)
  const values = new Float32Array(layout.size)
  for (const [i, { module, side, offset, size, shape }] of adapter.layout.parameters.entries()) {
    const target = layout.parameters[i] as (typeof layout.parameters)[number]
    const into = values.subarray(target.offset, target.offset + target.size)
    const own = adapter.values.subarray(offset, offset + size)
    if (side === 'lora_B' || side === 'lora_embedding_B') copyColumns(own, into, shape[1] as number, 0, 1)
    else into.set(own)
    const linear = modules.get(module)
    if (side !== 'lora_A' || linear === undefined) continue
    if (linear === head && config.tiedEmbeddings)
      refuse('Convert it with PEFT: the head is tied to the embeddings, which would change with it')
    if (linear.transposed && mutation === 'olora')
      refuse('Train it again with another initialization: PEFT does not support OLoRA for layers of this kind')
    const weight = weightOf(weights, linear)
    if (weight.operation.op !== 'Weight') refuse('Leave out --quantize: this conversion requires float32 weights')
    const rank = shape[0] as number
    const taken = subtracted(mutation, await readWeight(weight, path), linear, rank, scalingOf(adapter.layout, module))
    into.set(taken.a, size)
    const other = layout.parameters[i + 1] as typeof target
    copyColumns(taken.b, values.subarray(other.offset, other.offset + other.size), rank, rank, -1)
    // This lets the process handle signals between two layers.
    await setImmediate()
  }
  return { layout, values }
}

/** The same layers, with twice the rank and the same scaling. */
function doubled({ rank, alpha, rankPattern, alphaPattern, ...rest }: AdapterLayout, base: Network): AdapterLayout {
  const factor = rest.useRslora ? Math.SQRT2 : 2
  const times = (pattern: ModulePattern | undefined, by: number): ModulePattern | undefined =>
    pattern && Object.fromEntries(Object.entries(pattern).map(([key, value]) => [key, value * by]))
  return adapterLayout(base, {
    ...rest,
    rank: 2 * rank,
    alpha: factor * alpha,
    rankPattern: times(rankPattern, 2),
    alphaPattern: times(alphaPattern, factor),
  })
}

/** Copies the columns of a matrix, times a factor, into a matrix of twice as many columns. */
function copyColumns(from: Float32Array, into: Float32Array, columns: number, start: number, times: number): void {
  for (let i = 0; i < from.length; i++)
    into[Math.floor(i / columns) * 2 * columns + start + (i % columns)] = times * (from[i] as number)
}

/** The matrices whose product scaling * b a PEFT subtracts from a weight: a [rank, inputs] and b [outputs, rank]. */
function subtracted(
  mutation: Mutation,
  stored: Float32Array,
  { inputs, outputs, transposed = false }: LinearModule,
  rank: number,
  scaling: number,
): { readonly a: Float32Array; readonly b: Float32Array } {
  const weight = transposed ? transpose(stored, inputs) : stored
  if (mutation === 'olora') return truncatedQr(weight, outputs, inputs, rank)
  const { left, values, right } = truncatedSvd(weight, outputs, inputs, rank)
  const roots = values.map((value) => Math.sqrt(value / scaling))
  return {
    a: Float32Array.from(right, (value, i) => value * (roots[Math.floor(i / inputs)] as number)),
    b: Float32Array.from(left, (value, i) => value * (roots[i % rank] as number)),
  }
}
