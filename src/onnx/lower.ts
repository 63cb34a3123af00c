import { chunkVocabulary } from './chunkVocabulary.js'
import type { RunDevice } from './devices.js'
import { fuseSums } from './fuseSums.js'
import { int8Product } from './int8Product.js'
import { log, rowMaximum, softmax, sub } from './primitives.js'
import { reuseProducts } from './reuseProducts.js'
import { type Outputs, rewrite } from './rewrite.js'
import { spreadProducts } from './spreadProducts.js'
import type { Value } from './Value.js'

/**
 * Rewrites a program into an equal one that costs less on a device, in operators which that device has. Equal means up to
 * rounding, and for any program: nothing here knows of models.
 */
export function lower<Name extends string>(outputs: Outputs<Name>, device: RunDevice): Record<Name, Value> {
  const spread = spreadProducts(outputs)
  const chunked = device === 'cpu' ? chunkVocabulary(spread) : spread
  const lowered = rewrite(chunked, (value) => int8Product(value, device) ?? composed(value))
  return fuseSums(reuseProducts(lowered))
}

/** Primitives that no device has an operator for. */
const composed = ({ operation, sources }: Value): Value | undefined =>
  operation.op === 'LogSumExp' ? logSumExpBySoftmax(sources[0] as Value) : undefined

/**
 * log(sum(exp(x))) = max - log(max of softmax), since the largest probability is 1 / sum(exp(x - max)), and never small.
 * The gradient wants the softmax anyway, and ONNX Runtime makes it in one pass.
 */
function logSumExpBySoftmax(x: Value): Value {
  return sub(rowMaximum(x), log(rowMaximum(softmax(x))))
}
