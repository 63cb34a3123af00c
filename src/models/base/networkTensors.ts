import { input } from '../../onnx/graph/primitives/inputs.js'
import type { Shape } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import { causalContext } from '../layers/causalContext.js'
import { frozenLayers, type Weights } from '../layers/Linear.js'

/** The shapes of all tensors that a model's forward pass reads, by their names in the checkpoint. */
export function networkTensors({
  architecture,
  config,
}: Pick<Network, 'architecture' | 'config'>): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>()
  const weights: Weights = (name, shape) => {
    shapes.set(name, shape)
    return input(name, 'float32', shape)
  }
  const context = causalContext({ batch: 1, length: 1 })
  const layers = frozenLayers(weights)
  architecture.logits(config, layers, architecture.hidden(config, weights, layers, context))
  return shapes
}
