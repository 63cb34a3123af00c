import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from './CommandContext.js'
import { connect } from './connect.js'

/**
 * The network and the Datanet that a command is about.
 *
 * @param given by default, the Datanet that the workspace has published there
 * @throws OL1660 when neither is there
 */
export async function connectDatanet(
  context: CommandContext,
  given: `0x${string}` | undefined,
): Promise<{ readonly connection: Connection; readonly datanetId: `0x${string}` }> {
  const connection = await connect(context)
  return { connection, datanetId: given ?? publishedDatanet(context.config.workspace?.root, connection) }
}
