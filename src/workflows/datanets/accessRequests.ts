import type { Hex } from 'viem'
import { type GetAccessRequestReturnType, getAccessRequest } from '../../chain/actions/datanets/getAccessRequest.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../network/openConnection.js'
import { notedVersions } from './notedVersions.js'

export interface AccessRequest extends GetAccessRequestReturnType {
  readonly purpose: string
}

/** All requests to train on a Datanet, the oldest first, as they stand now. */
export async function accessRequests(connection: Connection, datanetId: Hex): Promise<readonly AccessRequest[]> {
  const asked = await findEvents(connection.client, connection.network, {
    contract: 'DatanetRegistry',
    abi: datanetRegistryAbi,
    eventName: 'AccessRequested',
    args: { id: datanetId },
  })
  const requests = await Promise.all(
    asked.map(async ({ args: { requestId, purpose } }) => {
      const found = await getAccessRequest(connection.client, { requestId: Number(requestId) })
      return found && { ...found, purpose }
    }),
  )
  return requests.filter((request) => request !== undefined)
}

/**
 * The Datanet that a workspace has published on a chain.
 *
 * @throws OL1660 when it has none
 */
export function publishedDatanet(workspace: string | undefined, connection: Connection): Hex {
  const noted = workspace === undefined ? undefined : notedVersions(workspace, connection)[0]
  if (noted !== undefined) return noted.datanetId
  throw new OpenLedgerError('OL1660', { network: connection.network.name })
}
