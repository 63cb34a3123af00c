import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { faultOf } from '../../files/parseWith.js'
import { type FieldMap, hasColumns, mapFields, shapeless } from '../../records/FieldMap.js'
import type { Message } from '../../records/RecordContent.js'
import type { Row } from '../../records/Row.js'
import { readRows } from '../../records/readRows.js'
import { byLine, refuseAll } from '../../records/refuseAll.js'
import { withoutNulls } from '../../records/withoutNulls.js'

/** A question whose answer is attributed. */
export interface Question {
  readonly line: number
  readonly prompt: string | readonly Message[]
  /** The given answer; if it is undefined, the model generates one. */
  readonly answer: string | undefined
  /** The line's other fields, which are passed through to the result. */
  readonly extra: Readonly<Record<string, unknown>>
}

const text = z.string().refine((value) => value.trim() !== '', 'must not be blank')
const prompted = z.looseObject({ prompt: text, completion: text.optional() })
const conversed = z.looseObject({ messages: z.array(z.strictObject({ role: text, content: text })).min(1) })

/** The fields of a question, which a field map may name. */
export const questionFields: readonly string[] = ['prompt', 'completion', 'messages']

/**
 * Reads questions from a data file of any format that {@link readRows} supports: `{"prompt"}`, `{"prompt","completion"}`, or
 * `{"messages"}` that end with the user's turn (the model answers) or the assistant's (the answer is given). A field that
 * is null is absent.
 *
 * @param map the columns of fields that have other names
 * @throws OL1511 or OL1904 when one row has none of these shapes, OL1357 when several have none
 * @throws the errors of {@link readRows}
 */
export async function readQuestions(path: string, map?: FieldMap): Promise<Question[]> {
  const { rows, faults } = await readRows(path, (value) =>
    map === undefined ? 'prompt' in value || 'messages' in value : hasColumns(value, map),
  )
  if (rows.length + faults.length === 0)
    throw new OpenLedgerError('OL1511', { path, line: 1, reason: 'the file is empty' })
  const bad = [...faults]
  const questions: Question[] = []
  for (const row of rows) {
    const question = parseQuestion(row, map)
    if (typeof question === 'string')
      bad.push(new OpenLedgerError('OL1511', { path, line: row.line, reason: question }))
    else questions.push(question)
  }
  refuseAll(byLine(bad), rows.length + faults.length)
  return questions
}

/** The question of a row, or the problem with it. */
function parseQuestion(row: Row, map: FieldMap | undefined): Question | string {
  const mapped = mapFields(row, map)
  if ('problem' in mapped) return mapped.problem
  // The other fields are passed through, so all of them must be exact.
  const [rounded] = mapped.rounded ?? []
  if (rounded !== undefined) return `${rounded[0]}: ${rounded[1]}`
  const value: Record<string, unknown> = { ...mapped.value }
  for (const field of questionFields)
    if (value[field] === null) delete value[field]
    else if (field in value) value[field] = withoutNulls(value[field])
  if (!('prompt' in value || 'messages' in value))
    return `there is neither prompt nor messages: ${shapeless(mapped.value)}`
  const parsed = ('messages' in value ? conversed : prompted).safeParse(value)
  if (!parsed.success) return faultOf(parsed.error).reason
  return { line: row.line, ...split(parsed.data as Parsed) }
}

type Parsed = z.infer<typeof prompted> | z.infer<typeof conversed>

function split(data: Parsed): Omit<Question, 'line'> {
  if ('messages' in data) {
    const { messages, ...extra } = data as z.infer<typeof conversed>
    const last = messages.at(-1) as Message
    return last.role === 'assistant'
      ? { prompt: messages.slice(0, -1), answer: last.content, extra }
      : { prompt: messages, answer: undefined, extra }
  }
  const { prompt, completion, ...extra } = data as z.infer<typeof prompted>
  return { prompt, answer: completion, extra }
}
