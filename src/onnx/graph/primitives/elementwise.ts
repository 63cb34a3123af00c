import type { Value } from '../Value.js'
import { broadcast, isFloat, make, refuse } from './makeValue.js'

const unary =
  (
    op:
      | 'Neg'
      | 'Exp'
      | 'Log'
      | 'Sqrt'
      | 'Reciprocal'
      | 'Sigmoid'
      | 'Silu'
      | 'Tanh'
      | 'Erf'
      | 'Detach'
      | 'Abs'
      | 'Round',
  ) =>
  (x: Value): Value =>
    isFloat(x) ? make({ op }, [x], x.shape) : refuse(op, [x], 'it requires floating point')

export const neg = unary('Neg')
export const exp = unary('Exp')
export const log = unary('Log')
export const sqrt = unary('Sqrt')
export const reciprocal = unary('Reciprocal')
export const sigmoid = unary('Sigmoid')
/** x * sigmoid(x) (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415). */
export const silu = unary('Silu')
export const tanh = unary('Tanh')
/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary('Erf')
/** The absolute value; not differentiable. Quantization uses it. */
export const abs = unary('Abs')
/** Rounds to the nearest integer, ties to even; not differentiable. */
export const round = unary('Round')
/** The value itself, treated as a constant by differentiation. */
export const detach = unary('Detach')

const binary =
  (op: 'Add' | 'Sub' | 'Mul' | 'Div') =>
  (a: Value, b: Value): Value => {
    const shape = broadcast(a.shape, b.shape)
    if (a.type !== b.type) return refuse(op, [a, b], 'their element types differ')
    return shape ? make({ op }, [a, b], shape) : refuse(op, [a, b], 'they do not broadcast')
  }

export const add = binary('Add')
export const sub = binary('Sub')
export const mul = binary('Mul')
export const div = binary('Div')
