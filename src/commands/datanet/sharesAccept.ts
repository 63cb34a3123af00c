import { acceptShares } from '../../chain/actions/datanets/acceptShares.js'
import { getShareOffer } from '../../chain/actions/datanets/getShareOffer.js'
import { getShares } from '../../chain/actions/datanets/getShares.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly from: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet shares accept`: takes shares that were offered, and pays their price. */
export async function run(context: CommandContext, { from: who, datanet }: Input): Promise<void> {
  const { output, config } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const from = await resolveAccount(who, config.keystores)
  const account = connection.as('user').account.address
  const offer = await getShareOffer(connection.client, { datanetId, from, to: account })
  if (offer === undefined) throw new OpenLedgerError('OL1667', { from, account, datanetId })
  const { shares, priceWei } = offer
  const data = { datanetId, from, account, shares, priceWei }
  const operation = defineOperation(connection, {
    role: 'user',
    title: `Take ${shares} of 10000 shares of ${from} for ${formatOpen(priceWei)}`,
    facts: data,
    act: (client) => acceptShares(client, { datanetId, from, shares, priceWei }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const { shares: heldShares } = await getShares(connection.client, { datanetId, account })
  output.result(
    { sent: true, ...data, heldShares, transactionHash: sent.hash },
    () => `${account} holds ${heldShares} of 10000 shares, and earns with them from now on.`,
  )
}
