import type { Hex } from 'viem'
import { getDatanetPolicy } from '../../chain/actions/datanets/getDatanetPolicy.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { readCall } from '../../chain/client/readCall.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import type { Connection } from '../network/openConnection.js'

export interface DatanetRolesReturnType {
  readonly owner: Hex
  /** May publish versions and admit contributors. */
  readonly curators: readonly Hex[]
  /** The list of contributors; without owner and curators, who may contribute too. */
  readonly contributors: readonly Hex[]
  /** Whether records are taken from those alone. */
  readonly permissionedContribution: boolean
}

/**
 * The accounts that have a role in a Datanet, in the order in which they got it.
 *
 * @throws OL1603 for an unknown Datanet
 */
export async function datanetRoles(connection: Connection, datanetId: Hex): Promise<DatanetRolesReturnType> {
  const registry = { contract: 'DatanetRegistry', abi: datanetRegistryAbi } as const
  const events = { contract: 'DatanetRegistry', abi: datanetRegistryAbi, args: { id: datanetId } } as const
  const { permissionedContribution } = await getDatanetPolicy(connection.client, { datanetId })
  const [owner, curators, contributors] = await Promise.all([
    readCall(connection.client, { ...registry, functionName: 'owner', args: [datanetId] }),
    findEvents(connection.client, connection.network, { ...events, eventName: 'CuratorSet' }),
    findEvents(connection.client, connection.network, { ...events, eventName: 'ContributorSet' }),
  ])
  return { owner, curators: allowedBy(curators), contributors: allowedBy(contributors), permissionedContribution }
}

/** The last word on an account counts. */
function allowedBy(
  events: readonly { readonly args: { readonly account: Hex; readonly allowed: boolean } }[],
): readonly Hex[] {
  const state = new Map(events.map(({ args }) => [args.account, args.allowed]))
  return [...state].filter(([, allowed]) => allowed).map(([account]) => account)
}
