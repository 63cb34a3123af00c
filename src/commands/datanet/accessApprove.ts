import { approveAccess } from '../../chain/actions/datanets/approveAccess.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly request: number
}

/** `openledger datanet access approve`: grants what a request asked for. */
export async function run(context: CommandContext, { request: requestId }: Input): Promise<void> {
  const connection = await connect(context)
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Approve request ${requestId}`,
    facts: { requestId },
    act: (client) => approveAccess(client, { requestId }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { datanetId, account, hash } = sent
  const until = new Date(sent.until * 1000).toISOString()
  context.output.result(
    { sent: true, requestId, datanetId, account, until, transactionHash: hash },
    () => `${account} may train on the Datanet until ${until}.`,
  )
}
