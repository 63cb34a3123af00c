/** A stretch of a record's text: one turn of a conversation, a prompt, a completion. */
export interface Passage {
  readonly text: string
  /** Whether the model is trained to say it, rather than given it to answer. */
  readonly learned: boolean
}

interface Turn {
  readonly role: string
  readonly content: string
}

/** The fields of every shape of record that hold words. */
export type ComparedContent =
  | { readonly text: string }
  | { readonly prompt: string | readonly Turn[]; readonly completion: string | readonly Turn[] }
  | { readonly messages: readonly Turn[] }
  | {
      readonly instruction: string
      readonly output: string
      readonly input?: string | undefined
      readonly history?: readonly (readonly [string, string])[] | undefined
    }

/**
 * What of a record is compared with other records, in order. The system turn is left out: it says how to answer, and whole
 * Datanets share one.
 *
 * @example
 * passagesOf({ prompt: 'How deep is it?', completion: 'Four fathoms.' })
 * // [{ text: 'How deep is it?', learned: false }, { text: 'Four fathoms.', learned: true }]
 */
export function passagesOf(content: ComparedContent): readonly Passage[] {
  if ('text' in content) return [{ text: content.text, learned: true }]
  if ('messages' in content) return turnsOf(content.messages)
  if ('instruction' in content) {
    const { instruction, input = '', output, history = [] } = content
    const earlier = history.flatMap(([asked, answered]) => [given(asked), learned(answered)])
    return [...earlier, given(instruction), given(input), learned(output)]
  }
  const { prompt, completion } = content
  return [
    ...(typeof prompt === 'string' ? [given(prompt)] : turnsOf(prompt).map(({ text }) => given(text))),
    ...(typeof completion === 'string' ? [learned(completion)] : turnsOf(completion)),
  ]
}

const given = (text: string): Passage => ({ text, learned: false })
const learned = (text: string): Passage => ({ text, learned: true })

const turnsOf = (turns: readonly Turn[]): Passage[] =>
  turns
    .filter(({ role }) => role !== 'system' && role !== 'developer')
    .map(({ role, content }) => ({ text: content, learned: role === 'assistant' }))
