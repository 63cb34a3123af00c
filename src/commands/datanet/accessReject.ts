import { rejectAccess } from '../../chain/actions/datanets/rejectAccess.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly request: number
  readonly reason: string
}

/** `openledger datanet access reject`: refuses a request, and gives the price back. */
export async function run(context: CommandContext, { request: requestId, reason }: Input): Promise<void> {
  const connection = await connect(context)
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: `Reject request ${requestId}`,
    data: { requestId, reason },
    action: (client) => rejectAccess(client, { requestId, reason }),
  })
  if (sent === undefined) return
  context.output.result(
    { sent: true, requestId, reason, transactionHash: sent.hash },
    () => `Request ${requestId} is refused; who made it can collect the price.`,
  )
}
