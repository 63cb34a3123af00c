import type { AdapterLayout } from '../models/adapter.js'
import type { Random } from '../models/random.js'

/**
 * The parameters of an untrained adapter, as PEFT's default: lora_A uniform in ±1/sqrt(inputs) (Kaiming with a = sqrt 5),
 * lora_B zero, so that the adapter changes nothing yet.
 */
export function initialValues(layout: AdapterLayout, random: Random): Float32Array {
  const values = new Float32Array(layout.size)
  for (const { side, shape, offset, size } of layout.parameters) {
    if (side === 'lora_B') continue
    const bound = 1 / Math.sqrt(shape[1])
    for (let i = 0; i < size; i++) values[offset + i] = (random.uniform() * 2 - 1) * bound
  }
  return values
}
