import { setAccessPrice } from '../../chain/actions/datanets/setAccessPrice.js'
import { formatOpen } from '../../terminal/formats.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly price: bigint
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access price`: sets what requests must offer at least. */
export async function run(context: CommandContext, { price: priceWei, datanet }: Input): Promise<void> {
  const { output } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Ask ${formatOpen(priceWei)} for access`,
    facts: { datanetId, priceWei },
    act: (client) => setAccessPrice(client, { datanetId, priceWei }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result(
    { sent: true, datanetId, priceWei, transactionHash: sent.hash },
    () => `Requests must offer ${formatOpen(priceWei)} from now on.`,
  )
}
