import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface RejectAccessParameters extends ContractAddressParameter {
  readonly requestId: number
  /** It is written to the chain's log. */
  readonly reason: string
}

export type RejectAccessReturnType = Sent

/**
 * Rejects a request. Its price becomes credit of the requesting account. The client's account must be the Datanet's
 * owner.
 *
 * @throws OL1603 when the request was decided already, OL1604 when the account is not the Datanet's owner
 * @example
 * await rejectAccess(client, { requestId, reason: 'not for advertising' })
 */
export async function rejectAccess(
  client: WriteClient,
  { address, requestId, reason }: RejectAccessParameters,
): Promise<RejectAccessReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'rejectAccess',
    args: [BigInt(requestId), reason],
  } as const
  return sentOf(await sendCall(client, call))
}
