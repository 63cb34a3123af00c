import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { offerShares } from '../../chain/actions/datanets/offerShares.js'
import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly to: string
  readonly shares: number
  readonly price: bigint
  readonly days: number
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet shares offer`: offers an account shares of a Datanet's income. */
export async function run(context: CommandContext, { to: who, shares, days, ...input }: Input): Promise<void> {
  const { output, config } = context
  const { connection, datanetId } = await connectDatanet(context, input.datanet)
  const to = await resolveAccount(who, config.keystores)
  const from = connection.as('maintainer').account.address
  const [priceWei, end] =
    shares === 0 ? [0n, 0] : [input.price, (await getBlockTime(connection.client)) + days * 86_400]
  const expiresAt = shares === 0 ? null : new Date(end * 1000).toISOString()
  const data = { datanetId, from, to, shares, priceWei, expiresAt }
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title:
      shares === 0
        ? `Take the offer to ${to} back`
        : `Offer ${to} ${shares} of 10000 shares for ${formatOpen(priceWei)}`,
    facts: data,
    act: (client) => offerShares(client, { datanetId, to, shares, priceWei, expiresAt: end }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result({ sent: true, ...data, transactionHash: sent.hash }, () =>
    shares === 0
      ? 'The offer is taken back.'
      : `${to} can accept until ${expiresAt}: ${context.shell.line(`datanet shares accept ${from} --datanet ${datanetId}`)}`,
  )
}
