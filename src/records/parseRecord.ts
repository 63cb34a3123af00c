import type { z } from 'zod'
import { type Address, addressSchema } from '../config/address.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { canonicalJson, keccak256 } from '../files/canonicalJson.js'
import { lowerHex } from '../files/hex.js'
import { hexBytes } from '../files/hexSchemas.js'
import type { JsonLine } from '../files/readJsonLines.js'
import type { RecordContent } from './RecordContent.js'
import { filled, formatOf, recordShapes } from './recordShapes.js'
import { withoutNulls } from './withoutNulls.js'

/** Maximum size of a record's canonical content, in bytes. */
export const recordSizeLimit = 65_536

/** A record of a data file; metadata that the line omits is undefined. */
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

const hexField = (bytes: number, problem: string) => hexBytes(bytes, problem).transform(lowerHex)

const metadata = {
  id: hexField(32, 'is not a record id: 0x and 64 hexadecimal digits').optional(),
  contributor: addressSchema.optional(),
  licence: filled.refine((text) => text.length <= 200, 'is longer than 200 characters').optional(),
  signature: hexField(65, 'is not a signature: 0x and 130 hexadecimal digits').optional(),
}

/** The shapes that a Datanet accepts, with optional metadata. */
const schemas = {
  messages: recordShapes.messages.intake.extend(metadata),
  'prompt-completion': recordShapes['prompt-completion'].intake.extend(metadata),
  text: recordShapes.text.intake.extend(metadata),
}

type IntakeFormat = keyof typeof schemas
const formats = Object.keys(schemas) as readonly IntakeFormat[]
const fieldsOf = (format: IntakeFormat): string[] => Object.keys(schemas[format].shape)

/** Every field that a record of a Datanet may have. */
export const intakeFields: readonly string[] = [...new Set(formats.flatMap(fieldsOf))]

/** Whether an object is a record by itself, rather than the wrapper of a list. */
export const isRecord = (value: Readonly<Record<string, unknown>>): boolean =>
  formatOf(value, [], formats) !== undefined

/**
 * Removes columns that no record of the row's shape has.
 *
 * @param named the fields that the user mapped to columns; they decide the shape if the row fits several, or none
 */
export function onlyIntakeFields(value: JsonLine['value'], named: readonly string[]): JsonLine['value'] {
  const content = named.filter((field) => !(field in metadata))
  const format =
    formatOf(value, content, formats) ??
    formats.find((each) => content.every((field) => fieldsOf(each).includes(field)))
  const kept = format === undefined ? intakeFields : fieldsOf(format)
  return Object.fromEntries(Object.entries(value).filter(([field]) => kept.includes(field)))
}

/** The first shape of which a line has a field; prompt and completion if it has none. */
const formatMeant = (value: JsonLine['value']): IntakeFormat =>
  formats.find((format) => recordShapes[format].has.some((field) => field in value)) ?? 'prompt-completion'

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
 * Parses one line of a data file as a record, checks every field and computes its id. A field that is null is absent.
 *
 * @throws OL1100 with file, line, field and problem; OL1101 when the record is too long; OL1102 when it states a wrong id
 * @example
 * parseRecord({ line: 1, value: { text: 'Red sky at night.' } }, 'notes.jsonl').id // '0x…'
 */
export function parseRecord({ line, value: given }: JsonLine, file: string): ParsedRecord {
  const value = withoutNulls(given) as JsonLine['value']
  const parsed = schemas[formatMeant(value)].safeParse(value)
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
