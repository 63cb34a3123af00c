import { revokeAccess } from '../../chain/actions/datanets/revokeAccess.js'
import { formatOpen } from '../../terminal/formats.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly account: string
  readonly reason: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access revoke`: ends a grant, and gives back what it has not earned. */
export async function run(context: CommandContext, { account: who, reason, datanet }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const account = await resolveAccount(who, config.keystores)
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: `Revoke the access of ${account}`,
    data: { datanetId, account, reason },
    action: (client) => revokeAccess(client, { datanetId, account, reason }),
  })
  if (sent === undefined) return
  const { refundWei, hash } = sent
  output.result(
    { sent: true, datanetId, account, reason, refundWei, transactionHash: hash },
    () => `${account} has no access any more, and can collect ${formatOpen(refundWei)}.`,
  )
}
