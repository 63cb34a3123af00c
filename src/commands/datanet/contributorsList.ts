import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { datanetRoles } from '../../workflows/datanets/datanetRoles.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet contributors list`: who may contribute to a Datanet, and who decides on it. */
export async function run(context: CommandContext, { datanet }: Input): Promise<void> {
  const { output, config } = context
  const root = config.workspace?.root
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const roles = await datanetRoles(connection, datanetId)
  const names = root === undefined ? new Map<string, string>() : contributorNames(root)
  const row = (role: string) => (account: string) => [role, account, names.get(account.toLowerCase()) ?? '']
  output.result({ datanetId, ...roles }, ({ owner, curators, contributors, permissionedContribution }, { table }) =>
    [
      table(
        [{ title: 'role' }, { title: 'account', shrink: true }, { title: 'name' }],
        [row('owner')(owner), ...curators.map(row('curator')), ...contributors.map(row('contributor'))],
      ),
      '',
      permissionedContribution
        ? 'Records are taken from these accounts only.'
        : `Everyone may contribute; from these only: ${context.shell.line('datanet access policy --contributions listed')}`,
    ].join('\n'),
  )
}
