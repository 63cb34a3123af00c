import { cancelAccessRequest } from '../../chain/actions/datanets/cancelAccessRequest.js'
import { withdrawCredits } from '../../chain/actions/tokens/withdrawCredits.js'
import { formatOpen } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly request: number
}

/** `openledger datanet access cancel`: takes a request back, and its price home. */
export async function run(context: CommandContext, { request: requestId }: Input): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const sent = await sendAs(context, connection, {
    role: 'user',
    title: `Take request ${requestId} back`,
    data: { requestId },
    action: (client) => cancelAccessRequest(client, { requestId }),
  })
  if (sent === undefined) return
  const { amountWei, hash } = await output.step('Collect what is owed', () =>
    withdrawCredits(connection.as('user'), { contract: 'DatanetRegistry' }),
  )
  const data = { sent: true, requestId, amountWei, transactionHashes: [sent.hash, hash] }
  output.result(data, () => `Request ${requestId} is taken back; ${formatOpen(amountWei)} collected.`)
}
