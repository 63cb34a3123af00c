import { formatOpen } from '../../terminal/formats.js'
import { accessRequests } from '../../workflows/datanets/accessRequests.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access list`: who asked to train on a Datanet, and what became of it. */
export async function run(context: CommandContext, { datanet }: Input): Promise<void> {
  const { output } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const found = await accessRequests(connection, datanetId)
  const requests = found.map(({ datanetId: _, periodSeconds, decideBy, ...request }) => ({
    ...request,
    days: periodSeconds / 86_400,
    decideBy: new Date(decideBy * 1000).toISOString(),
  }))
  const columns = [
    { title: 'request', align: 'right' },
    { title: 'account' },
    { title: 'offers', align: 'right' },
    { title: 'days', align: 'right' },
    { title: 'state' },
    { title: 'purpose', shrink: true },
  ] as const
  output.result({ datanetId, requests }, (_, { table }) =>
    requests.length === 0
      ? 'Nobody has asked for access.'
      : table(
          columns,
          requests.map(({ requestId, account, priceWei, days, status, purpose }) => [
            String(requestId),
            account,
            formatOpen(priceWei),
            String(Math.round(days)),
            status,
            purpose,
          ]),
        ),
  )
}
