import { relative } from 'node:path'
import { devAccount } from '../chain/client/devMnemonic.js'
import { scaffoldWorkspace } from '../datanet/workspace/scaffoldWorkspace.js'
import type { CommandContext } from './shared/CommandContext.js'

interface Input {
  readonly directory: string
  readonly template: string
  readonly name: string | undefined
}

/** `openledger init`: a workspace from a template. */
export async function run(
  { output, cwd, shell, signal }: CommandContext,
  { directory, template, name }: Input,
): Promise<void> {
  const made = await output.step(`Scaffold ${template} in ${relative(cwd, directory) || '.'}`, () =>
    scaffoldWorkspace({ template, directory, name, accountOf: devAccount, signal }),
  )
  const { datanet, contributors, status } = made
  output.result(
    { directory: made.directory, datanet, contributors, records: status.records },
    (data, { paint, table }) => {
      const rows = data.contributors.map((c) => [c.name, c.speciality, c.address])
      const columns = [
        { title: 'contributor' },
        { title: 'speciality', shrink: true },
        { title: 'address', shrink: true },
      ]
      return [
        `${paint.bold(data.datanet.title)}: ${data.records.approved} approved records`,
        '',
        table(columns, rows),
        '',
        'Next:',
        `  cd ${shell.path(data.directory)}`,
        `  ${shell.line('devnet up --detach', data.directory)}`,
        `  ${shell.line('datanet publish', data.directory)}`,
      ].join('\n')
    },
  )
}
