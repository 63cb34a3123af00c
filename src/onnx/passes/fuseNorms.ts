import { secondResult, simplifiedLayerNormalization } from '../graph/primitives/fused.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import { topologicalOrder, type Value } from '../graph/Value.js'

interface Norm {
  readonly inverse: Value
  readonly gain: Value
}

/** Fuses x * 1/rms(x) * gain into one operator instead of four. It also returns 1/rms(x), which the gradient needs. */
export function fuseNorms<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const norms = new Map<Value, Norm>()
  const gains = new Map<Value, Value>()
  for (const value of topologicalOrder(Object.values<Value>(outputs))) {
    const norm = normOf(value)
    if (!norm || gains.has(norm.inverse)) continue
    norms.set(value, norm)
    gains.set(norm.inverse, norm.gain)
  }
  const fused = new Map<Value, Value>()
  return rewrite(outputs, ({ operation, sources }, before) => {
    const gain = gains.get(before)
    if (gain && operation.op === 'InverseRms') {
      const norm = simplifiedLayerNormalization(sources[0] as Value, gain, operation.epsilon)
      fused.set(before, norm)
      return secondResult(norm)
    }
    const norm = norms.get(before)
    return norm && fused.get(norm.inverse)
  })
}

/** The parts of x * 1/rms(x) * gain. The gain must be a leaf, so that it is available wherever 1/rms(x) is computed. */
function normOf({ operation, sources, type }: Value): Norm | undefined {
  const [scaled, gain] = sources as [Value, Value]
  if (operation.op !== 'Mul' || type !== 'float32' || scaled.operation.op !== 'Mul') return undefined
  const [x, inverse] = scaled.sources as [Value, Value]
  if (inverse.operation.op !== 'InverseRms' || inverse.sources[0] !== x) return undefined
  return gain.sources.length === 0 && gain.shape.length === 1 && gain.shape[0] === x.shape.at(-1)
    ? { inverse, gain }
    : undefined
}
