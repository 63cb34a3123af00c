import { type BatchShape, shapeFor } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import type { TrainingSettings } from '../settings/settings.js'

/** The examples of one run of a program, and its shape. */
export interface MicroBatch {
  readonly examples: readonly Example[]
  readonly shape: BatchShape
}

/**
 * Cuts the examples of a step into runs of `batchSize`.
 *
 * @param count examples in all: a batch larger than the data takes the data
 * @param limit tokens that the model reads at most
 */
export function microBatches(
  examples: readonly Example[],
  { batchSize }: Pick<TrainingSettings, 'batchSize'>,
  count: number,
  limit: number,
): MicroBatch[] {
  const batches: MicroBatch[] = []
  for (let start = 0; start < examples.length; start += batchSize) {
    const part = examples.slice(start, start + batchSize)
    batches.push({ examples: part, shape: shapeFor(part, Math.min(batchSize, count), limit) })
  }
  return batches
}
