import type { RopeScaling } from './config.js'

export interface RotaryTables {
  /** [length, headSize], the two halves equal, as the half-split layout wants them. */
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/**
 * Cosines and sines of rotary position embeddings for positions 0 to length - 1.
 * Scaling as in transformers' modeling_rope_utils: linear (Chen et al. 2023) and llama3 (Llama 3.1 model card).
 */
export function rotaryTables(headSize: number, length: number, theta: number, scaling: RopeScaling): RotaryTables {
  const half = headSize / 2
  const cos = new Float32Array(length * headSize)
  const sin = new Float32Array(length * headSize)
  for (let i = 0; i < half; i++) {
    // float32 as in PyTorch: at long positions the rounding of the frequency matters more than that of the angle.
    const frequency = Math.fround(scaled(theta ** ((-2 * i) / headSize), scaling))
    for (let t = 0; t < length; t++) {
      const angle = Math.fround(t * frequency)
      for (const column of [i, i + half]) {
        cos[t * headSize + column] = Math.cos(angle)
        sin[t * headSize + column] = Math.sin(angle)
      }
    }
  }
  return { cos, sin }
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
