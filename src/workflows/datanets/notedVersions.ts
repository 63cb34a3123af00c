import { withDatanetIfAny } from '../../datanet/store/withDatanet.js'
import type { Connection } from '../network/openConnection.js'

/** A Datanet version by its id and its number on a chain. */
export interface NotedVersion {
  readonly datanetId: `0x${string}`
  readonly onChainVersion: number
}

/** The versions that a workspace has noted as published on a chain, the newest first; none where there is no Datanet. */
export function notedVersions(workspace: string, connection: Connection): readonly NotedVersion[] {
  const { id } = connection.network.chain
  const registry = connection.address('DatanetRegistry')
  const publications = withDatanetIfAny(workspace, (store) => store.publications()) ?? []
  return publications
    .filter((noted) => noted.chainId === id && noted.registry === registry)
    .map(({ datanetId, onChainVersion }) => ({ datanetId, onChainVersion }))
    .reverse()
}
