import { type BatchShape, shapeFor } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import type { TrainingSettings } from '../settings/settings.js'

/** The examples of one program run, and its shape. */
export interface MicroBatch {
  readonly examples: readonly Example[]
  readonly shape: BatchShape
}

/**
 * Splits the examples of a step into micro-batches of `batchSize`.
 *
 * @param count number of examples in total, which limits the batch size
 * @param limit context length of the model in tokens
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
