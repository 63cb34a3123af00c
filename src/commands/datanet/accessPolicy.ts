import { getDatanetPolicy } from '../../chain/actions/datanets/getDatanetPolicy.js'
import { setDatanetPolicy } from '../../chain/actions/datanets/setDatanetPolicy.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connectDatanet } from '../shared/connectDatanet.js'

interface Input {
  readonly access: 'everyone' | 'granted' | undefined
  readonly contributions: 'everyone' | 'listed' | undefined
  readonly datanet: `0x${string}` | undefined
}

/** `openledger datanet access policy`: shows who may train on a Datanet and contribute to it, or changes it. */
export async function run(context: CommandContext, { access, contributions, datanet }: Input): Promise<void> {
  const { output } = context
  const { connection, datanetId } = await connectDatanet(context, datanet)
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
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Set the policy of the Datanet: ${inWords}`,
    facts: { datanetId, ...policy },
    act: (client) => setDatanetPolicy(client, { datanetId, policy }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  output.result({ changed, datanetId, ...policy, transactionHash: sent.hash }, () => `From now on ${inWords}.`)
}
