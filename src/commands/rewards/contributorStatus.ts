import { getClaimed } from '../../chain/actions/rewards/getClaimed.js'
import { formatCount, formatOpen, shortHex } from '../../terminal/formats.js'
import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { type Earning, recordEarnings, totalsOf } from '../../workflows/epochs/recordEarnings.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTotals, earningsTable } from '../views/describeEarnings.js'

/** What one contributor earned: by record, and in which answer. */
export async function contributorStatus(
  context: CommandContext,
  connection: Connection,
  account: `0x${string}`,
): Promise<void> {
  const { root, paths } = context.workspace()
  const earnings = (await recordEarnings(paths, connection)).filter(({ contributor }) => contributor === account)
  const byRecord = new Map<string, Earning[]>()
  for (const each of earnings) {
    const known = byRecord.get(each.recordId)
    if (known === undefined) byRecord.set(each.recordId, [each])
    else known.push(each)
  }
  const records = [...byRecord].map(([recordId, of]) => ({ recordId, answers: of.length, ...totalsOf(of) }))
  records.sort((a, b) => (a.totalWei === b.totalWei ? 0 : a.totalWei < b.totalWei ? 1 : -1))
  const claimedWei = await getClaimed(connection.client, { account })
  const name = contributorNames(root).get(account.toLowerCase()) ?? null
  context.output.result({ account, name, claimedWei, ...totalsOf(earnings), records, earnings }, (data, style) => {
    const right = (title: string) => ({ title, align: 'right' as const })
    if (data.earnings.length === 0) return `${data.name ?? data.account} has earned nothing yet.`
    return [
      `${data.name ?? data.account} earned ${formatOpen(data.totalWei)} with ${formatCount(data.records.length, 'record')}: ${describeTotals(data.byStatus)}`,
      '',
      style.table(
        [{ title: 'record' }, right('answers'), right('earned'), { title: 'where it is', shrink: true }],
        data.records.map((each) => [
          shortHex(each.recordId),
          String(each.answers),
          formatOpen(each.totalWei),
          describeTotals(each.byStatus),
        ]),
      ),
      '',
      earningsTable(data.earnings, style, 'records'),
      '',
      `More about one: ${context.shell.line(`rewards explain ${data.records[0]?.recordId.slice(0, 10)}`)}`,
    ].join('\n')
  })
}
