import { setAccessPrice } from '../../chain/actions/datanets/setAccessPrice.js'
import { formatOpen } from '../../terminal/formats.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly price: bigint
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access price`: sets what requests must offer at least. */
export async function run(context: CommandContext, { price: priceWei, datanet }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: `Ask ${formatOpen(priceWei)} for access`,
    data: { datanetId, priceWei },
    action: (client) => setAccessPrice(client, { datanetId, priceWei }),
  })
  if (sent === undefined) return
  output.result(
    { sent: true, datanetId, priceWei, transactionHash: sent.hash },
    () => `Requests must offer ${formatOpen(priceWei)} from now on.`,
  )
}
