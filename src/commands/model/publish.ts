import { relative } from 'node:path'
import { formatOpen } from '../../terminal/formats.js'
import { quote } from '../../terminal/Shell.js'
import { notedVersions } from '../../workflows/datanets/notedVersions.js'
import { newestAdapter } from '../../workflows/models/newestAdapter.js'
import { publishModel } from '../../workflows/models/publishModel.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'

interface Input {
  readonly adapter: string | undefined
  readonly inputPrice: bigint
  readonly outputPrice: bigint
}

/** `openledger model publish`: registers an adapter, its hashes and its Datanet version. */
export async function run(
  context: CommandContext,
  { inputPrice: inputPriceWei, outputPrice: outputPriceWei, ...input }: Input,
): Promise<void> {
  const { output, config, cwd } = context
  const { root, paths } = context.workspace()
  const adapter = input.adapter ?? (await newestAdapter(paths))
  const connection = await openConnection({ ...config, workspace: root })
  const title = `Publish ${relative(cwd, adapter) || '.'}`
  const parameters = { adapter, inputPriceWei, outputPriceWei, publications: notedVersions(root, connection) }
  const operation = await publishModel(connection, parameters)
  const publication = await carryOut(context, operation, {
    title,
    done: 'published',
    asksLocally: false,
    describe: (transactions) =>
      transactions.length === 0
        ? `It is on ${connection.network.chain.name} already.`
        : describeTransactions(transactions),
  })
  if (publication === undefined) return
  if (publication.inputPriceWei !== inputPriceWei || publication.outputPriceWei !== outputPriceWei)
    output.warn('It was published before, and keeps the prices it has.')
  output.result({ adapter, ...publication }, (data) =>
    [
      `model ${data.modelId} on ${connection.network.name}`,
      `${formatOpen(data.inputPriceWei)} for 1000 input tokens, ${formatOpen(data.outputPriceWei)} for 1000 output tokens`,
      `Next: ${context.shell.line(`attribute --adapter ${quote(relative(cwd, adapter) || '.')} --queries ${quote(relative(cwd, paths.questions))} --pay`)}`,
    ].join('\n'),
  )
}
