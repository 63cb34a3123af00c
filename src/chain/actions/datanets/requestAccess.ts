import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface RequestAccessParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  /** How long the account wants to use the records, from the owner’s approval on. */
  readonly periodSeconds: number
  /** What for; it stands in the chain’s log for everybody to read. */
  readonly purpose: string
  /** What the account offers. It is paid with the request, and had back unless the request is approved. */
  readonly priceWei: bigint
}

export interface RequestAccessReturnType extends Sent {
  readonly requestId: number
  /** Unix time in seconds; after it, the request cannot be approved. */
  readonly decideBy: number
}

/**
 * Asks for permission to train on a Datanet, and pays for it. The money stays the account’s until the owner decides.
 *
 * @throws OL1603 when the offer is below the Datanet’s price, the period is out of range, or the purpose is empty
 * @throws OL1607 when the account has too few OPEN
 * @example
 * const { requestId } = await requestAccess(client, { datanetId, periodSeconds: 86_400 * 90, purpose, priceWei })
 */
export async function requestAccess(
  client: WriteClient,
  { address, datanetId, periodSeconds, purpose, priceWei }: RequestAccessParameters,
): Promise<RequestAccessReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'requestAccess',
    args: [datanetId, periodSeconds, purpose],
    value: priceWei,
  } as const
  const receipt = await sendCall(client, call)
  const event = eventOf(receipt, call, 'AccessRequested')
  return { requestId: Number(event.requestId), decideBy: Number(event.decideBy), ...sentOf(receipt) }
}
