import type { Random } from '../models/random.js'
import type { ModelLayout } from './ModelLayout.js'

const deviation = 0.02

/**
 * Initial weights of a model: normal with a standard deviation of 0.02, gains of 1, and zero in the layers that write to the
 * residual stream, so that every block starts as the identity.
 */
export function initialWeights(layout: ModelLayout, random: Random): Float32Array {
  const values = new Float32Array(layout.size)
  for (const { name, shape, offset, size } of layout.parameters) {
    if (shape.length === 1) values.fill(1, offset, offset + size)
    else if (!/\.(o_proj|down_proj)\./.test(name))
      for (let i = 0; i < size; i++) values[offset + i] = deviation * random.normal()
  }
  return values
}
