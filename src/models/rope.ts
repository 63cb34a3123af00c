import { rotary } from '../onnx/composites.js'
import { concat, constant, gather, reshape, slice } from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'
import type { RopeScaling } from './ropeConfig.js'

/** Rotary position embeddings of a model's heads. */
export interface Rope {
  /** The first elements of each head are turned, the others left as they are. */
  readonly size: number
  readonly theta: number
  readonly scaling: RopeScaling
}

interface RotaryTables {
  /** [length, size], the two halves equal, as the half-split layout wants them. */
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/**
 * Cosines and sines of rotary position embeddings for positions 0 to length - 1.
 * Scaling as in transformers' modeling_rope_utils: linear (Chen et al. 2023) and llama3 (Llama 3.1 model card).
 */
export function rotaryTables({ size, theta, scaling }: Rope, length: number): RotaryTables {
  const half = size / 2
  const cos = new Float32Array(length * size)
  const sin = new Float32Array(length * size)
  for (let i = 0; i < half; i++) {
    // float32 as in PyTorch: at long positions the rounding of the frequency matters more than that of the angle.
    const frequency = Math.fround(scaled(theta ** ((-2 * i) / size), scaling))
    for (let t = 0; t < length; t++) {
      const angle = Math.fround(t * frequency)
      for (const column of [i, i + half]) {
        cos[t * size + column] = Math.cos(angle)
        sin[t * size + column] = Math.sin(angle)
      }
    }
  }
  return { cos, sin }
}

/**
 * Turns queries or keys [batch, heads, length, headSize] by their positions; a head's elements past `size` stay as they are.
 *
 * @param length positions of the tables
 * @param positions of the tokens, int32 [batch * length]; 0, 1, ... in every sequence unless given
 */
export function rotation(rope: Rope, length: number, positions?: Value): (x: Value) => Value {
  const { cos, sin } = rotaryTables(rope, length)
  const { size } = rope
  const tables = [cos, sin].map((data) => constant(data, [length, size]))
  return (x) => {
    const [batch, , tokens, width] = x.shape as [number, number, number, number]
    const own = positions ? tables.map((table) => reshape(gather(table, positions), [batch, 1, tokens, size])) : tables
    const turn = (part: Value): Value => rotary(part, own[0] as Value, own[1] as Value)
    return size === width ? turn(x) : concat([turn(slice(x, -1, 0, size)), slice(x, -1, size, width)], -1)
  }
}

function scaled(frequency: number, scaling: RopeScaling): number {
  switch (scaling.rope_type) {
    case 'default':
      return frequency
    case 'linear':
      return frequency / scaling.factor
    case 'llama3': {
      const {
        factor,
        low_freq_factor: low,
        high_freq_factor: high,
        original_max_position_embeddings: original,
      } = scaling
      const wavelength = (2 * Math.PI) / frequency
      if (wavelength > original / low) return frequency / factor
      if (wavelength < original / high) return frequency
      const smooth = (original / wavelength - low) / (high - low)
      return ((1 - smooth) * frequency) / factor + smooth * frequency
    }
  }
}
