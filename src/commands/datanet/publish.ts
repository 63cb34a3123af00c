import { openDatanet } from '../../datanet/openDatanet.js'
import { openChain } from '../../workflows/openChain.js'
import { publishDatanet } from '../../workflows/publishDatanet.js'
import type { CommandContext } from '../CommandContext.js'

/** `openledger datanet publish`: a version of the approved records, and its root on chain. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config } = context
  const { root } = context.workspace()
  const store = openDatanet(root)
  try {
    const chain = await openChain({ ...config, workspace: root })
    const published = await output.step('Publish the approved records', () => publishDatanet(store, chain))
    const { version, datanetId, onChainVersion, transactionHash = null } = published
    output.result(
      {
        version: version.version,
        created: version.created,
        root: version.root,
        recordCount: version.recordCount,
        contentHash: version.contentHash,
        directory: version.directory,
        datanetId,
        chainId: chain.network.chain.id,
        onChainVersion,
        transactionHash,
      },
      (data) =>
        [
          data.transactionHash === null
            ? `Version ${data.version} was on ${chain.network.name} already, as version ${data.onChainVersion}.`
            : `Version ${data.version}, ${data.recordCount} records, is version ${data.onChainVersion} on ${chain.network.name}.`,
          `root  ${data.root}`,
          `Next: ${context.shell.line('train')}`,
        ].join('\n'),
    )
  } finally {
    store.close()
  }
}
