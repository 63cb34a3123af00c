import { mean } from '../graph/composites.js'
import { add, log, mul, neg, reciprocal, sigmoid, sqrt, sub } from '../graph/primitives/elementwise.js'
import { scalar } from '../graph/primitives/inputs.js'
import { concat, slice } from '../graph/primitives/movement.js'
import { rowMaximum, softmax } from '../graph/primitives/reductions.js'
import type { RunDevice } from '../graph/RunDevice.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import type { Value } from '../graph/Value.js'
import { chunkVocabulary } from './chunkVocabulary.js'
import { distributeProducts } from './distributeProducts.js'
import { eliminateCommonSubexpressions } from './eliminateCommonSubexpressions.js'
import { fuseFactors } from './fuseFactors.js'
import { fuseNorms } from './fuseNorms.js'
import { fuseRotary } from './fuseRotary.js'
import { fuseSums } from './fuseSums.js'
import { int8Products } from './int8Product.js'
import { joinProducts } from './joinProducts.js'
import { rematerialize } from './rematerialize.js'
import { reuseProducts } from './reuseProducts.js'
import { transposeNarrowProducts } from './transposeNarrowProducts.js'

/**
 * Rewrites a program into an equal one that costs less on a device and uses only operators which that device has. Equal
 * means up to rounding. No pass knows about models.
 *
 * @param device `any` for operators of the ONNX standard only
 */
export function lower<Name extends string>(outputs: Outputs<Name>, device: RunDevice | 'any'): Record<Name, Value> {
  const fewer = lowerOnce(outputs, device)
  return device === 'cpu' ? rematerialize(fewer) : fewer
}

/** {@link lower} without recomputation: every value is computed once. */
export function lowerOnce<Name extends string>(outputs: Outputs<Name>, device: RunDevice | 'any'): Record<Name, Value> {
  const chosen = passes.filter(({ on }) => on === 'every device' || on === device)
  return chosen.reduce<Record<Name, Value>>((program, { run }) => run(program, device), { ...outputs })
}

interface Pass {
  readonly name: string
  readonly on: 'every device' | RunDevice
  readonly run: <Name extends string>(outputs: Outputs<Name>, device: RunDevice | 'any') => Record<Name, Value>
}

/** Passes run in this order; each may rely on the result of those above it. */
const passes: readonly Pass[] = [
  { name: 'distribute products', on: 'every device', run: distributeProducts },
  { name: 'chunk the vocabulary', on: 'cpu', run: chunkVocabulary },
  { name: 'fuse norms', on: 'cpu', run: fuseNorms },
  { name: 'fuse rotary embeddings', on: 'cpu', run: fuseRotary },
  { name: 'compose what no device has', on: 'every device', run: compose },
  { name: 'reuse products', on: 'every device', run: reuseProducts },
  { name: 'fuse factors', on: 'every device', run: fuseFactors },
  { name: 'join products', on: 'every device', run: joinProducts },
  { name: 'transpose narrow products', on: 'every device', run: transposeNarrowProducts },
  { name: 'fuse sums', on: 'every device', run: fuseSums },
  { name: 'eliminate common subexpressions', on: 'every device', run: eliminateCommonSubexpressions },
]

function compose<Name extends string>(outputs: Outputs<Name>, device: RunDevice | 'any'): Record<Name, Value> {
  const int8 = int8Products(device)
  return rewrite(outputs, (value) => int8(value) ?? composed(value))
}

/** Expands primitives that no device has an operator for. */
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
 * log(sum(exp(x))) = max - log(max of softmax), because the largest probability is 1 / sum(exp(x - max)) and never small.
 * The gradient needs the softmax anyway, and ONNX Runtime computes it in one pass.
 */
function logSumExpBySoftmax(x: Value): Value {
  return sub(rowMaximum(x), log(rowMaximum(softmax(x))))
}
