import { formatOpen } from '../../terminal/formats.js'
import { datanetShares } from '../../workflows/datanets/datanetShares.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet shares show`: whose a Datanet's income is, what waits, and which shares are offered. */
export async function run(context: CommandContext, { datanet }: Input): Promise<void> {
  const { output } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const { holders, offers, dueWei } = await datanetShares(connection, datanetId)
  const open = offers.map((offer) => ({ ...offer, expiresAt: new Date(offer.expiresAt * 1000).toISOString() }))
  const right = (title: string) => ({ title, align: 'right' as const })
  output.result({ datanetId, holders, offers: open, dueWei }, (_, { table }) =>
    [
      table(
        [{ title: 'holder', shrink: true }, right('shares'), right('has earned')],
        holders.map(({ account, shares, incomeWei }) => [account, `${shares / 100} %`, formatOpen(incomeWei)]),
      ),
      ...(open.length === 0
        ? []
        : [
            '',
            table(
              [
                { title: 'offered by', shrink: true },
                { title: 'to', shrink: true },
                right('shares'),
                right('price'),
                { title: 'until' },
              ],
              open.map(({ from, to, shares, priceWei, expiresAt }) => [
                from,
                to,
                `${shares / 100} %`,
                formatOpen(priceWei),
                expiresAt,
              ]),
            ),
          ]),
      '',
      dueWei === 0n
        ? 'Nothing waits in the escrow.'
        : `${formatOpen(dueWei)} of payments wait in the escrow; ${context.shell.line('datanet shares collect')} sends them on first.`,
    ].join('\n'),
  )
}
