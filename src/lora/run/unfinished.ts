import { resolve } from 'node:path'
import { listCheckpoints } from './checkpoint.js'

/**
 * The folder of an adapter during training, with its checkpoints and metrics.jsonl. When it is complete, it is renamed to the
 * output, so the output appears complete or not at all.
 */
export const unfinishedFolder = (output: string): string => `${resolve(output)}.partial`

/** The step from which an interrupted training into `output` can resume; undefined if there is none. */
export async function unfinishedStep(output: string): Promise<number | undefined> {
  return (await listCheckpoints(unfinishedFolder(output))).at(-1)?.step
}
