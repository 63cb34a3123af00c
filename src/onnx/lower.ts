import { chunkVocabulary } from './chunkVocabulary.js'
import { mean } from './composites.js'
import type { RunDevice } from './devices.js'
import { fuseFactors } from './fuseFactors.js'
import { fuseNorms } from './fuseNorms.js'
import { fuseRotary } from './fuseRotary.js'
import { fuseSums } from './fuseSums.js'
import { int8Products } from './int8Product.js'
import { joinEqual } from './joinEqual.js'
import { joinProducts } from './joinProducts.js'
import {
  add,
  concat,
  log,
  mul,
  neg,
  reciprocal,
  rowMaximum,
  scalar,
  sigmoid,
  slice,
  softmax,
  sqrt,
  sub,
} from './primitives.js'
import { recomputeCheap } from './recomputeCheap.js'
import { reuseProducts } from './reuseProducts.js'
import { type Outputs, rewrite } from './rewrite.js'
import { spreadProducts } from './spreadProducts.js'
import { turnProducts } from './turnProducts.js'
import type { Value } from './Value.js'

/**
 * Rewrites a program into an equal one that costs less on a device, in operators which that device has. Equal means up to
 * rounding, and for any program: nothing here knows of models.
 *
 * @param device `any` for operators of the ONNX standard only
 */
export function lower<Name extends string>(outputs: Outputs<Name>, device: RunDevice | 'any'): Record<Name, Value> {
  const fewer = lowerOnce(outputs, device)
  return device === 'cpu' ? recomputeCheap(fewer) : fewer
}

/** {@link lower}, with everything computed once. */
export function lowerOnce<Name extends string>(outputs: Outputs<Name>, device: RunDevice | 'any'): Record<Name, Value> {
  const spread = spreadProducts(outputs)
  const chunked = device === 'cpu' ? chunkVocabulary(spread) : spread
  const fused = device === 'cpu' ? fuseRotary(fuseNorms(chunked)) : chunked
  const int8 = int8Products(device)
  const lowered = rewrite(fused, (value) => int8(value) ?? composed(value))
  return joinEqual(fuseSums(turnProducts(joinProducts(fuseFactors(reuseProducts(lowered))))))
}

/** Primitives that no device has an operator for. */
function composed({ operation, sources: [x] }: Value): Value | undefined {
  if (x === undefined) return undefined
  switch (operation.op) {
    case 'LogSumExp':
      return logSumExpBySoftmax(x)
    case 'Silu':
      return mul(x, sigmoid(x))
    case 'InverseRms':
      return reciprocal(sqrt(add(mean(mul(x, x), -1), scalar(operation.epsilon, x))))
    case 'RotateHalf': {
      const width = x.shape.at(-1) as number
      return concat([neg(slice(x, -1, width / 2, width)), slice(x, -1, 0, width / 2)], -1)
    }
    default:
      return undefined
  }
}

/**
 * log(sum(exp(x))) = max - log(max of softmax), since the largest probability is 1 / sum(exp(x - max)), and never small.
 * The gradient wants the softmax anyway, and ONNX Runtime makes it in one pass.
 */
function logSumExpBySoftmax(x: Value): Value {
  return sub(rowMaximum(x), log(rowMaximum(softmax(x))))
}
