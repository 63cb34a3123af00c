import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface RevokeAccessParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly account: Address
  /** It is written to the chain's log. */
  readonly reason: string
}

export interface RevokeAccessReturnType extends Sent {
  readonly refundWei: bigint
}

/**
 * Ends an account's grant now. The part of its price that is not earned yet becomes the account's credit. The client's
 * account must be the Datanet's owner.
 *
 * @throws OL1603 when the account has no grant, OL1604 when the client's account is not the owner
 * @example
 * const { refundWei } = await revokeAccess(client, { datanetId, account, reason: 'licence broken' })
 */
export async function revokeAccess(
  client: WriteClient,
  { address, datanetId, account, reason }: RevokeAccessParameters,
): Promise<RevokeAccessReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'revokeAccess',
    args: [datanetId, account, reason],
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'AccessRevoked')
  return { refundWei: event.refund, ...sentOf(receipt) }
}
