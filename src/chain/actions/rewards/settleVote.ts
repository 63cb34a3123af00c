import type { Address } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface SettleVoteParameters extends ContractAddressParameter {
  /** The voter. */
  readonly account: Address
}

export interface SettleVoteReturnType extends Sent {
  /** The epoch that the vote was on. */
  readonly epoch: number
  /** The voter's reward, which {@link withdrawCredits} collects from the ledger. */
  readonly rewardWei: bigint
  /** The part of its stake that the voter lost. */
  readonly slashedWei: bigint
}

/**
 * Settles an account's vote on a decided epoch: credits its reward, takes what it lost, and unlocks the rest of its
 * stake. Any account may send it. An account's next vote settles the previous one, too.
 *
 * @throws OL1603 when the account has no vote to settle, or its epoch is still in question
 * @example
 * const { slashedWei } = await settleVote(client, { account })
 */
export async function settleVote(
  client: WriteClient,
  { address, account }: SettleVoteParameters,
): Promise<SettleVoteReturnType> {
  const call = {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'settle',
    args: [account],
  } as const
  const receipt = await sendCall(client, call)
  const { epoch, reward, slashed } = eventOf(receipt, call, 'VoteSettled')
  return { epoch: Number(epoch), rewardWei: reward, slashedWei: slashed, ...sentOf(receipt) }
}
