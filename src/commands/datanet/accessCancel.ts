import { cancelAccessRequest } from '../../chain/actions/datanets/cancelAccessRequest.js'
import { withdrawCredits } from '../../chain/actions/tokens/withdrawCredits.js'
import { formatOpen } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { openNetwork } from '../shared/openNetwork.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly request: number
}

/** `openledger datanet access cancel`: takes a request back, and its price home. */
export async function run(context: CommandContext, { request: requestId }: Input): Promise<void> {
  const { output } = context
  const chain = await openNetwork(context)
  const sent = await sendAs(context, chain, {
    role: 'user',
    title: `Take request ${requestId} back`,
    data: { requestId },
    action: (client) => cancelAccessRequest(client, { requestId }),
  })
  if (sent === undefined) return
  const { amountWei, hash } = await output.step('Collect what is owed', () =>
    withdrawCredits(chain.as('user'), { contract: 'DatanetRegistry' }),
  )
  const data = { sent: true, requestId, amountWei, transactionHashes: [sent.hash, hash] }
  output.result(data, () => `Request ${requestId} is taken back; ${formatOpen(amountWei)} collected.`)
}
