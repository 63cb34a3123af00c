import type { Passage } from '../text/Passage.js'
import type { Message, RecordContent } from './RecordContent.js'

/**
 * All texts of a record, in order: the turns of a conversation, a prompt and its completion, the parts of a task. The caller
 * joins them: with a space, so that a completion is tokenized like an answer, or with a line break, so that a person sees
 * where the prompt ends.
 *
 * @example
 * recordTexts({ prompt: 'How deep is it?', completion: 'Four fathoms.' }) // ['How deep is it?', 'Four fathoms.']
 */
export const recordTexts = (content: RecordContent): string[] =>
  turnsOf(content)
    .map(({ text }) => text)
    .filter(Boolean)

/**
 * The texts of a record that are compared with other records, in order. System turns are omitted: they say how to answer, and
 * all records of a Datanet may share one.
 *
 * @example
 * passagesOf({ prompt: 'How deep is it?', completion: 'Four fathoms.' })
 * // [{ text: 'How deep is it?', learned: false }, { text: 'Four fathoms.', learned: true }]
 */
export const passagesOf = (content: RecordContent): Passage[] =>
  turnsOf(content)
    .filter(({ role }) => role !== 'system' && role !== 'developer')
    .map(({ text, learned }) => ({ text, learned }))

interface Turn extends Passage {
  readonly role: string
}

function turnsOf(content: RecordContent): Turn[] {
  if ('text' in content) return [learned(content.text)]
  if ('messages' in content) return content.messages.map(said)
  if ('instruction' in content) {
    const { instruction, input = '', output, system = '', history = [] } = content
    const earlier = history.flatMap(([question, answer]) => [given(question), learned(answer)])
    return [given(system, 'system'), ...earlier, given(instruction), given(input), learned(output)]
  }
  const { prompt, completion } = content
  return [
    ...(typeof prompt === 'string' ? [given(prompt)] : prompt.map(({ role, content }) => given(content, role))),
    ...(typeof completion === 'string' ? [learned(completion)] : completion.map(said)),
  ]
}

const given = (text: string, role = 'user'): Turn => ({ role, text, learned: false })
const learned = (text: string): Turn => ({ role: 'assistant', text, learned: true })
const said = ({ role, content }: Message): Turn => ({ role, text: content, learned: role === 'assistant' })
