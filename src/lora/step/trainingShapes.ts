import type { Network } from '../../models/architectures/Network.js'
import { type BatchShape, shapeKey } from '../../models/data/batch.js'
import { chooseShapes, type ShapeCount } from '../../models/data/chooseShapes.js'
import type { Example } from '../../models/data/example.js'
import type { Random } from '../../models/random.js'
import type { TrainingSettings } from '../settings/settings.js'
import { BatchOrder } from './BatchOrder.js'
import { microBatches } from './microBatches.js'

/** Maximum number of steps whose batches are drawn; later steps are similar. */
export const drawnSteps = 4000

/**
 * Draws the batches of a training in advance, as training will draw them, and chooses the shapes that they run at.
 *
 * @param random the generator that the training's order starts with; it is not advanced
 */
export function trainingShapes(
  network: Network,
  examples: readonly Example[],
  settings: TrainingSettings,
  { random, steps }: { readonly random: Random; readonly steps: number },
): (shape: BatchShape) => BatchShape {
  const order = new BatchOrder(
    examples.map(({ ids }) => ids.length),
    settings,
    random,
  )
  const drawn = Math.min(steps, drawnSteps)
  const counts = new Map<string, ShapeCount>()
  for (let step = 0; step < drawn; step++) {
    const batch = order.next().indices.map((i) => examples[i] as Example)
    for (const { shape } of microBatches(batch, settings, examples.length, network.config.maximumLength)) {
      const key = shapeKey(shape)
      counts.set(key, { shape, count: (counts.get(key)?.count ?? 0) + steps / drawn })
    }
  }
  return chooseShapes({ network, passes: 2 }, [...counts.values()])
}
