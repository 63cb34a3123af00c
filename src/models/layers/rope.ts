import { rotary } from '../../onnx/graph/composites.js'
import { gather } from '../../onnx/graph/primitives/indexing.js'
import { constant } from '../../onnx/graph/primitives/inputs.js'
import { concat, reshape, slice } from '../../onnx/graph/primitives/movement.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { Rope, RopeScaling } from './ropeConfig.js'

interface RotaryTables {
  /** [length, size]; the two halves are equal, as the half-split layout requires. */
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/** Cosines and sines of rotary position embeddings for positions 0 to length - 1. */
export function rotaryTables(rope: Rope, length: number, textLength = length): RotaryTables {
  const frequencies = frequenciesOf(rope, textLength)
  const factor = attentionFactor(rope.scaling)
  const half = frequencies.length
  const cos = new Float32Array(length * 2 * half)
  const sin = new Float32Array(length * 2 * half)
  for (const [i, exact] of frequencies.entries()) {
    // float32 as in PyTorch: at long positions the rounding of the frequency matters more than that of the angle.
    const frequency = Math.fround(exact)
    for (let t = 0; t < length; t++) {
      const angle = Math.fround(t * frequency)
      for (const column of [i, i + half]) {
        cos[t * 2 * half + column] = factor * Math.cos(angle)
        sin[t * 2 * half + column] = factor * Math.sin(angle)
      }
    }
  }
  return { cos, sin }
}

/**
 * Applies rotary position embedding to queries or keys [batch, heads, length, headSize]. Elements of a head beyond
 * `rope.size` stay unchanged.
 *
 * @param length number of positions in the tables
 * @param positions position of each token, int32 [batch * length]; 0, 1, ... in every sequence by default
 * @param textLength length of the longest text, which some scalings depend on
 */
export function rotation(rope: Rope, length: number, positions?: Value, textLength = length): (x: Value) => Value {
  const { cos, sin } = rotaryTables(rope, length, textLength)
  const size = cos.length / length
  const tables = [cos, sin].map((data) => constant(data, [length, size]))
  return (x) => {
    const [batch, , tokens, width] = x.shape as [number, number, number, number]
    const own = positions ? tables.map((table) => reshape(gather(table, positions), [batch, 1, tokens, size])) : tables
    const turn = (part: Value): Value => rotary(part, own[0] as Value, own[1] as Value)
    return size === width ? turn(x) : concat([turn(slice(x, -1, 0, size)), slice(x, -1, size, width)], -1)
  }
}

/** Radians per token for each pair of elements, highest first, scaled as in transformers' modeling_rope_utils. */
function frequenciesOf({ size, theta, scaling }: Rope, textLength: number): number[] {
  const half = Math.ceil(size / 2)
  const powers = (base: number): number[] => Array.from({ length: half }, (_, i) => base ** ((-2 * i) / size))
  const plain = powers(theta)
  switch (scaling.rope_type) {
    case 'default':
      return plain
    // Chen et al. 2023, https://arxiv.org/abs/2306.15595
    case 'linear':
      return plain.map((frequency) => frequency / scaling.factor)
    // The base grows with the text beyond the model's context, so that the longest wavelength spans the text.
    case 'dynamic': {
      const { factor, max_position_embeddings: original } = scaling
      const reach = Math.max(textLength, original) / original
      return powers(theta * (factor * reach - (factor - 1)) ** (size / (size - 2)))
    }
    case 'llama3':
      return plain.map((frequency) => llama3(frequency, scaling))
    case 'yarn':
      return yarn(plain, size, theta, scaling)
    // Ding et al. 2024, https://arxiv.org/abs/2402.13753
    case 'longrope': {
      const long = textLength > scaling.original_max_position_embeddings
      const factors = long ? scaling.long_factor : scaling.short_factor
      return plain.map((frequency, i) => frequency / (factors[i] as number))
    }
  }
}

type Scaled<Type extends RopeScaling['rope_type']> = Extract<RopeScaling, { rope_type: Type }>

/** Keeps short wavelengths, stretches long ones, and interpolates between (Llama 3.1 model card). */
function llama3(frequency: number, scaling: Scaled<'llama3'>): number {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } = scaling
  const wavelength = (2 * Math.PI) / frequency
  if (wavelength > original / low) return frequency / factor
  if (wavelength < original / high) return frequency
  const smooth = (original / wavelength - low) / (high - low)
  return ((1 - smooth) * frequency) / factor + smooth * frequency
}

/** Keeps high frequencies and stretches low ones (Peng et al. 2023, https://arxiv.org/abs/2309.00071). */
function yarn(plain: readonly number[], size: number, theta: number, scaling: Scaled<'yarn'>): number[] {
  const { factor, beta_fast, beta_slow, original_max_position_embeddings: original, truncate } = scaling
  const pairOfTurns = (turns: number): number =>
    (size * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta))
  const [fast, slow] = [pairOfTurns(beta_fast), pairOfTurns(beta_slow)]
  const low = Math.max(truncate ? Math.floor(fast) : fast, 0)
  const high = Math.min(truncate ? Math.ceil(slow) : slow, size - 1)
  const width = high === low ? 0.001 : high - low
  return plain.map((frequency, i) => {
    const stretched = Math.min(Math.max((i - low) / width, 0), 1)
    return frequency * (1 - stretched) + (frequency / factor) * stretched
  })
}

/** The factor of cosines and sines; above 1 it sharpens the attention in longer texts. */
function attentionFactor(scaling: RopeScaling): number {
  const growth = (factor: number, weight = 1): number => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1)
  switch (scaling.rope_type) {
    case 'yarn': {
      const { factor, attention_factor: given, mscale, mscale_all_dim: all } = scaling
      return given ?? (mscale && all ? growth(factor, mscale) / growth(factor, all) : growth(factor))
    }
    case 'longrope': {
      const { original_max_position_embeddings: original, max_position_embeddings: maximum } = scaling
      const factor = scaling.factor ?? maximum / original
      return scaling.attention_factor ?? (factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)))
    }
    default:
      return 1
  }
}
