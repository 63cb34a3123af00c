import { gather } from '../../onnx/graph/primitives/indexing.js'
import { gemm } from '../../onnx/graph/primitives/products.js'
import type { Value } from '../../onnx/graph/Value.js'

/** Looks up a frozen tensor of the checkpoint by its name there. */
export type Weights = (name: string, shape: readonly number[]) => Value

/** A linear layer of a model, named like its module in the checkpoint: `model.layers.0.self_attn.q_proj`. */
export interface LinearModule {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly bias: boolean
  /** Whether the checkpoint stores the weight as [inputs, outputs] (GPT-2's Conv1D) instead of [outputs, inputs]. */
  readonly transposed?: boolean
  /** The name of its weight in the checkpoint if it is not `<name>.weight`, as for a head that is tied to the embeddings. */
  readonly tensor?: string
}

/** The token embeddings: a matrix [tokens, width] with one row per token of the vocabulary. */
export interface EmbeddingModule {
  readonly name: string
  readonly tokens: number
  readonly width: number
  /** The token whose row is not trained: the layer's `padding_idx` in transformers. */
  readonly padding?: number | undefined
}

/** Applies a linear layer: x [rows, inputs] -> [rows, outputs]. An adapter replaces this to add its own path. */
export type Linear = (x: Value, module: LinearModule) => Value

/** Looks up embeddings: ids [rows] -> [rows, width]. */
export type Embed = (ids: Value, module: EmbeddingModule) => Value

/** The layers of a forward pass that an adapter can change. */
export interface Layers {
  readonly linear: Linear
  readonly embed: Embed
}

/** The weight of a linear layer, laid out as in the checkpoint. */
export const weightOf = (weights: Weights, { name, inputs, outputs, transposed, tensor }: LinearModule): Value =>
  weights(tensor ?? `${name}.weight`, transposed ? [inputs, outputs] : [outputs, inputs])

/** The layers of the checkpoint without an adapter: x W^T (+ b), and embedding lookups. */
export const frozenLayers = (weights: Weights): Layers => ({
  linear: (x, module) => {
    const { name, outputs, bias, transposed = false } = module
    const w = weightOf(weights, module)
    return gemm(x, w, { transB: !transposed, ...(bias && { plus: weights(`${name}.bias`, [outputs]) }) })
  },
  embed: (ids, { name, tokens, width }) => gather(weights(`${name}.weight`, [tokens, width]), ids),
})

/** The linear layers of all decoder layers, in the order of the forward pass. */
export const everyLayer = <Config extends { readonly layers: number }>(
  config: Config,
  modulesOf: (config: Config, layer: number) => Readonly<Record<string, LinearModule>>,
): LinearModule[] => Array.from({ length: config.layers }, (_, layer) => Object.values(modulesOf(config, layer))).flat()
