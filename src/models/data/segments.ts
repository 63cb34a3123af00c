import type { Alpaca, Message, RecordContent, Tool } from '../../records/RecordContent.js'
import type { BaseModel } from '../base/BaseModel.js'
import { turnSpan } from './turnSpan.js'

/**
 * Tokens that carry loss. `completion`: the answer to the prompt, the assistant's turns of a conversation, or all of a plain
 * text, which has no prompt. `assistant`: only the assistant's turns, including those of a prompt. `all`: every token.
 */
export const lossParts = ['completion', 'assistant', 'all'] as const
export type LossOn = (typeof lossParts)[number]

/** A part of a record's text; either all of it carries loss or none. */
export interface Segment {
  readonly text: string
  readonly labelled: boolean
  /** Whether it begins the text, so that the tokenizer's begin-of-sequence tokens belong before it. */
  readonly special?: boolean
}

/** A record, cut where loss begins and ends. */
export interface CutRecord {
  readonly segments: readonly Segment[]
  /** Whether it ends with a labelled segment, so that an end token belongs after it. */
  readonly ended: boolean
}

/**
 * Renders a record as text, cut where loss begins and ends.
 *
 * If the model has a chat template, prompt and completion become a user's and an assistant's turn. Otherwise they are
 * joined unchanged, and a record in Alpaca's format is written with the prompt of Alpaca's authors.
 *
 * @throws OL1307 when the template cannot render the messages, or hides where their turns begin and end
 */
export function cutRecord(base: BaseModel, content: RecordContent, lossOn: LossOn = 'completion'): CutRecord {
  const plain = (segments: readonly Segment[]): CutRecord => {
    const ended = segments.at(-1)?.labelled ?? false
    return { segments: lossOn === 'all' ? segments.map((s) => ({ ...s, labelled: true })) : segments, ended }
  }
  if ('text' in content) return plain([{ text: content.text, labelled: lossOn !== 'assistant', special: true }])
  if ('messages' in content) return conversation(base, content.messages, { tools: content.tools, lossOn })
  const { hasTemplate } = base.tokenizer
  if ('instruction' in content && !hasTemplate) return plain(alpacaText(content, lossOn))
  if (typeof (content as Plain).prompt === 'string' && !hasTemplate) {
    const { prompt, completion } = content as Plain
    return plain([
      { text: prompt, labelled: false, special: true },
      { text: completion, labelled: true },
    ])
  }
  const { prompt, completion, tools } = turnsOf(content)
  const first = lossOn === 'assistant' ? 0 : prompt.length
  return conversation(base, [...prompt, ...completion], { tools, lossOn, first })
}

type Plain = Extract<RecordContent, { prompt: string }>
type Turns = Extract<RecordContent, { prompt: readonly Message[] }>

/** The prompt and the completion as turns. */
function turnsOf(content: Alpaca | Plain | Turns): Turns {
  if ('instruction' in content) return alpacaTurns(content)
  if (typeof content.prompt !== 'string') return content as Turns
  return {
    prompt: [{ role: 'user', content: content.prompt }],
    completion: [{ role: 'assistant', content: (content as Plain).completion }],
  }
}

interface ConversationOptions {
  readonly tools: readonly Tool[] | undefined
  readonly lossOn: LossOn
  /** Index of the first message that can be learned; the assistant's turns before it are part of the question. */
  readonly first?: number
}

/** Renders a conversation, and cuts it at the borders of the assistant's turns that carry loss. */
function conversation(
  { tokenizer, path }: BaseModel,
  messages: readonly Message[],
  { tools, lossOn, first = 0 }: ConversationOptions,
): CutRecord {
  const render = (turns: readonly Message[], generationPrompt = false): string =>
    tokenizer.render(turns, { generationPrompt, tools })
  const whole = render(messages)
  const isLearned = ({ role, train, weight }: Message): boolean =>
    role === 'assistant' && train !== false && weight !== 0
  if (lossOn === 'all')
    return { segments: [{ text: whole, labelled: true }], ended: isLearned(messages.at(-1) as Message) }
  const segments: Segment[] = []
  let done = 0
  for (const [i, message] of messages.entries()) {
    if (i < first || !isLearned(message)) continue
    const { start, end } = turnSpan(render, messages, i, { whole, path, endText: tokenizer.endText })
    segments.push(
      { text: whole.slice(done, start), labelled: false },
      { text: whole.slice(start, end), labelled: true },
    )
    done = end
  }
  segments.push({ text: whole.slice(done), labelled: false })
  const filled = segments.filter(({ text }) => text !== '')
  return { segments: filled, ended: filled.at(-1)?.labelled ?? false }
}

function alpacaTurns({ instruction, input, output, system, history = [] }: Alpaca): Turns {
  const prompt: Message[] = [
    ...(system ? [{ role: 'system', content: system }] : []),
    ...history.flatMap(([question, answer]) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]),
    { role: 'user', content: input ? `${instruction}\n\n${input}` : instruction },
  ]
  return { prompt, completion: [{ role: 'assistant', content: output }] }
}

/** The prompts of https://github.com/tatsu-lab/stanford_alpaca#data-release. */
function alpacaText({ instruction, input, output, system, history = [] }: Alpaca, lossOn: LossOn): Segment[] {
  const task = input
    ? 'an instruction that describes a task, paired with an input that provides further context'
    : 'an instruction that describes a task'
  const introduction = system || `Below is ${task}. Write a response that appropriately completes the request.`
  const ask = (question: string): string => `\n\n### Instruction:\n${question}`
  const segments: Segment[] = []
  let before = introduction
  for (const [question, answer] of history) {
    segments.push({ text: `${before}${ask(question)}\n\n### Response:\n`, labelled: false })
    segments.push({ text: answer, labelled: lossOn === 'assistant' })
    before = ''
  }
  segments.push({
    text: `${before}${ask(instruction)}${input ? `\n\n### Input:\n${input}` : ''}\n\n### Response:\n`,
    labelled: false,
  })
  segments.push({ text: output, labelled: true })
  return segments.map((segment, i) => ({ ...segment, special: i === 0 }))
}
