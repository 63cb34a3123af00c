import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Message } from '../../records/RecordContent.js'

/** Renders messages with a chat template; with `generationPrompt` the text ends with the cue for the assistant. */
type Render = (messages: readonly Message[], generationPrompt?: boolean) => string

/**
 * The span of the assistant's turn `i` in a rendered conversation: from the end of the generation prompt to the end of the
 * turn, its end token included.
 *
 * Templates do not mark turns, but rendering a prefix of the conversation shows their borders: the prefix without turn i
 * ends where the turn begins, and the prefix with it ends where the turn ends. Some templates render the last turn
 * differently from earlier ones (Qwen3 and SmolLM3 drop an earlier turn's thoughts); then the turn is the longest suffix of
 * its own rendering that occurs at its place in the whole. Others end the whole conversation with the token that ends a
 * text (Phi 3 and Falcon 3), which belongs to the last turn only.
 *
 * @throws OL1307 when the turn cannot be located in this way
 */
export function turnSpan(
  render: Render,
  messages: readonly Message[],
  i: number,
  { whole, path, endText }: { readonly whole: string; readonly path: string; readonly endText: string | undefined },
): { readonly start: number; readonly end: number } {
  const refuse = (): never => {
    const reason = `it renders turn ${i + 1} differently once another follows; train on all of it (--loss-on all), or on one turn a record`
    throw new OpenLedgerError('OL1307', { path, reason })
  }
  const earlier = messages.slice(0, i)
  const cued = i === 0 ? '' : render(earlier, true)
  const alone = render(messages.slice(0, i + 1))
  // The cue may contain more than the template keeps, such as the beginning of thoughts.
  const shared = sharedLength(cued, whole)
  if (shared < cued.length && (i === 0 || shared < render(earlier).length)) return refuse()
  const start = shared < cued.length ? Math.min(shared, headerLength(render, messages, i, alone)) : shared
  const closed = endText !== undefined && alone.endsWith(endText) ? alone.slice(0, -endText.length) : alone
  // A turn that the template drops has no end after its start.
  for (const turn of [alone, closed])
    if (whole.startsWith(turn)) return turn.length < start ? refuse() : { start, end: turn.length }
  const after = whole.slice(start)
  const turn = alone.slice(sharedLength(cued, alone))
  for (let from = 0; from < turn.length; from++) {
    const kept = turn.slice(from)
    if (after.startsWith(kept) && saysAll(kept, messages[i] as Message)) return { start, end: start + kept.length }
  }
  return refuse()
}

/**
 * The length of a turn's rendering before its answer. A cue that diverges from the turn may share the answer's first
 * characters by chance; rendering the turn with an answer that begins differently excludes that.
 */
function headerLength(render: Render, messages: readonly Message[], i: number, alone: string): number {
  const message = messages[i] as Message
  const other = message.content.trimStart().startsWith('A') ? 'B' : 'A'
  return sharedLength(render([...messages.slice(0, i), { ...message, content: other }]), alone)
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

/** Whether a rendered turn contains the answer without its thoughts, and the name of every tool call. */
function saysAll(rendered: string, { content, tool_calls: calls }: Message): boolean {
  const answer = (content.split('</think>').at(-1) as string).trim()
  const names = [calls ?? []].flat().map((call) => (call as { function?: { name?: unknown } }).function?.name)
  return [answer, ...names.filter((name) => typeof name === 'string')].every((part) => rendered.includes(part))
}
