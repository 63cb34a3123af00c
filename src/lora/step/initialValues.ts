import { type AdapterLayout, scalingOf } from '../../models/adapter/adapterLayout.js'
import { adapterFeeds, adapterInputs, rowNorm } from '../../models/adapter/loraLayers.js'
import type { Network } from '../../models/architectures/Network.js'
import type { Random } from '../../models/random.js'
import { readWeight } from '../../models/weights/readWeight.js'
import type { Value } from '../../onnx/graph/Value.js'
import { Program, type ProgramOptions } from '../../onnx/runtime/Program.js'
import type { Initialization } from '../settings/settingValues.js'

/**
 * The parameters of an untrained adapter, which does not change the model: lora_B is zero; lora_A is uniform in
 * ±1/sqrt(inputs) (Kaiming with a = sqrt 5, PEFT's default), or normal with a standard deviation of 1/rank. For embeddings
 * lora_embedding_B is drawn instead, from the standard normal distribution. Magnitude vectors and whole tensors stay zero until
 * {@link setFromBase}.
 */
export function initialValues(
  layout: AdapterLayout,
  random: Random,
  initialization: Initialization = 'kaiming',
): Float32Array {
  const values = new Float32Array(layout.size)
  for (const { side, shape, offset, size } of layout.parameters) {
    if (side === 'lora_embedding_B') for (let i = 0; i < size; i++) values[offset + i] = random.normal()
    if (side !== 'lora_A') continue
    const bound = 1 / Math.sqrt(shape[1] as number)
    for (let i = 0; i < size; i++)
      values[offset + i] =
        initialization === 'gaussian' ? random.normal() / (shape[0] as number) : (random.uniform() * 2 - 1) * bound
  }
  return values
}

/**
 * Sets the parameters of an untrained adapter that come from the base, in place: whole tensors to the base's values, and
 * magnitude vectors of DoRA to the row norms of the adapted weights. The adapter then does not change the model.
 */
export async function setFromBase(
  { architecture, config, weights }: Network,
  layout: AdapterLayout,
  values: Float32Array,
  options: ProgramOptions = {},
): Promise<void> {
  const head = architecture.head(config)
  for (const { name, side, shape, offset } of layout.parameters) {
    if (side !== 'whole') continue
    const tensor = name === `${head.name}.weight` && head.tensor !== undefined ? head.tensor : name
    values.set(await readWeight(weights(tensor, shape), 'the base model'), offset)
  }
  if (!layout.useDora) return
  const parameters = adapterInputs(layout)
  const inputs = new Map(layout.parameters.map(({ name }, i) => [name, parameters[i] as Value]))
  const magnitudes = layout.parameters.filter(({ side }) => side === 'lora_magnitude_vector')
  const norms = [...architecture.modules(config), head].flatMap((module) => {
    const [a, b] = [inputs.get(`${module.name}.lora_A`), inputs.get(`${module.name}.lora_B`)]
    return a && b
      ? [
          [
            `${module.name}.lora_magnitude_vector`,
            rowNorm(weights, scalingOf(layout, module.name), module, a, b),
          ] as const,
        ]
      : []
  })
  const program = await Program.compile(Object.fromEntries(norms), options)
  try {
    const results = await program.run(adapterFeeds(layout, values))
    for (const { name, offset } of magnitudes) values.set(results[name] as Float32Array, offset)
  } finally {
    await program.dispose()
  }
}
