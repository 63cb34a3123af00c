import { rejectAccess } from '../../chain/actions/datanets/rejectAccess.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly request: number
  readonly reason: string
}

/** `openledger datanet access reject`: refuses a request, and gives the price back. */
export async function run(context: CommandContext, { request: requestId, reason }: Input): Promise<void> {
  const connection = await connect(context)
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Reject request ${requestId}`,
    facts: { requestId, reason },
    act: (client) => rejectAccess(client, { requestId, reason }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  context.output.result(
    { sent: true, requestId, reason, transactionHash: sent.hash },
    () => `Request ${requestId} is refused; who made it can collect the price.`,
  )
}
