import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { BaseModel } from './BaseModel.js'
import type { Message } from './ChatTokenizer.js'
import type { RecordContent } from './trainingRecord.js'

/** Which tokens carry loss: answers only, or every token. Plain text has no prompt, so all of it counts. */
export type LossOn = 'completion' | 'all'

/** A record as the model reads it. */
export interface Example {
  readonly ids: readonly number[]
  /** 1 where the token is to be predicted from those before it. */
  readonly labelled: Uint8Array
  /** Tokens that did not fit into the maximum length. */
  readonly truncated: number
}

interface Segment {
  readonly text: string
  readonly labelled: boolean
  readonly special?: boolean
}

/**
 * Tokenises a record. Prompt and answer are tokenised apart, so that no token straddles the border, and the answer ends
 * with the token that ends a turn, which always carries loss: without it the model never learns to stop.
 *
 * A prompt and completion become a user's and an assistant's turn where the model has a chat template, and are joined
 * as they are where it has none.
 *
 * @throws OL1307 when the template cannot render the messages
 */
export function encodeRecord(
  base: BaseModel,
  content: RecordContent,
  { maximumLength = base.config.maximumLength, lossOn = 'completion' as LossOn } = {},
): Example {
  const segments = segmentsOf(base, content)
  return encodeSegments(base, lossOn === 'all' ? segments.map((s) => ({ ...s, labelled: true })) : segments, {
    maximumLength,
    // Where all counts, what follows the last answer is still no answer to end.
    ended: segments.at(-1)?.labelled ?? false,
  })
}

/**
 * Tokenises a question with its answer, of which alone the tokens carry loss: an earlier turn of the assistant is part of
 * the question.
 *
 * @throws OL1307 when the template cannot render the messages
 */
export function encodeAnswer(base: BaseModel, prompt: string | readonly Message[], answer: string): Example {
  const segments = segmentsOf(
    base,
    typeof prompt === 'string'
      ? { prompt, completion: answer }
      : { messages: [...prompt, { role: 'assistant', content: answer }] },
  )
  const last = segments.findLastIndex(({ labelled }) => labelled)
  return encodeSegments(
    base,
    segments.map((segment, i) => ({ ...segment, labelled: i === last })),
    { maximumLength: base.config.maximumLength, ended: last === segments.length - 1 },
  )
}

/** Token ids of a prompt that the model is to continue. */
export function encodePrompt({ tokenizer }: BaseModel, prompt: string | readonly Message[]): number[] {
  if (typeof prompt !== 'string' || tokenizer.hasTemplate) {
    const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt
    return tokenizer.encode(tokenizer.render(messages, { generationPrompt: true }))
  }
  return tokenizer.encode(prompt, { special: true })
}

function encodeSegments(
  { tokenizer }: BaseModel,
  segments: readonly Segment[],
  { maximumLength, ended }: { readonly maximumLength: number; readonly ended: boolean },
): Example {
  const ids: number[] = []
  const labels: number[] = []
  for (const { text, labelled, special = false } of segments) {
    const part = tokenizer.encode(text, { special })
    for (const id of part) {
      ids.push(id)
      labels.push(labelled ? 1 : 0)
    }
  }
  // A template ends the turn itself, some with a line break behind.
  const { endToken } = tokenizer
  if (ended && endToken !== undefined && !ids.slice(-2).includes(endToken)) {
    ids.push(endToken)
    labels.push(1)
  }
  // Nothing predicts the first token.
  if (ids.length > 0) labels[0] = 0
  const kept = ids.slice(0, maximumLength)
  return { ids: kept, labelled: Uint8Array.from(labels.slice(0, maximumLength)), truncated: ids.length - kept.length }
}

function segmentsOf(base: BaseModel, content: RecordContent): Segment[] {
  if ('text' in content) return [{ text: content.text, labelled: true, special: true }]
  if ('messages' in content) return conversation(base, content.messages)
  const { prompt, completion } = content
  if (base.tokenizer.hasTemplate)
    return conversation(base, [
      { role: 'user', content: prompt },
      { role: 'assistant', content: completion },
    ])
  return [
    { text: prompt, labelled: false, special: true },
    { text: completion, labelled: true },
  ]
}

/** Splits a rendered conversation at the borders of the assistant's turns. */
function conversation({ tokenizer, path }: BaseModel, messages: readonly Message[]): Segment[] {
  const whole = tokenizer.render(messages)
  const segments: Segment[] = []
  let done = 0
  for (const [i, { role }] of messages.entries()) {
    if (role !== 'assistant') continue
    const before = tokenizer.render(messages.slice(0, i), { generationPrompt: true })
    const after = tokenizer.render(messages.slice(0, i + 1))
    if (!whole.startsWith(before) || !whole.startsWith(after))
      throw new OpenLedgerError('OL1307', { path, reason: 'it renders a turn differently once another follows' })
    segments.push({ text: whole.slice(done, before.length), labelled: false })
    segments.push({ text: whole.slice(before.length, after.length), labelled: true })
    done = after.length
  }
  if (done < whole.length) segments.push({ text: whole.slice(done), labelled: false })
  return segments.filter(({ text }) => text !== '')
}
