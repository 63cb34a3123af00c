import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { scale } from './composites.js'
import type { RunDevice } from './devices.js'
import { add, div, dynamicQuantizeMatMul, mul, reduceSum, scalar, sqrt } from './primitives.js'
import type { Value } from './Value.js'

/** Below any row that matters: keeps rows of zeros, which padding has, from dividing by zero. */
const tinySquare = 1e-30

/**
 * A product with an int8 weight as operators of the CPU device. The operator gives all rows one range of 256 steps, and
 * the gradients of tokens differ by orders of magnitude: so every row is brought to length 1 before, and back after.
 *
 * @throws OL1230 on a device without int8 products
 */
export function int8Product({ operation, sources }: Value, device: RunDevice | 'any'): Value | undefined {
  const [x, w, plus] = sources as [Value, Value, Value | undefined]
  if (operation.op !== 'Gemm' || w.operation.op !== 'Int8Weight') return undefined
  if (device !== 'cpu') throw new OpenLedgerError('OL1230', { device })
  const [straight, straightScales, turned, turnedScales] = w.sources as [Value, Value, Value, Value]
  const matrix = operation.transB
    ? { elements: turned, scales: turnedScales }
    : { elements: straight, scales: straightScales }
  const length = sqrt(add(reduceSum(mul(x, x), [-1]), scalar(tinySquare, x)))
  const product = scale(mul(dynamicQuantizeMatMul(div(x, length), matrix), length), operation.alpha)
  return plus ? add(product, plus) : product
}
