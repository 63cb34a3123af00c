import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { offerOwnership } from '../shared/changeOwner.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly model: `0x${string}`
  readonly to: string
}

/** `openledger model ownership offer`: offers a model to an account. */
export async function run(context: CommandContext, { model: id, to }: Input): Promise<void> {
  const accept = `model ownership accept ${id}`
  const owned = { contract: 'ModelRegistry', id, what: 'model', accept } as const
  const connection = await connect(context)
  await offerOwnership(context, connection, owned, await resolveAccount(to, context.config.keystores))
}
