import { resolve } from 'node:path'
import { listCheckpoints } from './checkpoint.js'

/**
 * Where an adapter lies while it is trained, with its checkpoints and metrics.jsonl. Its name becomes that of the output
 * when everything is in it, so the output is there whole or not at all.
 */
export const unfinishedFolder = (output: string): string => `${resolve(output)}.partial`

/** The step that an interrupted training into `output` can go on from; undefined where there is none. */
export async function unfinishedStep(output: string): Promise<number | undefined> {
  return (await listCheckpoints(unfinishedFolder(output))).at(-1)?.step
}
