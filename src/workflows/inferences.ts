import { join } from 'node:path'
import { z } from 'zod'
import type { Attribution } from '../attribution/attribute.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { readJsonLines } from '../files/readJsonLines.js'
import { reasonOf } from '../files/reasonOf.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'

const hash = z.string().regex(/^0x[0-9a-f]{64}$/)
const address = z.string().regex(/^0x[0-9a-f]{40}$/)

const inferenceSchema = z.strictObject({
  inferenceId: hash,
  modelId: hash,
  promptHash: hash,
  answerHash: hash,
  payer: address,
  nonce: z.string(),
  prompt: z.string(),
  answer: z.string(),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  scorer: z.string(),
  /** Weights of the payment, summing to 1; empty when no record lowered the answer's loss. */
  shares: z.array(z.strictObject({ recordId: hash, contributor: address, share: z.number().positive() })),
})

/** An answered and attributed question, noted before it is paid for, so that a payment never lacks its inference. */
export type Inference = Readonly<z.infer<typeof inferenceSchema>>

const fileOf = (paths: WorkspacePaths): string => join(paths.attribution, 'inferences.jsonl')

/** The inferences that the workspace has noted so far. */
export async function readInferences(paths: WorkspacePaths): Promise<Inference[]> {
  const path = fileOf(paths)
  const lines = await readJsonLines(path).catch((error: unknown) => {
    if (OpenLedgerError.is(error) && error.code === 'OL1900') return []
    throw error
  })
  return lines.map(({ line, value }) => {
    const parsed = inferenceSchema.safeParse(value)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    const reason = `${issue?.path.join('.')}: ${reasonOf(issue?.message)}`
    throw new OpenLedgerError('OL1904', { path, line, reason })
  })
}

/** Notes more inferences; all of them are in the file, or none. */
export async function noteInferences(paths: WorkspacePaths, added: readonly Inference[]): Promise<void> {
  const all = [...(await readInferences(paths)), ...added]
  await writeFileAtomic(fileOf(paths), all.map((inference) => `${JSON.stringify(inference)}\n`).join(''))
}

/** The hash by which a receipt names a prompt: keccak256 of its canonical JSON, text or messages. */
export const promptHash = ({ question }: Attribution): `0x${string}` => hashJson(question.prompt)
