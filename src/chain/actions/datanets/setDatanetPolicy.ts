import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'
import type { DatanetPolicy } from '../../values/datanetPolicy.js'

export interface SetDatanetPolicyParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly policy: DatanetPolicy
}

export type SetDatanetPolicyReturnType = Sent

/**
 * Opens or closes a Datanet to contributors and to accounts that train on it. The client's account must be its owner.
 *
 * @throws OL1603 for an unknown Datanet, OL1604 when the account is not its owner
 * @example
 * await setDatanetPolicy(client, { datanetId, policy: { ...openPolicy, permissionedAccess: true } })
 */
export async function setDatanetPolicy(
  client: WriteClient,
  { address, datanetId, policy }: SetDatanetPolicyParameters,
): Promise<SetDatanetPolicyReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'setPolicy',
    args: [datanetId, policy],
  } as const
  return sentOf(await sendCall(client, call))
}
