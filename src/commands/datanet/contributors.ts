import { setContributors } from '../../chain/actions/datanets/setContributors.js'
import { formatCount } from '../../terminal/formats.js'
import { datanetRoles } from '../../workflows/datanets/datanetRoles.js'
import { resolveAccounts } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly accounts: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet contributors add`: puts accounts on the list. */
export const add = { run: (context: CommandContext, input: Input) => change(context, input, true) }

/** `openledger datanet contributors remove`: takes accounts off the list. */
export const remove = { run: (context: CommandContext, input: Input) => change(context, input, false) }

/** Accounts that are on the list already, or not on it, are left out. */
async function change(context: CommandContext, { accounts: words, datanet }: Input, allowed: boolean): Promise<void> {
  const { output, config } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const named = await resolveAccounts(words, config.keystores)
  const { contributors, permissionedContribution } = await datanetRoles(connection, datanetId)
  const accounts = named.filter((account) => contributors.includes(account) !== allowed)
  const facts = { datanetId, accounts, allowed, permissionedContribution }
  if (accounts.length === 0) {
    output.result({ changed: false, ...facts }, () =>
      allowed ? 'They are on the list already.' : 'None of them is on the list.',
    )
    return
  }
  const count = formatCount(accounts.length, 'account')
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: allowed ? `Put ${count} on the list of contributors` : `Take ${count} off the list of contributors`,
    facts,
    act: (client) => setContributors(client, { datanetId, accounts, allowed }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result({ changed: true, ...facts, transactionHash: sent.hash }, () =>
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
