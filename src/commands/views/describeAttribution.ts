import type { Attribution } from '../../attribution/report/Attribution.js'
import type { ContributorShare } from '../../attribution/shares/shares.js'
import { checksumAddress } from '../../config/checksumAddress.js'
import { formatShare } from '../../terminal/formats.js'
import type { Style } from '../../terminal/Style.js'
import { pad, textWidth, truncate, wrap } from '../../terminal/textWidth.js'

/** Names of contributors by their lower-case address. */
export type Names = ReadonlyMap<string, string>

const widest = 100
const contributorsShown = 4

/**
 * One answer on a few lines: the question, the answer, who shaped it beside what the words alone would say, and the
 * records with the largest shares.
 *
 * @param shown records at most
 */
export function describeAttribution(attribution: Attribution, names: Names, style: Style, shown = 5): string {
  const { answer, outcome } = attribution
  const { paint, columns } = style
  // Off a terminal a text is a line, so that it can be searched for.
  const page = columns === Number.POSITIVE_INFINITY ? columns : Math.min(widest, columns - 1)
  const indented = (text: string): string[] => wrap(text.trim(), page - 2)
  return [
    ...indented(askedIn(attribution)).map((line, i) => `${i === 0 ? paint.cyan('?') : ' '} ${paint.bold(line)}`),
    ...indented(answer).map((line) => `  ${line}`),
    ...(outcome === 'none'
      ? [`  ${paint.yellow('No record lowered the loss of this answer: nobody is paid for it.')}`]
      : [...sharesLine(attribution, names, style), ...recordLines(attribution, names, style, shown)]),
    ...spanLine(attribution, style),
  ].join('\n')
}

/** The prompt, of a conversation its last message. */
export const askedIn = ({ question: { prompt } }: Attribution): string =>
  typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '')

/** Nothing where the data names no contributors. */
function sharesLine({ contributors, lexical }: Attribution, names: Names, { paint }: Style): string[] {
  if (contributors.every(({ contributor }) => contributor === '')) return []
  const list = (shares: readonly ContributorShare[]): string => {
    const paid = shares.filter(({ share }) => share > 0)
    const more = paid.length - contributorsShown
    return [
      ...paid
        .slice(0, contributorsShown)
        .map(({ contributor, share }) => `${nameOf(contributor, names)} ${formatShare(share)}`),
      ...(more > 0 ? [`${more} more`] : []),
    ].join(', ')
  }
  const words = lexical.some(({ share }) => share > 0) ? list(lexical) : 'nobody'
  return [`  ${paint.green(list(contributors))}  ${paint.dim(`(BM25: ${words})`)}`]
}

function recordLines({ influence }: Attribution, names: Names, { paint, columns }: Style, shown: number): string[] {
  const paid = influence.filter(({ share }) => share > 0)
  const records = paid.slice(0, shown)
  const who = records.map(({ contributor }) => (contributor === null ? '' : nameOf(contributor, names)))
  const width = Math.max(0, ...who.map((name) => textWidth(name)))
  const more = paid.length - records.length
  return [
    ...records.map(({ share, line, excerpt = '' }, i) => {
      const name = width === 0 ? `line ${line}` : pad(who[i] as string, width)
      return paint.dim(truncate(`    ${pad(formatShare(share), 5, 'right')}  ${name}  ${excerpt}`, columns))
    }),
    ...(more > 0 ? [paint.dim(`           and ${more} more`)] : []),
  ]
}

/** The longest run of words that the answer shares with a record, word for word. */
function spanLine({ spans, answer }: Attribution, { paint, columns }: Style): string[] {
  const [longest] = [...spans].sort((a, b) => b.text.length - a.text.length)
  if (longest === undefined) return []
  const count = longest.recordIds.length === 1 ? '1 record' : `${longest.recordIds.length} records`
  const told = `word for word in ${count}`
  if (bare(longest.text) === bare(answer)) return [`    ${paint.dim(`the whole answer stands ${told}`)}`]
  return [`    ${paint.dim(`${truncate(`“${longest.text}`, columns - told.length - 6)}” ${told}`)}`]
}

/** Without the full stop, which may be missing where an answer ends. */
const bare = (text: string): string => text.trim().replace(/\W+$/, '')

export const nameOf = (contributor: string, names: Names): string =>
  names.get(contributor.toLowerCase()) ?? checksumAddress(contributor) ?? (contributor || 'no contributor')
