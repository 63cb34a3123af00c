import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { gopenAbi } from '../../contracts/GOPEN.abi.generated.js'
import { wopenAbi } from '../../contracts/WOPEN.abi.generated.js'
import type { OpenWrapper } from './wrapOpen.js'

export interface UnwrapOpenParameters extends ContractAddressParameter {
  readonly contract: OpenWrapper
  readonly amountWei: bigint
}

export type UnwrapOpenReturnType = Sent

/**
 * Unwraps tokens of the client's account into native OPEN. Votes that were cast still count.
 *
 * @throws OL1603 when the account holds fewer tokens
 * @example
 * await unwrapOpen(client, { contract: 'GOPEN', amountWei })
 */
export async function unwrapOpen(
  client: WriteClient,
  { contract, address, amountWei }: UnwrapOpenParameters,
): Promise<UnwrapOpenReturnType> {
  const abi = contract === 'GOPEN' ? gopenAbi : wopenAbi
  return sentOf(await sendCall(client, { contract, address, abi, functionName: 'withdraw', args: [amountWei] }))
}
