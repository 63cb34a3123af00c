import { withDatanet } from '../../datanet/store/withDatanet.js'
import { publishDatanet } from '../../workflows/datanets/publishDatanet.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'

/** `openledger datanet publish`: a version of the approved records, and its root on chain. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config } = context
  const { root } = context.workspace()
  await withDatanet(root, async (store) => {
    const connection = await openConnection({ ...config, workspace: root })
    const operation = await publishDatanet(store, connection)
    const { version: planned } = operation.facts
    const published = await carryOut(context, operation, {
      done: 'published',
      asksLocally: false,
      describe: (transactions) =>
        transactions.length === 0
          ? `Version ${planned.version} is on ${connection.network.chain.name} already.`
          : [
              `Would publish version ${planned.version}, ${planned.recordCount} records, root ${planned.root}.`,
              describeTransactions(transactions),
            ].join('\n'),
    })
    if (published === undefined) return
    const { version, datanetId, onChainVersion, transactionHash = null } = published
    output.result(
      {
        changed: version.created || transactionHash !== null,
        version: version.version,
        created: version.created,
        root: version.root,
        recordCount: version.recordCount,
        contentHash: version.contentHash,
        directory: version.directory,
        datanetId,
        chainId: connection.network.chain.id,
        onChainVersion,
        transactionHash,
      },
      (data) =>
        [
          data.transactionHash === null
            ? `Version ${data.version} was on ${connection.network.name} already, as version ${data.onChainVersion}.`
            : `Version ${data.version}, ${data.recordCount} records, is version ${data.onChainVersion} on ${connection.network.name}.`,
          `root  ${data.root}`,
          `Next: ${context.shell.line('train')}`,
        ].join('\n'),
    )
  })
}
