import { add, erf, mul, reciprocal, sqrt, sub, tanh } from './primitives/elementwise.js'
import { gatherElements } from './primitives/indexing.js'
import { constant, scalar } from './primitives/inputs.js'
import { expand, rotateHalf } from './primitives/movement.js'
import { inverseRms, logSumExp, reduceSum } from './primitives/reductions.js'
import type { Shape, Value } from './Value.js'

/** A tensor of zeros with the element type of `like`; it costs one scalar in the file. */
export const zeros = (shape: Shape, like: Value): Value => expand(scalar(0, like), shape)

export const scale = (x: Value, number: number): Value => (number === 1 ? x : mul(x, scalar(number, x)))

/** Mean over one axis, which is kept with extent 1. */
export const mean = (x: Value, axis: number): Value => scale(reduceSum(x, [axis]), 1 / (x.shape.at(axis) as number))

/** x * P(X <= x) for a standard normal X (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415). */
export const gelu = (x: Value): Value => mul(scale(x, 0.5), add(erf(scale(x, Math.SQRT1_2)), scalar(1, x)))

/** The tanh approximation of {@link gelu}, from the same paper. */
export function geluTanh(x: Value): Value {
  const inner = scale(add(x, scale(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return mul(scale(x, 0.5), add(tanh(inner), scalar(1, x)))
}

/** Normalization to mean 0 and variance 1 over the last axis (Ba et al. 2016, https://arxiv.org/abs/1607.06450). */
export function layerNorm(x: Value, gain: Value, bias: Value, epsilon: number): Value {
  const centred = sub(x, mean(x, -1))
  const deviation = sqrt(add(mean(mul(centred, centred), -1), scalar(epsilon, x)))
  return add(mul(mul(centred, reciprocal(deviation)), gain), bias)
}

/** Root mean square normalization over the last axis (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467). */
export const rmsNorm = (x: Value, gain: Value, epsilon: number): Value => mul(mul(x, inverseRms(x, epsilon)), gain)

/**
 * Rotary position embedding in the half-split layout of Hugging Face checkpoints
 * (Su et al. 2021, https://arxiv.org/abs/2104.09864): x [..., T, D], cos and sin [T, D].
 */
export function rotary(x: Value, cos: Value, sin: Value): Value {
  return add(mul(x, cos), mul(rotateHalf(x), sin))
}

/**
 * Negative log-likelihood of each row's label: logits [n, v], labels int32 [n, 1] -> [n, 1].
 * It never builds a one-hot matrix; its gradient is the softmax minus 1 at the label of each row.
 */
export const crossEntropy = (logits: Value, labels: Value): Value =>
  sub(logSumExp(logits), gatherElements(logits, labels))

/**
 * Additive attention mask [length, length]: 0 where query t may attend to key s, a large negative number elsewhere.
 *
 * @param window how many keys a query attends to, its own included (Beltagy et al. 2020,
 * https://arxiv.org/abs/2004.05150); all keys up to its own by default
 */
export function causalMask(length: number, window = length): Value {
  const data = new Float32Array(length * length).fill(-1e9)
  for (let t = 0; t < length; t++) data.fill(0, t * length + Math.max(0, t - window + 1), t * length + t + 1)
  return constant(data, [length, length])
}
