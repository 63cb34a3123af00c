import type { Address } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { gopenAbi } from '../../contracts/GOPEN.abi.generated.js'

export interface DelegateVotesParameters extends ContractAddressParameter {
  /**
   * The account that votes with all tokens of the client's account, present and future ones; itself to vote on its own.
   */
  readonly delegatee: Address
}

export type DelegateVotesReturnType = Sent

/**
 * Lets the GOPEN of the client's account vote. They count in proposals whose vote begins later.
 *
 * @example
 * await delegateVotes(client, { delegatee: client.account.address })
 */
export async function delegateVotes(
  client: WriteClient,
  { address, delegatee }: DelegateVotesParameters,
): Promise<DelegateVotesReturnType> {
  const call = { contract: 'GOPEN', address, abi: gopenAbi, functionName: 'delegate', args: [delegatee] } as const
  return sentOf(await sendCall(client, call))
}
