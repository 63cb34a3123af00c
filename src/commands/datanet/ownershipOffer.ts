import { publishedDatanet } from '../../workflows/accessRequests.js'
import { resolveAccount } from '../../workflows/resolveAccount.js'
import type { CommandContext } from '../CommandContext.js'
import { offerOwnership } from '../changeOwner.js'
import { openNetwork } from '../openNetwork.js'

interface Input {
  readonly to: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet ownership offer`: offers the role of the owner to an account. */
export async function run(context: CommandContext, { to, datanet }: Input): Promise<void> {
  const { config } = context
  const chain = await openNetwork(context)
  const id = datanet ?? publishedDatanet(config.workspace?.root, chain)
  const accept = `datanet ownership accept ${id}`
  const owned = { contract: 'DatanetRegistry', id, what: 'Datanet', accept } as const
  await offerOwnership(context, chain, owned, await resolveAccount(to, config.keystores))
}
