import type { BaseModel } from '../base/BaseModel.js'
import type { LinearModule } from '../layers/Linear.js'
import { nameInCheckpoint } from '../weights/weights.js'
import type { Adapter } from './adapterLayout.js'
import { scalingOf } from './adapterLayout.js'
import { transpose } from './transpose.js'

/** Adds an adapter to a weight, in place. */
export type Delta = (weight: Float32Array) => void

/** A tensor of the merged model, computed from one of the base. */
export interface MergedTensor {
  readonly name: string
  readonly delta: Delta | undefined
}

export interface MergedTensors {
  /** The tensors that a tensor of the base becomes: usually one, changed or unchanged. */
  of(name: string): readonly MergedTensor[]
  /** Number of tensors that the adapter changed. */
  readonly changed: number
  /** Whether tied embeddings were split, because the adapter changes the head or the embeddings alone. */
  readonly isUntied: boolean
}

/** The base without an adapter. */
export const unmergedTensors: MergedTensors = {
  of: (name) => [{ name, delta: undefined }],
  changed: 0,
  isUntied: false,
}

/**
 * Merges an adapter into the tensors of a base: W + scaling B A in every adapted layer, with DoRA rescaled to the magnitude
 * of each row.
 *
 * With tied embeddings PEFT merges an adapter of the head or of the embeddings into both, so its merged model computes
 * something else than base and adapter. Here the two are untied, and the merged model computes the same.
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
    // An embedding is a linear layer of one-hot tokens.
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
  // A checkpoint of the bare decoder has no head; with one, its tensors need the decoder's name as a prefix.
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

/** Adds scaling * B A to a weight, transposed if the checkpoint stores [inputs, outputs]. */
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

/** Rescales the weights of each output to a norm, DoRA's magnitude. */
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
