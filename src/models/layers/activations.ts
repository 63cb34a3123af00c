import { gelu, geluTanh } from '../../onnx/graph/composites.js'
import { silu } from '../../onnx/graph/primitives/elementwise.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { Unsupported } from './config.js'

/** The supported activations of transformers' ACT2FN, by their names in config.json. */
const activations: Readonly<Record<string, (x: Value) => Value>> = {
  silu,
  swish: silu,
  gelu,
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
}

export type Activation = keyof typeof activations & string

/**
 * Checks the name of an activation.
 *
 * @param field the field of config.json with the name, for the error
 * @throws OL1304 when it is not known
 */
export function parseActivation(field: string, name: string, unsupported: Unsupported): Activation {
  if (!Object.hasOwn(activations, name)) unsupported(field, `${name} is none of ${Object.keys(activations).join(', ')}`)
  return name
}

export const activate = (x: Value, name: Activation): Value => (activations[name] as (x: Value) => Value)(x)
