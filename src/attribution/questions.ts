import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readJsonLines } from '../files/readJsonLines.js'
import type { Message } from '../models/ChatTokenizer.js'

/** A question to attribute the answer of. */
export interface Question {
  readonly line: number
  readonly prompt: string | readonly Message[]
  /** The answer, where it is given; else the model generates one. */
  readonly answer: string | undefined
  /** The line's other fields, handed through to the result. */
  readonly extra: Readonly<Record<string, unknown>>
}

const text = z.string().refine((value) => value.trim() !== '', 'must not be blank')
const prompted = z.looseObject({ prompt: text, completion: text.optional() })
const conversed = z.looseObject({ messages: z.array(z.strictObject({ role: text, content: text })).min(1) })

/**
 * Reads questions: JSON Lines of `{"prompt"}`, `{"prompt","completion"}`, or `{"messages"}` that end with the user's turn
 * (the model answers) or the assistant's (the answer is given).
 *
 * @throws OL1511 when a line is none of these
 */
export async function readQuestions(path: string): Promise<Question[]> {
  const lines = await readJsonLines(path)
  if (lines.length === 0) throw new OpenLedgerError('OL1511', { path, line: 1, reason: 'the file is empty' })
  return lines.map(({ line, value }) => {
    const parsed = ('messages' in value ? conversed : prompted).safeParse(value)
    const issue = parsed.error?.issues[0]
    if (issue) throw new OpenLedgerError('OL1511', { path, line, reason: `${issue.path.join('.')}: ${issue.message}` })
    return { line, ...split(parsed.data as Parsed) }
  })
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
