import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface GrantAccessParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly account: Address
  readonly periodSeconds: number
}

export interface GrantAccessReturnType extends Sent {
  /** Unix time in seconds at which the grant ends. */
  readonly until: number
}

/**
 * Lets an account train on the Datanet without a request or a price. The client's account must be its owner.
 *
 * @throws OL1603 for an unknown Datanet, OL1604 when the account is not its owner
 * @example
 * const { until } = await grantAccess(client, { datanetId, account, periodSeconds: 86_400 * 90 })
 */
export async function grantAccess(
  client: WriteClient,
  { address, datanetId, account, periodSeconds }: GrantAccessParameters,
): Promise<GrantAccessReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'grantAccess',
    args: [datanetId, account, periodSeconds],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'AccessGranted')
  return { until: Number(event.until), ...sentOf(receipt) }
}
