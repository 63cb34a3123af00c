import { withDatanet } from '../../datanet/store/withDatanet.js'
import { planPublication, publishDatanet } from '../../workflows/datanets/publishDatanet.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTransactions } from '../views/describeTransactions.js'

/** `openledger datanet publish`: a version of the approved records, and its root on chain. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config, flags } = context
  const { root } = context.workspace()
  await withDatanet(root, async (store) => {
    const connection = await openConnection({ ...config, workspace: root })
    if (flags.dryRun) {
      const { version, transactions } = await planPublication(store, connection)
      output.result({ published: false, version, transactions }, () =>
        transactions.length === 0
          ? `Version ${version.version} is on ${connection.network.chain.name} already.`
          : [
              `Would publish version ${version.version}, ${version.recordCount} records, root ${version.root}.`,
              describeTransactions(transactions),
            ].join('\n'),
      )
      return
    }
    const plan = async () => (await planPublication(store, connection)).transactions
    await agreeTo(context, connection, plan, 'Publish the approved records', { asksLocally: false })
    const published = await output.step('Publish the approved records', () => publishDatanet(store, connection))
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
