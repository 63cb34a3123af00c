import { getDatanetPolicy } from '../../chain/actions/datanets/getDatanetPolicy.js'
import { setDatanetPolicy } from '../../chain/actions/datanets/setDatanetPolicy.js'
import { publishedDatanet } from '../../workflows/datanets/accessRequests.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { sendAs } from '../shared/sendAs.js'

interface Input {
  readonly access: 'everyone' | 'granted' | undefined
  readonly contributions: 'everyone' | 'listed' | undefined
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access policy`: shows who may train on a Datanet and contribute to it, or changes it. */
export async function run(context: CommandContext, { access, contributions, datanet }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const datanetId = datanet ?? publishedDatanet(config.workspace?.root, connection)
  const before = await getDatanetPolicy(connection.client, { datanetId })
  const policy = {
    ...before,
    ...(access !== undefined && { permissionedAccess: access === 'granted' }),
    ...(contributions !== undefined && { permissionedContribution: contributions === 'listed' }),
  }
  const inWords = [
    policy.permissionedAccess ? 'who is granted access may train on it' : 'everyone may train on it',
    policy.permissionedContribution ? 'listed accounts may contribute' : 'everyone may contribute',
  ].join(', ')
  const changed =
    policy.permissionedAccess !== before.permissionedAccess ||
    policy.permissionedContribution !== before.permissionedContribution
  if (!changed) {
    output.result({ changed, datanetId, ...policy }, () => inWords)
    return
  }
  const sent = await sendAs(context, connection, {
    role: 'maintainer',
    title: `Set the policy of the Datanet: ${inWords}`,
    data: { datanetId, ...policy },
    action: (client) => setDatanetPolicy(client, { datanetId, policy }),
  })
  if (sent === undefined) return
  output.result({ changed, datanetId, ...policy, transactionHash: sent.hash }, () => `From now on ${inWords}.`)
}
