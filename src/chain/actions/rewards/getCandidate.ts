import { type Address, type Hex, zeroAddress } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface GetCandidateParameters extends ContractAddressParameter {
  readonly epoch: number
  readonly rewardsRoot: Hex
}

export interface GetCandidateReturnType {
  /** Stake that voted for the root. */
  readonly weightWei: bigint
  /** The account that challenged with it; undefined for the posted root and for a root that is no candidate. */
  readonly challenger: Address | undefined
}

/**
 * One of the roots that the vote on an epoch is between.
 *
 * @example
 * const { challenger } = await getCandidate(client, { epoch: 3, rewardsRoot })
 */
export async function getCandidate(
  client: ReadClient,
  { address, epoch, rewardsRoot }: GetCandidateParameters,
): Promise<GetCandidateReturnType> {
  const { weight, challenger } = await readCall(client, {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'candidate',
    args: [BigInt(epoch), rewardsRoot],
  })
  return { weightWei: weight, challenger: challenger === zeroAddress ? undefined : challenger }
}
