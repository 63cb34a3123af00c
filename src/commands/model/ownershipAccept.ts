import type { CommandContext } from '../shared/CommandContext.js'
import { takeOwnership } from '../shared/changeOwner.js'
import { openNetwork } from '../shared/openNetwork.js'

interface Input {
  readonly model: `0x${string}`
}

/** `openledger model ownership accept`: becomes the owner of a model that was offered. */
export async function run(context: CommandContext, { model: id }: Input): Promise<void> {
  await takeOwnership(context, await openNetwork(context), { contract: 'ModelRegistry', id, what: 'model' })
}
