import { z } from 'zod'
import { plainMessage } from '../files/plainMessage.js'
import { parseAsWritten, plainNumber } from '../files/WrittenNumber.js'
import type { Message, RecordContent } from './RecordContent.js'

const text = z.string().refine((value) => value.trim() !== '', 'must not be blank')
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional()

const body = z.union(
  [
    z.string(),
    z
      .array(z.looseObject({ type: z.literal('text'), text: z.string() }))
      .transform((parts) => parts.map((part) => part.text).join('')),
  ],
  'must be a string, or a list of {"type": "text"} parts',
)

/** Fields of a message that would change what is learned, and that are not supported. */
const refused = { train_detail: z.undefined('ranges of characters cannot be trained on').optional() }
const trained = {
  train: z.boolean().nullish(),
  weight: z.preprocess(plainNumber, z.union([z.literal(0), z.literal(1)], 'must be 0 or 1').nullish()),
}

// Other fields of a message are passed to the chat template, which may ignore them.
const message = z
  .looseObject({
    role: text,
    content: body.nullish(),
    tool_calls: z.array(z.unknown()).nullish(),
    ...trained,
    ...refused,
  })
  .transform(({ content, tool_calls, ...rest }, context): Message => {
    if (content == null && !tool_calls?.length)
      context.addIssue({ code: 'custom', path: ['content'], message: 'is missing' })
    return { ...rest, content: content ?? '', ...(tool_calls && { tool_calls }) }
  })
const messages = z.array(message).min(1)

const toolList = z.array(z.record(z.string(), z.unknown()))
const tools = optional(
  z.union([
    toolList,
    z.string().transform((json, context) => {
      const parsed = toolList.safeParse(parseJson(json === '' ? '[]' : json))
      if (parsed.success) return parsed.data
      context.addIssue({ code: 'custom', message: 'must be a list of functions, or one as JSON' })
      return z.NEVER
    }),
  ]),
)

const turn = z.looseObject({ from: text, value: body, ...trained, ...refused })
const shareGptRoles: Readonly<Record<string, string>> = {
  system: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  chatgpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  function_call: 'assistant',
  tool: 'tool',
  observation: 'tool',
  function_response: 'tool',
}

/** Removes undefined fields, which canonical JSON cannot represent. */
const compact = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields

/** A line as it is trained on. The hash of `source`, the line's own fields, is the record's id. */
interface Parsed {
  readonly source: object
  readonly content: RecordContent
}

const same = (content: RecordContent): Parsed => ({ source: content, content })

/** A text that is not blank and can be hashed. */
export const filled = z
  .string()
  .refine((value) => value.trim() !== '', 'is blank')
  // A lone surrogate has no UTF-8 encoding, and so no hash.
  .refine((value) => !/\p{Surrogate}/u.test(value), 'holds half a character (a lone surrogate)')

const role = z.enum(['system', 'user', 'assistant', 'tool'], 'is not system, user, assistant or tool')
const strictMessages = z
  .array(z.strictObject({ role, content: filled }))
  .max(1000, 'has more than 1000 messages')
  .refine((list) => list.some((each) => each.role === 'assistant'), 'has no assistant message to learn from')

/** The shapes of records, in the order in which they are tried. */
export const recordShapes = {
  messages: {
    has: ['messages'],
    reads: ['messages', 'tools'],
    intake: z.strictObject({ messages: strictMessages }),
    training: z.object({ messages, tools }).transform((fields) => same(compact(fields))),
  },
  sharegpt: {
    has: ['conversations'],
    reads: ['conversations', 'system', 'tools'],
    training: z
      .object({ conversations: z.array(z.unknown()).min(1), system: optional(z.string()), tools })
      .transform(({ conversations, ...rest }, context): Parsed => {
        // Many files in this format contain messages with role and content.
        const named = conversations.some((each) => typeof each === 'object' && each !== null && 'role' in each)
        const parsed = named ? messages.safeParse(conversations) : z.array(turn).safeParse(conversations)
        for (const issue of parsed.error?.issues ?? [])
          context.addIssue({ code: 'custom', path: ['conversations', ...issue.path], message: plainMessage(issue) })
        if (!parsed.success) return z.NEVER
        const turns = named
          ? (parsed.data as Message[])
          : (parsed.data as Turn[]).map((each, i) => fromTurn(each, i, context))
        const system = rest.system ? [{ role: 'system', content: rest.system }] : []
        return {
          source: compact({ conversations: parsed.data, ...rest }),
          content: compact({ messages: [...system, ...turns], tools: rest.tools }),
        }
      }),
  },
  'prompt-completion': {
    has: ['prompt', 'completion'],
    reads: ['prompt', 'completion', 'tools'],
    intake: z.strictObject({ prompt: filled, completion: filled }),
    training: z
      .object({ prompt: z.unknown(), completion: z.unknown(), tools: z.unknown().optional() })
      .transform((fields, context): Parsed => {
        const schema = Array.isArray(fields.prompt)
          ? z.object({ prompt: messages, completion: messages, tools })
          : z.object({ prompt: text, completion: text })
        const parsed = schema.safeParse(fields)
        for (const issue of parsed.error?.issues ?? [])
          context.addIssue({ code: 'custom', path: issue.path, message: plainMessage(issue) })
        return parsed.success ? same(compact(parsed.data) as RecordContent) : z.NEVER
      }),
  },
  alpaca: {
    has: ['instruction', 'output'],
    reads: ['instruction', 'input', 'output', 'system', 'history'],
    training: z
      .object({
        instruction: text,
        input: optional(z.string()),
        output: text,
        system: optional(z.string()),
        history: optional(z.array(z.tuple([z.string(), z.string()]))),
      })
      .transform((fields) => same(compact(fields))),
  },
  text: {
    has: ['text'],
    reads: ['text'],
    intake: z.strictObject({ text: filled }),
    training: z.object({ text }).transform((fields) => same(fields)),
  },
} as const satisfies Readonly<Record<string, RecordShape>>

interface RecordShape {
  /** The fields that identify the shape. */
  readonly has: readonly string[]
  /** All fields that training reads. */
  readonly reads: readonly string[]
  /** The strict schema for contributions to a Datanet, which accepts no shape without one. */
  readonly intake?: z.ZodObject
  /** The lenient schema for training, with all common spellings; it ignores other fields. */
  readonly training: z.ZodType<Parsed>
}

export type RecordFormat = keyof typeof recordShapes

const recordFormats = Object.keys(recordShapes) as readonly RecordFormat[]

/**
 * The shape that a line's fields identify; undefined if there is none.
 *
 * @param named fields that the shape must read
 * @param formats the shapes to try
 */
export const formatOf = <Format extends RecordFormat = RecordFormat>(
  value: Readonly<Record<string, unknown>>,
  named: readonly string[] = [],
  formats = recordFormats as readonly Format[],
): Format | undefined =>
  formats.find((format) => {
    const { has, reads }: RecordShape = recordShapes[format]
    return has.every((field) => Object.hasOwn(value, field)) && named.every((field) => reads.includes(field))
  })

type Turn = z.infer<typeof turn>

function fromTurn({ from, value, ...rest }: Turn, i: number, context: z.RefinementCtx): Message {
  const role = shareGptRoles[from]
  const refuse = (field: string, reason: string): void =>
    context.addIssue({ code: 'custom', path: ['conversations', i, field], message: reason })
  if (role === undefined) refuse('from', `${from} is none of ${Object.keys(shareGptRoles).join(', ')}`)
  if (from !== 'function_call') return { ...rest, role: role ?? '', content: value }
  const call = parseJson(value)
  if (call === undefined) refuse('value', 'a function_call is written as JSON')
  return {
    ...rest,
    role: 'assistant',
    content: '',
    tool_calls: [call].flat().map((each) => ({ type: 'function', function: each })),
  }
}

function parseJson(json: string): unknown {
  try {
    return parseAsWritten(json)
  } catch {
    return undefined
  }
}
