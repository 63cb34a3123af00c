import type { Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface RequestAccessParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  /** How long the account may use the records after the owner's approval. */
  readonly periodSeconds: number
  /** The intended use. It is written to the chain's log, for everybody to read. */
  readonly purpose: string
  /** The account's offer. It is paid with the request, and refunded if the request is not approved. */
  readonly priceWei: bigint
}

export interface RequestAccessReturnType extends Sent {
  readonly requestId: number
  /** Unix time in seconds after which the request cannot be approved. */
  readonly decideBy: number
}

/**
 * Requests permission to train on a Datanet, and pays for it. The money belongs to the account until the owner decides.
 *
 * @throws OL1603 when the offer is below the Datanet's price, the period is out of range, or the purpose is empty
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
