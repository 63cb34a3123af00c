import { resolveAccount } from '../../workflows/resolveAccount.js'
import type { CommandContext } from '../CommandContext.js'
import { offerOwnership } from '../changeOwner.js'
import { openNetwork } from '../openNetwork.js'

interface Input {
  readonly model: `0x${string}`
  readonly to: string
}

/** `openledger model ownership offer`: offers a model to an account. */
export async function run(context: CommandContext, { model: id, to }: Input): Promise<void> {
  const accept = `model ownership accept ${id}`
  const owned = { contract: 'ModelRegistry', id, what: 'model', accept } as const
  const chain = await openNetwork(context)
  await offerOwnership(context, chain, owned, await resolveAccount(to, context.config.keystores))
}
