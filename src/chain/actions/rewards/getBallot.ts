import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface GetBallotParameters extends ContractAddressParameter {
  readonly account: Address
}

export interface GetBallotReturnType {
  readonly epoch: number
  readonly rewardsRoot: Hex
  readonly weightWei: bigint
}

/**
 * An account's vote on an epoch that is not settled yet; undefined if there is none.
 *
 * @example
 * const ballot = await getBallot(client, { account })
 */
export async function getBallot(
  client: ReadClient,
  { address, account }: GetBallotParameters,
): Promise<GetBallotReturnType | undefined> {
  const { epoch, root, weight } = await readCall(client, {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'ballot',
    args: [account],
  })
  return epoch === 0 ? undefined : { epoch, rewardsRoot: root, weightWei: weight }
}
