import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { offerOwnership } from '../shared/changeOwner.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly to: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet ownership offer`: offers the role of the owner to an account. */
export async function run(context: CommandContext, { to, datanet }: Input): Promise<void> {
  const { config } = context
  const connection = await connect(context)
  const id = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const accept = `datanet ownership accept ${id}`
  const owned = { contract: 'DatanetRegistry', id, what: 'Datanet', accept } as const
  await offerOwnership(context, connection, owned, await resolveAccount(to, config.keystores))
}
