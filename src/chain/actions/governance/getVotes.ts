import { type Address, zeroAddress } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { gopenAbi } from '../../contracts/GOPEN.abi.generated.js'

export interface GetVotesParameters extends ContractAddressParameter {
  readonly account: Address
}

export interface GetVotesReturnType {
  /** Tokens that the account holds. */
  readonly balanceWei: bigint
  /** Votes that it has now: the tokens of all accounts that delegate to it. */
  readonly votesWei: bigint
  /** The account that votes with its tokens; undefined while they do not vote. */
  readonly delegatee: Address | undefined
}

/**
 * An account's GOPEN and its votes.
 *
 * @example
 * const { votesWei } = await getVotes(client, { account })
 */
export async function getVotes(
  client: ReadClient,
  { address, account }: GetVotesParameters,
): Promise<GetVotesReturnType> {
  const gopen = { contract: 'GOPEN', address, abi: gopenAbi, args: [account] } as const
  const [balanceWei, votesWei, delegatee] = await Promise.all([
    readCall(client, { ...gopen, functionName: 'balanceOf' }),
    readCall(client, { ...gopen, functionName: 'getVotes' }),
    readCall(client, { ...gopen, functionName: 'delegates' }),
  ])
  return { balanceWei, votesWei, delegatee: delegatee === zeroAddress ? undefined : delegatee }
}
