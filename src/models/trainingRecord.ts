import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson } from '../files/canonicalJson.js'
import { type JsonLine, readJsonLines } from '../files/readJsonLines.js'

const text = z.string().refine((value) => value.trim() !== '', 'must not be blank')
const message = z.strictObject({ role: text, content: z.string() })

const contents = {
  'prompt-completion': z.object({ prompt: text, completion: text }),
  messages: z.object({ messages: z.array(message).min(1) }),
  text: z.object({ text }),
} as const

export type RecordFormat = keyof typeof contents
export type RecordContent =
  | { readonly prompt: string; readonly completion: string }
  | { readonly messages: readonly { readonly role: string; readonly content: string }[] }
  | { readonly text: string }

/** One line of a data file: what is trained on, and what is known of it. */
export interface TrainingRecord {
  readonly line: number
  readonly format: RecordFormat
  readonly content: RecordContent
  /** keccak256 of the content's canonical JSON, unless the line gives its own id. */
  readonly id: string
  readonly contributor: string | undefined
}

const metadata = z.object({ id: z.string().min(1).optional(), contributor: z.string().min(1).optional() })

/**
 * Reads training records: JSON Lines of prompt and completion, messages, or text, the shape decided line by line.
 * Further fields are metadata and never trained on.
 *
 * @throws OL1311 when a line has none of the shapes, naming the field, and OL1312 when there is no record
 */
export async function readTrainingRecords(path: string): Promise<TrainingRecord[]> {
  const lines = await readJsonLines(path)
  if (lines.length === 0) throw new OpenLedgerError('OL1312', { path })
  return lines.map((line) => parseTrainingRecord(path, line))
}

function parseTrainingRecord(path: string, { line, value }: JsonLine): TrainingRecord {
  const format = formatOf(value)
  if (format === undefined) {
    const reason = `it has the fields ${Object.keys(value).join(', ') || '(none)'}`
    throw new OpenLedgerError('OL1311', { path, line, reason })
  }
  const content = contents[format].safeParse(value)
  const known = metadata.safeParse(value)
  for (const parsed of [content, known]) {
    const issue = parsed.error?.issues[0]
    if (issue) throw new OpenLedgerError('OL1311', { path, line, reason: `${issue.path.join('.')}: ${issue.message}` })
  }
  const data = content.data as RecordContent
  return { line, format, content: data, id: known.data?.id ?? hashJson(data), contributor: known.data?.contributor }
}

function formatOf(value: Readonly<Record<string, unknown>>): RecordFormat | undefined {
  if ('messages' in value) return 'messages'
  if ('prompt' in value && 'completion' in value) return 'prompt-completion'
  if ('text' in value) return 'text'
  return undefined
}
