import { revokeAccess } from '../../chain/actions/datanets/revokeAccess.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly account: string
  readonly reason: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access revoke`: ends a grant, and gives back what it has not earned. */
export async function run(context: CommandContext, { account: who, reason, datanet }: Input): Promise<void> {
  const { output, config } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const account = await resolveAccount(who, config.keystores)
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Revoke the access of ${account}`,
    facts: { datanetId, account, reason },
    act: (client) => revokeAccess(client, { datanetId, account, reason }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { refundWei, hash } = sent
  output.result(
    { sent: true, datanetId, account, reason, refundWei, transactionHash: hash },
    () => `${account} has no access any more, and can collect ${formatOpen(refundWei)}.`,
  )
}
