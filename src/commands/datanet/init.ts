import { relative } from 'node:path'
import { initDatanet } from '../../workflows/datanets/initDatanet.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly directory: string | undefined
  readonly name: string
  readonly title: string | undefined
  readonly description: string | undefined
  readonly licence: string
  readonly domain: string | undefined
}

/** `openledger datanet init`: an empty Datanet in a folder of one's own. */
export async function run({ output, cwd, shell }: CommandContext, input: Input): Promise<void> {
  const directory = input.directory ?? cwd
  const { name, licence } = input
  const title = input.title ?? name
  const wanted = { name, licence, title, description: input.description ?? title, domain: input.domain ?? name }
  const datanet = await initDatanet(directory, wanted)
  output.result({ directory, datanet }, () =>
    [
      `The Datanet ${name} is in ${relative(cwd, directory) || 'this folder'}.`,
      'Next:',
      ...(directory === cwd ? [] : [`  cd ${shell.path(directory)}`]),
      `  ${shell.line('datanet add records.jsonl --contributor mara', directory === cwd ? undefined : directory)}`,
    ].join('\n'),
  )
}
