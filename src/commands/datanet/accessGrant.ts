import { grantAccess } from '../../chain/actions/datanets/grantAccess.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly account: string
  readonly days: number
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access grant`: lets an account train on a Datanet without a request or a price. */
export async function run(context: CommandContext, { account: who, days, datanet }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const account = await resolveAccount(who, config.keystores)
  const data = { datanetId, account, days }
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: `Grant ${account} access for ${days} days`,
    data,
    action: (client) => grantAccess(client, { datanetId, account, periodSeconds: days * 86_400 }),
  })
  if (sent === undefined) return
  const until = new Date(sent.until * 1000).toISOString()
  output.result(
    { sent: true, ...data, until, transactionHash: sent.hash },
    () => `${account} may train on the Datanet until ${until}.`,
  )
}
