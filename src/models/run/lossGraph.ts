import { crossEntropy } from '../../onnx/graph/composites.js'
import { mul } from '../../onnx/graph/primitives/elementwise.js'
import { gather } from '../../onnx/graph/primitives/indexing.js'
import { input } from '../../onnx/graph/primitives/inputs.js'
import { reshape } from '../../onnx/graph/primitives/movement.js'
import { reduceSum } from '../../onnx/graph/primitives/reductions.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import type { BatchShape } from '../data/batch.js'
import { causalContext } from '../layers/causalContext.js'
import type { ForwardContext } from '../layers/ForwardContext.js'
import type { Layers } from '../layers/Linear.js'
import { packedContext } from '../layers/packedContext.js'

export interface LossGraph {
  /** Negative log-likelihood of every labelled token, [labels, 1], in nats. */
  readonly tokenLoss: Value
  /** The weighted sum of {@link tokenLoss}, a scalar. */
  readonly loss: Value
}

/**
 * The language modelling loss of a batch, whose feeds `collate` makes. The head runs on the labelled positions only, so
 * prompts cost no logits.
 */
export function lossGraph(
  { architecture, config, weights }: Network,
  layers: Layers,
  shape: BatchShape,
  context: ForwardContext = contextOf(shape),
): LossGraph {
  const positions = input('positions', 'int32', [shape.labels])
  const targets = input('targets', 'int32', [shape.labels, 1])
  const tokenWeights = input('weights', 'float32', [shape.labels, 1])
  const hidden = architecture.hidden(config, weights, layers, context)
  const logits = architecture.logits(config, layers, gather(hidden, positions))
  const tokenLoss = crossEntropy(logits, targets)
  return { tokenLoss, loss: reshape(reduceSum(mul(tokenLoss, tokenWeights), [0, 1]), []) }
}

/** The context of a batch, with one example per row or several packed ones. */
export const contextOf = (shape: BatchShape): ForwardContext =>
  shape.packed ? packedContext(shape) : causalContext(shape)
