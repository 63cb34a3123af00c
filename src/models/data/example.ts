import type { Message, RecordContent } from '../../records/RecordContent.js'
import type { BaseModel } from '../base/BaseModel.js'
import { cutRecord, type LossOn, type Segment } from './segments.js'

/** A tokenized record. */
export interface Example {
  readonly ids: readonly number[]
  /** 1 for each token that carries loss, 0 for the others. */
  readonly labelled: Uint8Array
  /** Number of tokens cut off at the maximum length. */
  readonly truncated: number
  /** Whether the last labelled token was cut off, so that the model does not learn to stop from this record. */
  readonly lostEnd: boolean
  /** Lengths of the examples that share a packed row; see `packExamples`. */
  readonly documents?: readonly number[]
}

/** The tokens that end a turn or a text, at which generation stops. */
export const endTokensOf = ({ tokenizer, config }: BaseModel): ReadonlySet<number> =>
  new Set([...config.endTokens, ...(tokenizer.endToken === undefined ? [] : [tokenizer.endToken])])

/**
 * Tokenizes a record. Prompt and answer are tokenized separately, so that no token straddles the border. The answer ends
 * with an end token that always carries loss; without it the model would never learn to stop.
 *
 * @throws OL1307 when the template cannot render the messages, or hides where their turns begin and end
 */
export function encodeRecord(
  base: BaseModel,
  content: RecordContent,
  { maximumLength = base.config.maximumLength, lossOn = 'completion' as LossOn } = {},
): Example {
  const { segments, ended } = cutRecord(base, content, lossOn)
  return encodeSegments(base, segments, { maximumLength, ended })
}

/**
 * Tokenizes a question with its answer. Only the answer carries loss; earlier turns of the assistant are part of the
 * question.
 *
 * @throws OL1307 when the template cannot render the messages
 */
export function encodeAnswer(base: BaseModel, prompt: string | readonly Message[], answer: string): Example {
  const { segments } = cutRecord(
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

/** Token ids of a prompt for the model to continue. */
export function encodePrompt({ tokenizer }: BaseModel, prompt: string | readonly Message[]): number[] {
  if (typeof prompt !== 'string' || tokenizer.hasTemplate) {
    const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt
    return tokenizer.encode(tokenizer.render(messages, { generationPrompt: true }))
  }
  return tokenizer.encode(prompt, { special: true })
}

function encodeSegments(
  base: BaseModel,
  segments: readonly Segment[],
  { maximumLength, ended }: { readonly maximumLength: number; readonly ended: boolean },
): Example {
  const { tokenizer } = base
  const ids: number[] = []
  const labels: number[] = []
  for (const [i, { text, labelled, special = false }] of segments.entries()) {
    const before = segments[i - 1]?.text
    const part = before === undefined ? tokenizer.encode(text, { special }) : tokenizer.encodeContinuation(before, text)
    for (const id of part) {
      ids.push(id)
      labels.push(labelled ? 1 : 0)
    }
  }
  // A chat template writes the end token itself, sometimes with a line break after it.
  const ends = endTokensOf(base)
  if (ended && tokenizer.endToken !== undefined && !ids.slice(-2).some((id) => ends.has(id))) {
    ids.push(tokenizer.endToken)
    labels.push(1)
  }
  // Nothing predicts the first token.
  if (ids.length > 0) labels[0] = 0
  const kept = ids.slice(0, maximumLength)
  return {
    ids: kept,
    labelled: Uint8Array.from(labels.slice(0, maximumLength)),
    truncated: ids.length - kept.length,
    lostEnd: labels.lastIndexOf(1) >= maximumLength,
  }
}
