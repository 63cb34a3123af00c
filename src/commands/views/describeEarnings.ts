import { formatOpen, shortHex } from '../../terminal/formats.js'
import type { Style } from '../../terminal/Style.js'
import { type Earning, type EarningTotals, earningStatuses } from '../../workflows/epochs/recordEarnings.js'

/** Characters of a question that are shown. */
const shown = 60

const questionOf = ({ prompt, inferenceId }: Earning): string => {
  const text = prompt?.replaceAll(/\s+/g, ' ') ?? shortHex(inferenceId)
  return text.length > shown ? `${text.slice(0, shown - 1)}…` : text
}

/** Earnings as rows: each with its record, or only its answer where all are of one record. */
export function earningsTable(earnings: readonly Earning[], { table }: Style, by: 'records' | 'answers'): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  return table(
    [
      ...(by === 'records' ? [{ title: 'record' }] : []),
      right('epoch'),
      right('earned'),
      { title: 'status' },
      { title: 'answer' },
      { title: 'question', shrink: true },
    ],
    earnings.map((each) => [
      ...(by === 'records' ? [shortHex(each.recordId)] : []),
      String(each.epoch ?? ''),
      formatOpen(each.amountWei),
      each.status,
      shortHex(each.inferenceId),
      questionOf(each),
    ]),
  )
}

/** Sums in the order in which money travels: `1 OPEN pending, 2 OPEN claimed`. */
export const describeTotals = (byStatus: EarningTotals['byStatus']): string =>
  earningStatuses
    .flatMap((status) => (byStatus[status] === undefined ? [] : [`${formatOpen(byStatus[status])} ${status}`]))
    .join(', ')
