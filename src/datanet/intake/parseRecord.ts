import { z } from 'zod'
import { type Address, addressSchema } from '../../config/address.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { canonicalJson, keccak256 } from '../../files/canonicalJson.js'
import type { JsonLine } from '../../files/readJsonLines.js'
import { withoutNulls } from '../../records/withoutNulls.js'

/** Bytes of canonical content that a record may have. */
export const recordSizeLimit = 65_536

export type RecordContent =
  | { readonly prompt: string; readonly completion: string }
  | { readonly messages: readonly { readonly role: string; readonly content: string }[] }
  | { readonly text: string }

/** A record as a data file states it; what the line leaves out is undefined. */
export interface ParsedRecord {
  readonly line: number
  /** keccak256 of the content's canonical JSON. */
  readonly id: `0x${string}`
  /** Only the fields that are trained on. */
  readonly content: RecordContent
  /** Canonical JSON of the content. */
  readonly canonical: string
  readonly contributor: Address | undefined
  readonly licence: string | undefined
  readonly signature: `0x${string}` | undefined
}

const filled = z
  .string()
  .refine((text) => text.trim() !== '', 'is blank')
  // Half of a surrogate pair has no UTF-8 bytes, hence no hash.
  .refine((text) => !/\p{Surrogate}/u.test(text), 'holds half a character (a lone surrogate)')

const hexField = (pattern: RegExp, problem: string) =>
  z
    .string()
    .regex(pattern, problem)
    .transform((text) => text.toLowerCase() as `0x${string}`)

const metadata = {
  id: hexField(/^0x[0-9a-fA-F]{64}$/, 'is not a record id: 0x and 64 hexadecimal digits').optional(),
  contributor: addressSchema.optional(),
  licence: filled.refine((text) => text.length <= 200, 'is longer than 200 characters').optional(),
  signature: hexField(/^0x[0-9a-fA-F]{130}$/, 'is not a signature: 0x and 130 hexadecimal digits').optional(),
}

const role = z.enum(['system', 'user', 'assistant', 'tool'], 'is not system, user, assistant or tool')
const messages = z
  .array(z.strictObject({ role, content: filled }))
  .max(1000, 'has more than 1000 messages')
  .refine((list) => list.some((message) => message.role === 'assistant'), 'has no assistant message to learn from')

const completionSchema = z.strictObject({ prompt: filled, completion: filled, ...metadata })
const messagesSchema = z.strictObject({ messages, ...metadata })
const textSchema = z.strictObject({ text: filled, ...metadata })

/** Every field that a record of a Datanet may have. */
export const recordFields: readonly string[] = [
  ...new Set([completionSchema, messagesSchema, textSchema].flatMap(({ shape }) => Object.keys(shape))),
]

/** The fields of the kind of record that has all the named ones; all fields where none has. */
export const fieldsBeside = (named: readonly string[]): readonly string[] => {
  const kinds = [completionSchema, messagesSchema, textSchema].map(({ shape }) => Object.keys(shape))
  return kinds.find((fields) => named.every((field) => fields.includes(field))) ?? recordFields
}

/** Whether an object is a record by itself, and no wrapper of a list of them. */
export const isRecord = (value: Readonly<Record<string, unknown>>): boolean =>
  'messages' in value || 'text' in value || ('prompt' in value && 'completion' in value)

/** The schema of the shape that the keys show; prompt and completion where they show none. */
function schemaFor(value: Readonly<Record<string, unknown>>) {
  if ('prompt' in value || 'completion' in value) return completionSchema
  if ('messages' in value) return messagesSchema
  return 'text' in value ? textSchema : completionSchema
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): { field: string; problem: string } {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return { field: [...path, issue.keys[0]].join('.'), problem: 'is not a field of this kind of record' }
  }
  const field = path.join('.')
  if (issue.code !== 'invalid_type') return { field, problem: issue.message }
  const found = issue.path.reduce<unknown>((inner, key) => Object(inner)[key], value)
  return { field, problem: found === undefined ? 'is missing' : `is not of type ${issue.expected}` }
}

/**
 * Reads one line of a data file as a record, checks every field and computes its id. A field that is null is absent.
 *
 * @throws OL1100 with file, line, field and what is wrong; OL1101 when it is too long; OL1102 when it states a wrong id
 * @example
 * parseRecord({ line: 1, value: { text: 'Red sky at night.' } }, 'notes.jsonl').id // '0x…'
 */
export function parseRecord({ line, value: given }: JsonLine, file: string): ParsedRecord {
  const value = withoutNulls(given) as JsonLine['value']
  const parsed = schemaFor(value).safeParse(value)
  if (!parsed.success) {
    throw new OpenLedgerError('OL1100', { file, line, ...problemOf(parsed.error.issues[0]!, value) })
  }
  const { id: stated, contributor, licence, signature, ...content } = parsed.data
  const canonical = canonicalJson(content)
  const size = Buffer.byteLength(canonical)
  if (size > recordSizeLimit) throw new OpenLedgerError('OL1101', { file, line, size, limit: recordSizeLimit })
  const id = keccak256(canonical)
  if (stated !== undefined && stated !== id) {
    throw new OpenLedgerError('OL1102', { file, line, found: stated, expected: id })
  }
  return { line, id, content, canonical, contributor, licence, signature }
}

/** All words of a record's content, in order. */
export function textOf(content: RecordContent): string {
  if ('text' in content) return content.text
  if ('messages' in content) return content.messages.map((message) => message.content).join('\n')
  return `${content.prompt}\n${content.completion}`
}
