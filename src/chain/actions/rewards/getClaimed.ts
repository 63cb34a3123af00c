import type { Address } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { rewardPoolAbi } from '../../contracts/RewardPool.abi.generated.js'

export interface GetClaimedParameters extends ContractAddressParameter {
  readonly account: Address
}

/**
 * The amount that the pool has paid an account since the beginning, in wei.
 *
 * @example
 * const dueWei = cumulativeWei - (await getClaimed(client, { account }))
 */
export const getClaimed = (client: ReadClient, { address, account }: GetClaimedParameters): Promise<bigint> =>
  readCall(client, { contract: 'RewardPool', address, abi: rewardPoolAbi, functionName: 'claimed', args: [account] })
