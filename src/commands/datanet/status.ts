import { withDatanet } from '../../datanet/store/withDatanet.js'
import { datanetStatus } from '../../datanet/versions/datanetStatus.js'
import { shortHex } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'

const commands = {
  add: 'datanet add records.jsonl --contributor mara',
  review: 'datanet review --approve all',
  version: 'datanet publish',
  publish: 'datanet publish',
  none: 'train',
} as const

/** `openledger datanet status`: records by status and contributor, and the versions. */
export async function run(context: CommandContext): Promise<void> {
  withDatanet(context.workspace().root, (store) => {
    context.output.result(datanetStatus(store), (data, { paint, table }) => {
      const right = (title: string) => ({ title, align: 'right' as const })
      const contributors = data.contributors.map((c) => [
        c.name ?? '',
        c.address,
        String(c.approved),
        String(c.pending),
        String(c.rejected),
      ])
      const versions = data.versions.map((v) => [
        String(v.version),
        String(v.recordCount),
        shortHex(v.root, 8),
        v.publications.map(({ chainId, onChainVersion }) => `chain ${chainId}, version ${onChainVersion}`).join('; '),
      ])
      return [
        `${paint.bold(data.datanet.title)} (${data.datanet.name}, ${data.datanet.licence})`,
        `identity ${data.datanet.identity}`,
        '',
        table(
          [
            { title: 'contributor' },
            { title: 'address', shrink: true },
            right('approved'),
            right('pending'),
            right('rejected'),
          ],
          contributors,
        ),
        ...(versions.length === 0
          ? []
          : [
              '',
              table(
                [right('version'), right('records'), { title: 'root' }, { title: 'published', shrink: true }],
                versions,
              ),
            ]),
        '',
        `Next: ${context.shell.line(commands[data.next])}`,
      ].join('\n')
    })
  })
}
