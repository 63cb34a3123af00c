import { withDatanetIfAny } from '../../datanet/store/withDatanet.js'

/** The names of a workspace's contributors by lower-case address; nothing where there is no Datanet. */
export function contributorNames(workspace: string): ReadonlyMap<string, string> {
  const contributors = withDatanetIfAny(workspace, (store) => store.contributors()) ?? []
  return new Map(contributors.map(({ address, name }) => [address.toLowerCase(), name ?? address]))
}
