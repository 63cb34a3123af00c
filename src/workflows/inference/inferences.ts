import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Attribution } from '../../attribution/report/Attribution.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hashJson } from '../../files/canonicalJson.js'
import { hash32, lowerAddress } from '../../files/hexSchemas.js'
import { parseWith } from '../../files/parseWith.js'
import { readJsonLines } from '../../files/readJsonLines.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'

/** A part of an inference's payment, by weight. */
export const shareSchema = z.strictObject({
  recordId: hash32,
  contributor: lowerAddress,
  share: z.number().positive(),
})

const inferenceSchema = z.strictObject({
  inferenceId: hash32,
  modelId: hash32,
  promptHash: hash32,
  answerHash: hash32,
  payer: lowerAddress,
  nonce: z.string(),
  prompt: z.string(),
  answer: z.string(),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  scorer: z.string(),
  /** Settings of the attribution that were not the defaults. */
  damping: z.number().positive().optional(),
  minimumShare: z.number().min(0).max(1).optional(),
  /** Weights of the payment, summing to 1; empty when no record lowered the answer's loss. */
  shares: z.array(shareSchema),
})

/** An answered and attributed question, noted before it is paid for, so that no payment lacks its inference. */
export type NotedInference = Readonly<z.infer<typeof inferenceSchema>>

const folderOf = (paths: WorkspacePaths): string => join(paths.attribution, 'inferences')

/**
 * The inferences that the workspace has noted so far, by batch: what one command meant to pay for, in one file, which is
 * written once and never changed.
 */
export async function readBatches(paths: WorkspacePaths): Promise<NotedInference[][]> {
  const folder = folderOf(paths)
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new OpenLedgerError('OL1900', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  const batches: NotedInference[][] = []
  for (const name of names.filter((each) => each.endsWith('.jsonl')).sort()) {
    const path = join(folder, name)
    batches.push((await readJsonLines(path)).map(({ line, value }) => parseInference(value, path, line)))
  }
  return batches
}

/** The inferences of all batches. */
export const readInferences = async (paths: WorkspacePaths): Promise<NotedInference[]> =>
  (await readBatches(paths)).flat()

/** Notes a batch; all of it is there afterwards, or nothing. Two at once have files of their own. */
export async function noteBatch(paths: WorkspacePaths, batch: readonly NotedInference[]): Promise<void> {
  const name = `${batch[0]?.inferenceId.slice(2, 18)}.jsonl`
  await writeFileAtomic(
    join(folderOf(paths), name),
    batch.map((inference) => `${JSON.stringify(inference)}\n`).join(''),
  )
}

const parseInference = (value: unknown, path: string, line: number): NotedInference =>
  parseWith(inferenceSchema, value, ({ reason }) => new OpenLedgerError('OL1904', { path, line, reason }))

/** The hash by which a receipt names a prompt: keccak256 of its canonical JSON, text or messages. */
export const promptHash = ({ question }: Attribution): `0x${string}` => hashJson(question.prompt)
