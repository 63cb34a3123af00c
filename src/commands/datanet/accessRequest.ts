import { getAccess } from '../../chain/actions/datanets/getAccess.js'
import { requestAccess } from '../../chain/actions/datanets/requestAccess.js'
import { formatOpen } from '../../terminal/formats.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly datanet: `0x${string}`
  readonly purpose: string
  readonly days: number
  readonly offer: bigint | undefined
}

/** `openledger datanet access request`: asks for permission to train on a Datanet, and pays for it. */
export async function run(context: CommandContext, { datanet: datanetId, purpose, days, offer }: Input): Promise<void> {
  const { output, shell } = context
  const connection = await connect(context)
  const account = connection.as('user').account.address
  const { allowed, grantedUntil, priceWei: asked } = await getAccess(connection.client, { datanetId, account })
  if (allowed && grantedUntil === 0) output.warn(`${account} has access already, by its role or because all have.`)
  const priceWei = offer ?? asked
  const operation = defineOperation(connection, {
    role: 'user',
    title: `Ask for ${days} days of access for ${formatOpen(priceWei)} as ${account}`,
    facts: { datanetId, account, purpose, days, priceWei },
    act: (client) => requestAccess(client, { datanetId, periodSeconds: days * 86_400, purpose, priceWei }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { requestId, hash } = sent
  const decideBy = new Date(sent.decideBy * 1000).toISOString()
  const data = { sent: true, requestId, datanetId, account, purpose, days, priceWei, decideBy, transactionHash: hash }
  output.result(data, () =>
    [
      `request ${requestId}: ${formatOpen(priceWei)} wait for the owner’s decision, until ${decideBy}`,
      `To take it back: ${shell.line(`datanet access cancel ${requestId}`)}`,
    ].join('\n'),
  )
}
