import type { BaseModel } from '../base/BaseModel.js'
import type { LinearModule } from '../layers/Linear.js'
import { nameInCheckpoint } from '../weights/weights.js'
import type { Adapter } from './adapterLayout.js'
import { scalingOf } from './adapterLayout.js'
import { transpose } from './transpose.js'

/** What an adapter adds to a weight, in place. */
export type Delta = (weight: Float32Array) => void

/** A tensor of the merged model, made of one of the base. */
export interface MergedTensor {
  readonly name: string
  readonly delta: Delta | undefined
}

export interface MergedTensors {
  /** What a tensor of the base becomes: usually itself, with or without a change. */
  of(name: string): readonly MergedTensor[]
  /** Tensors that the adapter changed. */
  readonly changed: number
  /** Head and embeddings, one tensor in the base, are two now: an adapter sits on one of them only. */
  readonly isUntied: boolean
}

/** The base by itself. */
export const unmergedTensors: MergedTensors = {
  of: (name) => [{ name, delta: undefined }],
  changed: 0,
  isUntied: false,
}

/**
 * What the tensors of a base become where an adapter is merged into them: W + scaling B A in every adapted layer, with DoRA
 * its rows scaled to their magnitudes.
 *
 * Of a base whose head is tied to the embeddings PEFT changes both where an adapter sits on one of them, and the merged model
 * computes something else than the adapter did. Here the two come apart, and it computes the same.
 *
 * @param tensors names of the base's tensors in its files
 */
export function mergedTensors(
  { architecture, config }: Pick<BaseModel, 'architecture' | 'config'>,
  { layout, values }: Adapter,
  tensors: ReadonlySet<string>,
): MergedTensors {
  const parts = new Map(
    layout.parameters.map(({ name, offset, size }) => [name, values.subarray(offset, offset + size)] as const),
  )
  const [embedding, head] = [architecture.embedding(config), architecture.head(config)]
  const deltas = new Map<string, Delta>()
  for (const module of [...architecture.modules(config), head]) {
    const [a, b] = [parts.get(`${module.name}.lora_A`), parts.get(`${module.name}.lora_B`)]
    const magnitude = parts.get(`${module.name}.lora_magnitude_vector`)
    if (a && b)
      deltas.set(`${module.name}.weight`, (weight) => {
        addProduct(weight, module, a, b, scalingOf(layout, module.name))
        if (magnitude) setRowNorms(weight, module, magnitude)
      })
  }
  for (const { name, side, offset, size } of layout.parameters)
    if (side === 'whole') deltas.set(name, (weight) => weight.set(values.subarray(offset, offset + size)))
  const { name, tokens, width } = embedding
  const [a, b] = [parts.get(`${name}.lora_embedding_A`), parts.get(`${name}.lora_embedding_B`)]
  if (a && b) {
    // The row of a token is what a linear layer makes of nothing but this token.
    const table: LinearModule = { name, inputs: width, outputs: tokens, bias: false }
    const [down, up] = [transpose(b, width), transpose(a, a.length / tokens)]
    deltas.set(`${name}.weight`, (weight) => addProduct(weight, table, down, up, scalingOf(layout, name)))
  }
  const shared = head.tensor
  const isUntied = shared !== undefined && [embedding, head].some((module) => deltas.has(`${module.name}.weight`))
  const changes = new Map([...deltas].map(([tensor, delta]) => [nameInCheckpoint(tensor, tensors), delta] as const))
  const changed = deltas.size
  if (!isUntied) return { of: (tensor) => [{ name: tensor, delta: changes.get(tensor) }], changed, isUntied }
  const kept = nameInCheckpoint(shared, tensors)
  // Beside a head of its own a checkpoint of the bare decoder needs the decoder's name before its tensors.
  const decoder = kept === shared ? '' : shared.slice(0, shared.length - kept.length)
  const own = `${head.name}.weight`
  return {
    of(tensor) {
      if (tensor === own) return []
      const same = { name: `${decoder}${tensor}`, delta: changes.get(tensor) }
      return tensor === kept ? [same, { name: own, delta: deltas.get(own) }] : [same]
    },
    changed,
    isUntied,
  }
}

/** weight += scaling * B A, or its transpose where the checkpoint keeps [inputs, outputs]. */
function addProduct(
  weight: Float32Array,
  { inputs, outputs, transposed = false }: LinearModule,
  a: Float32Array,
  b: Float32Array,
  scaling: number,
): void {
  const rank = a.length / inputs
  const row = new Float64Array(inputs)
  const [step, next] = transposed ? [1, outputs] : [inputs, 1]
  for (let o = 0; o < outputs; o++) {
    row.fill(0)
    for (let r = 0; r < rank; r++) {
      const factor = b[o * rank + r] as number
      const start = r * inputs
      for (let i = 0; i < inputs; i++) row[i] = (row[i] as number) + factor * (a[start + i] as number)
    }
    for (let i = 0, at = o * step; i < inputs; i++, at += next)
      weight[at] = (weight[at] as number) + Math.fround(scaling * (row[i] as number))
  }
}

/** Scales the weights of each output to a norm, as DoRA decomposes them. */
function setRowNorms(
  weight: Float32Array,
  { inputs, outputs, transposed = false }: LinearModule,
  norms: Float32Array,
): void {
  const [step, next] = transposed ? [1, outputs] : [inputs, 1]
  for (let o = 0; o < outputs; o++) {
    let squares = 0
    for (let i = 0, at = o * step; i < inputs; i++, at += next) squares += (weight[at] as number) ** 2
    const factor = (norms[o] as number) / Math.sqrt(squares)
    for (let i = 0, at = o * step; i < inputs; i++, at += next) weight[at] = (weight[at] as number) * factor
  }
}
