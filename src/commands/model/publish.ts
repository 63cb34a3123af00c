import { relative } from 'node:path'
import { formatOpen } from '../../terminal/formats.js'
import { newestAdapter } from '../../workflows/newestAdapter.js'
import { openChain } from '../../workflows/openChain.js'
import { publishModel } from '../../workflows/publishModel.js'
import type { CommandContext } from '../CommandContext.js'

interface Input {
  readonly adapter: string | undefined
  readonly inputPrice: bigint
  readonly outputPrice: bigint
}

/** `openledger model publish`: registers an adapter, its hashes and its Datanet version. */
export async function run(context: CommandContext, { inputPrice, outputPrice, ...input }: Input): Promise<void> {
  const { output, config, cwd } = context
  const { root, paths } = context.workspace()
  const adapter = input.adapter ?? (await newestAdapter(paths))
  const chain = await openChain({ ...config, workspace: root })
  const publication = await output.step(`Publish ${relative(cwd, adapter) || '.'}`, () =>
    publishModel(chain, { adapter, inputPrice, outputPrice }),
  )
  if (publication.inputPriceWei !== inputPrice || publication.outputPriceWei !== outputPrice)
    output.warn('It was published before, and keeps the prices it has.')
  output.result({ adapter, ...publication }, (data) =>
    [
      `model ${data.modelId} on ${chain.network.name}`,
      `${formatOpen(data.inputPriceWei)} for 1000 input tokens, ${formatOpen(data.outputPriceWei)} for 1000 output tokens`,
      `Next: ${context.shell.line('attribute --queries datanet/questions.jsonl --pay')}`,
    ].join('\n'),
  )
}
