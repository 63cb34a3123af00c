import type { Hex } from 'viem'
import { type GetDatanetReturnType, getDatanet } from '../../chain/actions/datanets/getDatanet.js'
import { readCall } from '../../chain/client/readCall.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import type { DatanetStore } from '../../datanet/store/DatanetStore.js'
import type { Connection } from '../network/openConnection.js'

/**
 * The Datanet that an account publishes a workspace's versions of: the one that the workspace has published before, where the
 * account owns it by now or is its curator, else the one of its identity that the account has registered.
 *
 * @returns undefined where there is none yet
 */
export async function ownDatanet(
  connection: Connection,
  store: DatanetStore,
  account: Hex,
): Promise<GetDatanetReturnType | undefined> {
  const address = connection.address('DatanetRegistry')
  const registry = { contract: 'DatanetRegistry', abi: datanetRegistryAbi } as const
  const noted = store
    .publications()
    .filter((each) => each.chainId === connection.network.chain.id && each.registry === address)
    .map(({ datanetId }) => datanetId)
    .reverse()
  for (const datanetId of new Set(noted)) {
    const [owner, isCurator, versionCount] = await Promise.all([
      readCall(connection.client, { ...registry, functionName: 'owner', args: [datanetId] }),
      readCall(connection.client, { ...registry, functionName: 'isCurator', args: [datanetId, account] }),
      readCall(connection.client, { ...registry, functionName: 'versionCount', args: [datanetId] }),
    ])
    if (owner === account || isCurator) return { datanetId, owner, versionCount: Number(versionCount) }
  }
  return getDatanet(connection.client, { owner: account, identity: store.info.identity })
}
