import { reviewRecords } from '../../datanet/review/reviewRecords.js'
import { withDatanet } from '../../datanet/store/withDatanet.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { RecordContent } from '../../records/RecordContent.js'
import { recordTexts } from '../../records/recordTexts.js'
import { visible } from '../../terminal/printable.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly approve: string | undefined
  readonly reject: string | undefined
  readonly reason: string | undefined
  readonly reviewer: string
}

/** `openledger datanet review`: decides on pending records, by id or all. Without a decision it lists them. */
export async function run(context: CommandContext, { approve, reject, reason, reviewer }: Input): Promise<void> {
  const { output } = context
  withDatanet(context.workspace().root, (store) => {
    if (approve === undefined && reject === undefined) {
      const pending = store.records('pending').map(({ id, contributor, content, nearDuplicateOf, similarity }) => ({
        id,
        contributor,
        content: JSON.parse(content) as RecordContent,
        nearDuplicateOf,
        similarity,
      }))
      output.result({ pending }, (data, { table }) =>
        data.pending.length === 0
          ? 'Nothing is pending.'
          : table(
              [
                { title: 'record', shrink: true },
                { title: 'near-duplicate of', shrink: true },
                { title: 'content', shrink: true },
              ],
              data.pending.map((p) => [p.id, p.nearDuplicateOf ?? '', visible(recordTexts(p.content).join('\n'))]),
            ),
      )
      return
    }
    if (approve !== undefined && reject !== undefined) throw new OpenLedgerError('OL1039', {})
    const chosen = (approve ?? reject) as string
    const report = reviewRecords(store, {
      decision: approve === undefined ? 'reject' : 'approve',
      records: chosen === 'all' ? 'all' : chosen.split(',').map((id) => id.trim()),
      reviewer,
      reason,
    })
    output.result(report, (data) =>
      [
        `${data.approved} approved, ${data.rejected} rejected`,
        ...(data.left.length > 0 ? [`${data.left.length} near-duplicates wait for a decision by id`] : []),
        ...data.freed.map((id) => `${id} has the words of a record that was rejected: it can be approved by its id`),
        `Next: ${context.shell.line(data.approved > 0 ? 'datanet publish' : 'datanet status')}`,
      ].join('\n'),
    )
  })
}
