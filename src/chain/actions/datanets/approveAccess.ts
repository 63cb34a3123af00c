import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface ApproveAccessParameters extends ContractAddressParameter {
  readonly requestId: number
}

export interface ApproveAccessReturnType extends Sent {
  readonly datanetId: Hex
  readonly account: Address
  /** Unix time in seconds at which the grant ends. */
  readonly until: number
}

/**
 * Approves a request. The grant begins now, or at the end of the grant that the account has. The price becomes income
 * of the Datanet second by second. The client's account must be the Datanet's owner.
 *
 * @throws OL1603 when the request was decided already, OL1604 when the account is not the Datanet's owner
 * @example
 * const { until } = await approveAccess(client, { requestId })
 */
export async function approveAccess(
  client: WriteClient,
  { address, requestId }: ApproveAccessParameters,
): Promise<ApproveAccessReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'approveAccess',
    args: [BigInt(requestId)],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'AccessGranted')
  return { datanetId: event.id, account: event.account, until: Number(event.until), ...sentOf(receipt) }
}
