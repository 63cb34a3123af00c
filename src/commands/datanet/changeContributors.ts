import { setContributors } from '../../chain/actions/datanets/setContributors.js'
import { formatCount } from '../../terminal/formats.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import { datanetRoles } from '../../workflows/datanets/datanetRoles.js'
import { resolveAccounts } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

export interface ContributorsInput {
  readonly accounts: string
  readonly datanet: `0x${string}` | undefined
}

/** Puts accounts on the list of contributors or takes them off it; those of which that is true already are left out. */
export async function changeContributors(
  context: CommandContext,
  { accounts: words, datanet }: ContributorsInput,
  allowed: boolean,
): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const named = await resolveAccounts(words, config.keystores)
  const { contributors, permissionedContribution } = await datanetRoles(connection, datanetId)
  const accounts = named.filter((account) => contributors.includes(account) !== allowed)
  const data = { datanetId, accounts, allowed, permissionedContribution }
  if (accounts.length === 0) {
    output.result({ changed: false, ...data }, () =>
      allowed ? 'They are on the list already.' : 'None of them is on the list.',
    )
    return
  }
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: allowed
      ? `Put ${formatCount(accounts.length, 'account')} on the list of contributors`
      : `Take ${formatCount(accounts.length, 'account')} off the list of contributors`,
    data,
    action: (client) => setContributors(client, { datanetId, accounts, allowed }),
  })
  if (sent === undefined) return
  output.result({ changed: true, ...data, transactionHash: sent.hash }, () =>
    [
      ...accounts.map((account) => `${account} is ${allowed ? 'on the list' : 'off the list'}.`),
      ...(permissionedContribution
        ? []
        : [
            `The list decides nothing yet, everyone may contribute: ${context.shell.line('datanet access policy --contributions listed')}`,
          ]),
    ].join('\n'),
  )
}
