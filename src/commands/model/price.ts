import { getModel } from '../../chain/actions/models/getModel.js'
import { setModelPrices } from '../../chain/actions/models/setModelPrices.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { formatOpen } from '../../terminal/formats.js'
import { newestAdapter } from '../../workflows/models/newestAdapter.js'
import { findModelId } from '../../workflows/models/registeredModel.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly model: `0x${string}` | undefined
  readonly adapter: string | undefined
  readonly inputPrice: bigint | undefined
  readonly outputPrice: bigint | undefined
}

/** `openledger model price`: shows what a model's answers cost, or changes it. */
export async function run(context: CommandContext, { model, adapter, ...prices }: Input): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const folder = model === undefined ? (adapter ?? (await newestAdapter(context.workspace().paths))) : undefined
  const modelId = model ?? (await findModelId(connection, folder as string))
  if (modelId === undefined)
    throw new OpenLedgerError('OL1661', { path: folder ?? '', network: connection.network.name })
  const before = await getModel(connection.client, { modelId })
  const inputPriceWei = prices.inputPrice ?? before.inputPriceWei
  const outputPriceWei = prices.outputPrice ?? before.outputPriceWei
  const data = { modelId, inputPriceWei, outputPriceWei }
  const inWords = `${formatOpen(inputPriceWei)} for 1000 input tokens, ${formatOpen(outputPriceWei)} for 1000 output tokens`
  if (inputPriceWei === before.inputPriceWei && outputPriceWei === before.outputPriceWei) {
    output.result({ changed: false, ...data }, () => inWords)
    return
  }
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Ask ${inWords}`,
    facts: data,
    act: (client) => setModelPrices(client, { modelId, inputPriceWei, outputPriceWei }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result({ changed: true, ...data, transactionHash: sent.hash }, () => `${inWords}, from the next payment on`)
}
