import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { offerOwnership } from '../shared/changeOwner.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly to: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet ownership offer`: offers the role of the owner to an account. */
export async function run(context: CommandContext, { to, datanet }: Input): Promise<void> {
  const { connection, datanetId: id } = await connectDatanet(context, datanet)
  const owned = { contract: 'DatanetRegistry', id, what: 'Datanet', accept: `datanet ownership accept ${id}` } as const
  await offerOwnership(context, connection, owned, await resolveAccount(to, context.config.keystores))
}
