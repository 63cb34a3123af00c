import type { CommandContext } from '../shared/CommandContext.js'
import { takeOwnership } from '../shared/changeOwner.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly model: `0x${string}`
}

/** `openledger model ownership accept`: becomes the owner of a model that was offered. */
export async function run(context: CommandContext, { model: id }: Input): Promise<void> {
  await takeOwnership(context, await connect(context), { contract: 'ModelRegistry', id, what: 'model' })
}
