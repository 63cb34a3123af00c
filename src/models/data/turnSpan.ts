import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Message } from '../../records/RecordContent.js'

/** Renders messages by a chat template; with `generationPrompt` it ends with what cues the assistant. */
type Render = (messages: readonly Message[], generationPrompt?: boolean) => string

/**
 * Where the assistant's turn `i` lies in a rendered conversation: behind the cue that generation begins with, up to and
 * with what ends the turn.
 *
 * Templates mark no turns, but the conversation up to turn i shows them: without the turn it ends where the turn begins,
 * with the turn it ends where the turn ends. Some templates render the last turn otherwise than earlier ones (Qwen3 and
 * SmolLM3 drop an earlier turn's thoughts): then the turn is the longest end of its own rendering that stands at its
 * place in the whole. Others end a whole conversation with the token that ends a text (Phi 3 and Falcon 3): it belongs to
 * the last turn alone.
 *
 * @throws OL1307 when the turn cannot be told apart so
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
  // A cue may hold more than the template keeps, such as the beginning of thoughts.
  const shared = sharedLength(cued, whole)
  if (shared < cued.length && (i === 0 || shared < render(earlier).length)) return refuse()
  const start = shared < cued.length ? Math.min(shared, headerLength(render, messages, i, alone)) : shared
  const closed = endText !== undefined && alone.endsWith(endText) ? alone.slice(0, -endText.length) : alone
  // A turn that is not rendered at all has no end behind its start.
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
 * How much of a turn's rendering comes before its answer. A cue that goes on otherwise than the turn may share the answer's
 * first characters by chance; an answer that begins otherwise shares none.
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

/** Whether a rendered turn holds the answer, its thoughts apart, and every call. */
function saysAll(rendered: string, { content, tool_calls: calls }: Message): boolean {
  const answer = (content.split('</think>').at(-1) as string).trim()
  const names = [calls ?? []].flat().map((call) => (call as { function?: { name?: unknown } }).function?.name)
  return [answer, ...names.filter((name) => typeof name === 'string')].every((part) => rendered.includes(part))
}
