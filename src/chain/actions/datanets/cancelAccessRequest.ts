import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface CancelAccessRequestParameters extends ContractAddressParameter {
  readonly requestId: number
}

export type CancelAccessRequestReturnType = Sent

/**
 * Cancels a request. Its price becomes credit of the requesting account, which {@link withdrawCredits} collects. Only
 * that account can cancel it until the time for an answer is over, and any account afterwards.
 *
 * @throws OL1603 when the request was decided already, OL1604 for another account
 * @example
 * await cancelAccessRequest(client, { requestId })
 */
export async function cancelAccessRequest(
  client: WriteClient,
  { address, requestId }: CancelAccessRequestParameters,
): Promise<CancelAccessRequestReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'cancelAccessRequest',
    args: [BigInt(requestId)],
  } as const
  return sentOf(await sendCall(client, call))
}
