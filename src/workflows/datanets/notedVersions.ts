import { openDatanet } from '../../datanet/store/openDatanet.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../network/openConnection.js'

/** A Datanet version by its id and its number on a chain. */
export interface NotedVersion {
  readonly datanetId: `0x${string}`
  readonly onChainVersion: number
}

/** The versions that a workspace has noted as published on a chain, the newest first; none where there is no Datanet. */
export function notedVersions(workspace: string, connection: Connection): readonly NotedVersion[] {
  let store: ReturnType<typeof openDatanet>
  try {
    store = openDatanet(workspace)
  } catch (error) {
    if (OpenLedgerError.is(error) && error.code === 'OL1120') return []
    throw error
  }
  try {
    const { id } = connection.network.chain
    const registry = connection.address('DatanetRegistry')
    return store
      .publications()
      .filter((noted) => noted.chainId === id && noted.registry === registry)
      .map(({ datanetId, onChainVersion }) => ({ datanetId, onChainVersion }))
      .reverse()
  } finally {
    store.close()
  }
}
