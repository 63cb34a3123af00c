import { grantAccess } from '../../chain/actions/datanets/grantAccess.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly account: string
  readonly days: number
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access grant`: lets an account train on a Datanet without a request or a price. */
export async function run(context: CommandContext, { account: who, days, datanet }: Input): Promise<void> {
  const { output, config } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const account = await resolveAccount(who, config.keystores)
  const data = { datanetId, account, days }
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Grant ${account} access for ${days} days`,
    facts: data,
    act: (client) => grantAccess(client, { datanetId, account, periodSeconds: days * 86_400 }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const until = new Date(sent.until * 1000).toISOString()
  output.result(
    { sent: true, ...data, until, transactionHash: sent.hash },
    () => `${account} may train on the Datanet until ${until}.`,
  )
}
