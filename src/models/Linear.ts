import { gemm } from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'

/** A frozen tensor of the checkpoint, by its name there. */
export type Weights = (name: string, shape: readonly number[]) => Value

/** A linear layer's place in the model, named as its module in the checkpoint: `model.layers.0.self_attn.q_proj`. */
export interface LinearModule {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly bias: boolean
  /** The checkpoint keeps the weight as [inputs, outputs] (GPT-2's Conv1D) instead of [outputs, inputs]. */
  readonly transposed?: boolean
}

/** Applies a linear layer: x [rows, inputs] -> [rows, outputs]. An adapter replaces this to add its own path. */
export type Linear = (x: Value, module: LinearModule) => Value

/** The linear layer of the checkpoint itself: x W^T (+ b). */
export const frozenLinear =
  (weights: Weights): Linear =>
  (x, { name, inputs, outputs, bias, transposed = false }) => {
    const w = weights(`${name}.weight`, transposed ? [inputs, outputs] : [outputs, inputs])
    return gemm(x, w, { transB: !transposed, ...(bias && { plus: weights(`${name}.bias`, [outputs]) }) })
  }

/** The linear layers of all decoder layers, in the order in which the forward pass meets them. */
export const everyLayer = <Config extends { readonly layers: number }>(
  config: Config,
  modulesOf: (config: Config, layer: number) => Readonly<Record<string, LinearModule>>,
): LinearModule[] => Array.from({ length: config.layers }, (_, layer) => Object.values(modulesOf(config, layer))).flat()
