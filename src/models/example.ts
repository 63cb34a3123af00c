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
  { tokenizer, config, path }: BaseModel,
  content: RecordContent,
  { maximumLength = config.maximumLength, lossOn = 'completion' as LossOn } = {},
): Example {
  const segments = segmentsOf(
    content,
    tokenizer.hasTemplate,
    (messages, generationPrompt) => tokenizer.render(messages, { generationPrompt }),
    path,
  )
  const ids: number[] = []
  const labels: number[] = []
  for (const { text, labelled, special = false } of segments) {
    const part = tokenizer.encode(text, { special })
    ids.push(...part)
    for (const _ of part) labels.push(labelled || lossOn === 'all' ? 1 : 0)
  }
  const { endToken } = tokenizer
  const last = segments.at(-1) as Segment
  if (last.labelled && endToken !== undefined && ids.at(-1) !== endToken && !ids.slice(-2).includes(endToken)) {
    ids.push(endToken)
    labels.push(1)
  }
  // Nothing predicts the first token.
  labels[0] = 0
  const kept = ids.slice(0, maximumLength)
  return { ids: kept, labelled: Uint8Array.from(labels.slice(0, maximumLength)), truncated: ids.length - kept.length }
}

/** Token ids of a prompt that the model is to continue. */
export function encodePrompt({ tokenizer }: BaseModel, prompt: string | readonly Message[]): number[] {
  if (typeof prompt !== 'string' || tokenizer.hasTemplate) {
    const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt
    return tokenizer.encode(tokenizer.render(messages, { generationPrompt: true }))
  }
  return tokenizer.encode(prompt, { special: true })
}

function segmentsOf(
  content: RecordContent,
  hasTemplate: boolean,
  render: (messages: readonly Message[], generationPrompt: boolean) => string,
  path: string,
): Segment[] {
  if ('text' in content) return [{ text: content.text, labelled: true, special: true }]
  if ('prompt' in content && !hasTemplate)
    return [
      { text: content.prompt, labelled: false, special: true },
      { text: content.completion, labelled: true },
    ]
  const messages =
    'messages' in content
      ? content.messages
      : [
          { role: 'user', content: content.prompt },
          { role: 'assistant', content: content.completion },
        ]
  return conversation(messages, render, path)
}

/** Splits a rendered conversation at the borders of the assistant's turns. */
function conversation(
  messages: readonly Message[],
  render: (messages: readonly Message[], generationPrompt: boolean) => string,
  path: string,
): Segment[] {
  const whole = render(messages, false)
  const segments: Segment[] = []
  let done = 0
  for (const [i, { role }] of messages.entries()) {
    if (role !== 'assistant') continue
    const before = render(messages.slice(0, i), true)
    const after = render(messages.slice(0, i + 1), false)
    if (!whole.startsWith(before) || !whole.startsWith(after))
      throw new OpenLedgerError('OL1307', { path, reason: 'it renders a turn differently once another follows' })
    segments.push({ text: whole.slice(done, before.length), labelled: false })
    segments.push({ text: whole.slice(before.length, after.length), labelled: true })
    done = after.length
  }
  if (done < whole.length) segments.push({ text: whole.slice(done), labelled: false })
  return segments.filter(({ text }) => text !== '')
}
