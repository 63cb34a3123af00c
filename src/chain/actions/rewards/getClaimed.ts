import type { Address } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import { readCall } from '../../client/readCall.js'
import { rewardPoolAbi } from '../../contracts/RewardPool.generated.js'

export interface GetClaimedParameters {
  /** The RewardPool. */
  readonly address: Address
  readonly account: Address
}

/**
 * What the pool has paid an account since the beginning, in wei.
 *
 * @example
 * const dueWei = cumulativeWei - (await getClaimed(client, { address, account }))
 */
export const getClaimed = (client: ReadClient, { address, account }: GetClaimedParameters): Promise<bigint> =>
  readCall(client, { contract: 'RewardPool', address, abi: rewardPoolAbi, functionName: 'claimed', args: [account] })
