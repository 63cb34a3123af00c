import { rotary } from '../onnx/composites.js'
import { concat, constant, gather, reshape, slice } from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'
import type { RopeScaling } from './ropeConfig.js'

/** Rotary position embeddings of a model's heads. */
export interface Rope {
  /** How many elements of each head are turned, the first ones; an odd number is rounded up, as in transformers. */
  readonly size: number
  readonly theta: number
  readonly scaling: RopeScaling
}

interface RotaryTables {
  /** [length, elements turned], the two halves equal, as the half-split layout wants them. */
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/**
 * Cosines and sines of rotary position embeddings for positions 0 to length - 1.
 * Scaling as in transformers' modeling_rope_utils: linear (Chen et al. 2023, https://arxiv.org/abs/2306.15595), dynamic
 * (by the length, where that is beyond what the model was made for) and llama3 (Llama 3.1 model card).
 */
export function rotaryTables(rope: Rope, length: number): RotaryTables {
  const { size, scaling } = rope
  const half = Math.ceil(size / 2)
  const theta = stretched(rope, length)
  const cos = new Float32Array(length * 2 * half)
  const sin = new Float32Array(length * 2 * half)
  for (let i = 0; i < half; i++) {
    // float32 as in PyTorch: at long positions the rounding of the frequency matters more than that of the angle.
    const frequency = Math.fround(scaled(theta ** ((-2 * i) / size), scaling))
    for (let t = 0; t < length; t++) {
      const angle = Math.fround(t * frequency)
      for (const column of [i, i + half]) {
        cos[t * 2 * half + column] = Math.cos(angle)
        sin[t * 2 * half + column] = Math.sin(angle)
      }
    }
  }
  return { cos, sin }
}

/**
 * Turns queries or keys [batch, heads, length, headSize] by their positions; a head's elements past those of the tables
 * stay as they are.
 *
 * @param length positions of the tables
 * @param positions of the tokens, int32 [batch * length]; 0, 1, ... in every sequence unless given
 */
export function rotation(rope: Rope, length: number, positions?: Value): (x: Value) => Value {
  const { cos, sin } = rotaryTables(rope, length)
  const size = cos.length / length
  const tables = [cos, sin].map((data) => constant(data, [length, size]))
  return (x) => {
    const [batch, , tokens, width] = x.shape as [number, number, number, number]
    const own = positions ? tables.map((table) => reshape(gather(table, positions), [batch, 1, tokens, size])) : tables
    const turn = (part: Value): Value => rotary(part, own[0] as Value, own[1] as Value)
    return size === width ? turn(x) : concat([turn(slice(x, -1, 0, size)), slice(x, -1, size, width)], -1)
  }
}

/** The base of the frequencies, raised by dynamic scaling so that the longest wave grows with the text. */
function stretched({ size, theta, scaling }: Rope, length: number): number {
  if (scaling.rope_type !== 'dynamic') return theta
  const { factor, max_position_embeddings: original } = scaling
  const reach = Math.max(length, original) / original
  return theta * (factor * reach - (factor - 1)) ** (size / (size - 2))
}

function scaled(frequency: number, scaling: RopeScaling): number {
  switch (scaling.rope_type) {
    case 'default':
    case 'dynamic':
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
