import type { CommandContext } from '../shared/CommandContext.js'
import { takeOwnership } from '../shared/changeOwner.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly datanet: `0x${string}`
}

/** `openledger datanet ownership accept`: becomes the owner of a Datanet that was offered. */
export async function run(context: CommandContext, { datanet: id }: Input): Promise<void> {
  await takeOwnership(context, await connect(context), { contract: 'DatanetRegistry', id, what: 'Datanet' })
}
