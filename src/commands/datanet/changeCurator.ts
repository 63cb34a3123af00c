import { setCurator } from '../../chain/actions/datanets/setCurator.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import { datanetRoles } from '../../workflows/datanets/datanetRoles.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

export interface CuratorInput {
  readonly account: string
  readonly datanet: `0x${string}` | undefined
}

/** Makes an account a curator, or no longer one; says so where it is that already. */
export async function changeCurator(
  context: CommandContext,
  { account: word, datanet }: CuratorInput,
  allowed: boolean,
): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const account = await resolveAccount(word, config.keystores)
  const { curators } = await datanetRoles(connection, datanetId)
  const is = curators.some((each) => each.toLowerCase() === account.toLowerCase())
  const data = { datanetId, account, allowed }
  if (is === allowed) {
    output.result({ changed: false, ...data }, () => `${account} is ${allowed ? 'a curator already' : 'no curator'}.`)
    return
  }
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: allowed ? `Make ${account} a curator` : `Take the role of a curator from ${account}`,
    data,
    action: (client) => setCurator(client, { datanetId, account, allowed }),
  })
  if (sent === undefined) return
  output.result({ changed: true, ...data, transactionHash: sent.hash }, () =>
    allowed
      ? `${account} may publish versions, and admit contributors.`
      : `${account} is a curator no longer; what it published and whom it admitted stays.`,
  )
}
