import { sameShape, type Value } from '../Value.js'
import { broadcast, make, refuse } from './makeValue.js'

/** Batched matrix product over the last two axes: [..., n, k] x [..., k, m] -> [..., n, m]; leading axes broadcast. */
export function matMul(a: Value, b: Value): Value {
  if (a.shape.length < 2 || b.shape.length < 2) return refuse('MatMul', [a, b], 'both need two axes or more')
  if (a.type !== b.type) return refuse('MatMul', [a, b], 'their element types differ')
  if (a.shape.at(-1) !== b.shape.at(-2)) return refuse('MatMul', [a, b], 'the inner extents differ')
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  if (!batch) return refuse('MatMul', [a, b], 'the leading axes do not broadcast')
  return make({ op: 'MatMul' }, [a, b], [...batch, a.shape.at(-2) as number, b.shape.at(-1) as number])
}

/**
 * Product of two matrices, each transposed on the fly if asked: alpha * op(a) [n, k] x op(b) [k, m] + plus -> [n, m].
 * A frozen weight [out, in] is used as gemm(x, w, {transB}) forward and gemm(dy, w) backward. It is never transposed by an
 * operator of its own, because ONNX Runtime would fold the transpose into a second copy of the weight.
 */
export function gemm(
  a: Value,
  b: Value,
  {
    transA = false,
    transB = false,
    alpha = 1,
    plus,
  }: { transA?: boolean; transB?: boolean; alpha?: number; plus?: Value | undefined } = {},
): Value {
  if (a.shape.length !== 2 || b.shape.length !== 2) return refuse('Gemm', [a, b], 'both need two axes')
  if (a.type !== b.type) return refuse('Gemm', [a, b], 'their element types differ')
  const [n, k] = (transA ? [a.shape[1], a.shape[0]] : a.shape) as [number, number]
  const [inner, m] = (transB ? [b.shape[1], b.shape[0]] : b.shape) as [number, number]
  if (k !== inner) return refuse('Gemm', [a, b], 'the inner extents differ')
  if (plus === undefined) return make({ op: 'Gemm', transA, transB, alpha }, [a, b], [n, m])
  if (!sameShape(plus.shape, [n, m]) && !sameShape(plus.shape, [m]))
    return refuse('Gemm', [a, b, plus], 'the summand is neither a row nor of the shape of the product')
  return make({ op: 'Gemm', transA, transB, alpha }, [a, b, plus], [n, m])
}
