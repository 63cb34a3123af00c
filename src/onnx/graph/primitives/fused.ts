import type { Value } from '../Value.js'
import { make } from './makeValue.js'

/** x * inverseRms(x) * gain in one pass: an operator of ONNX Runtime's CPU device. */
export const simplifiedLayerNormalization = (x: Value, gain: Value, epsilon: number): Value =>
  make({ op: 'SimplifiedLayerNormalization', epsilon }, [x, gain], x.shape)

/** The inverse root mean square that {@link simplifiedLayerNormalization} returns as its second result. */
export const secondResult = (norm: Value): Value =>
  make({ op: 'SecondResult' }, [norm], [...norm.shape.slice(0, -1), 1])

/**
 * x * cos + rotateHalf(x) * sin in one pass, for x [batch, heads, length, size]. An operator of ONNX Runtime's CPU
 * device (com.microsoft.RotaryEmbedding).
 *
 * @param positions row of the tables for each token: int64 [1], that of the first token, or int64 [batch, length]
 * @param cos one half of the table, because the halves are equal: [positions, size / 2]; the same holds for `sin`
 */
export const rotaryEmbedding = (x: Value, positions: Value, cos: Value, sin: Value): Value =>
  make({ op: 'RotaryEmbedding' }, [x, positions, cos, sin], x.shape)
