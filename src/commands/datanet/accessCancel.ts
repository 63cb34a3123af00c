import { cancelAccessRequest } from '../../chain/actions/datanets/cancelAccessRequest.js'
import { withdrawCredits } from '../../chain/actions/tokens/withdrawCredits.js'
import { formatOpen } from '../../terminal/formats.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly request: number
}

/** `openledger datanet access cancel`: takes a request back, and its price home. */
export async function run(context: CommandContext, { request: requestId }: Input): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const operation = defineOperation(connection, {
    role: 'user',
    title: `Take request ${requestId} back`,
    facts: { requestId },
    act: (client) => cancelAccessRequest(client, { requestId }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { amountWei, hash } = await output.step('Collect what is owed', () =>
    withdrawCredits(connection.as('user'), { contract: 'DatanetRegistry' }),
  )
  const data = { sent: true, requestId, amountWei, transactionHashes: [sent.hash, hash] }
  output.result(data, () => `Request ${requestId} is taken back; ${formatOpen(amountWei)} collected.`)
}
