import { setCurator } from '../../chain/actions/datanets/setCurator.js'
import { datanetRoles } from '../../workflows/datanets/datanetRoles.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly account: string
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet curators add`: lets an account publish versions and admit contributors. */
export const add = { run: (context: CommandContext, input: Input) => change(context, input, true) }

/** `openledger datanet curators remove`: takes the role of a curator back. */
export const remove = { run: (context: CommandContext, input: Input) => change(context, input, false) }

/** An account that has the role already, or does not have it, is left as it is. */
async function change(context: CommandContext, { account: word, datanet }: Input, allowed: boolean): Promise<void> {
  const { output, config } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
  const account = await resolveAccount(word, config.keystores)
  const { curators } = await datanetRoles(connection, datanetId)
  const facts = { datanetId, account, allowed }
  if (curators.includes(account) === allowed) {
    output.result({ changed: false, ...facts }, () => `${account} is ${allowed ? 'a curator already' : 'no curator'}.`)
    return
  }
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: allowed ? `Make ${account} a curator` : `Take the role of a curator from ${account}`,
    facts,
    act: (client) => setCurator(client, { datanetId, account, allowed }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result({ changed: true, ...facts, transactionHash: sent.hash }, () =>
    allowed
      ? `${account} may publish versions, and admit contributors.`
      : `${account} is a curator no longer; what it published and whom it admitted stays.`,
  )
}
