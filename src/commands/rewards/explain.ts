import { withDatanet } from '../../datanet/store/withDatanet.js'
import type { Hex } from '../../files/hex.js'
import { formatOpen, shortHex } from '../../terminal/formats.js'
import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { findRecord } from '../../workflows/datanets/findRecord.js'
import { recordEarnings, totalsOf } from '../../workflows/epochs/recordEarnings.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTotals, earningsTable } from '../views/describeEarnings.js'

/** `openledger rewards explain`: what one record earned, in which answer, and where the money is. */
export async function run(context: CommandContext, { record: beginning }: { readonly record: string }): Promise<void> {
  const { output, config } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const all = await recordEarnings(paths, connection)
  withDatanet(root, (store) => {
    const found = findRecord(
      store,
      beginning,
      all.map(({ recordId }) => recordId),
    )
    const { id, stored } = found
    const earnings = all.filter(({ recordId }) => recordId === id)
    const contributor = stored?.contributor ?? (earnings[0]?.contributor as Hex)
    const { sequence = null, contribution = null, licence = null, status = null, signature = null } = stored ?? {}
    output.result(
      {
        recordId: id,
        contributor,
        name: contributorNames(root).get(contributor.toLowerCase()) ?? null,
        record:
          stored === undefined
            ? null
            : { content: JSON.parse(stored.content) as object, status, sequence, contribution, licence, signature },
        ...totalsOf(earnings),
        earnings,
      },
      (data, style) =>
        [
          `record ${data.recordId} by ${data.name ?? data.contributor}`,
          ...(data.record === null
            ? ['It is not in this workspace’s Datanet.']
            : [
                `number ${data.record.sequence} of the Datanet, contribution ${data.record.contribution}, ${data.record.licence}, ${data.record.status}, signature ${shortHex(data.record.signature ?? '')}`,
              ]),
          '',
          ...(data.earnings.length === 0
            ? ['It has earned nothing yet: no paid answer was attributed to it.']
            : [
                earningsTable(data.earnings, style, 'answers'),
                '',
                `${formatOpen(data.totalWei)} in all: ${describeTotals(data.byStatus)}`,
              ]),
        ].join('\n'),
    )
  })
}
