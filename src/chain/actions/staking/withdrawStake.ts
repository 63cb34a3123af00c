import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { stakingAbi } from '../../contracts/Staking.abi.generated.js'

export type WithdrawStakeParameters = ContractAddressParameter

export interface WithdrawStakeReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Pays the client's account its stake that has waited long enough.
 *
 * @throws OL1603 when no stake waits, it has not waited long enough, or a vote of the account is not settled
 * @example
 * const { amountWei } = await withdrawStake(client)
 */
export async function withdrawStake(
  client: WriteClient,
  { address }: WithdrawStakeParameters = {},
): Promise<WithdrawStakeReturnType> {
  const call = { contract: 'Staking', address, abi: stakingAbi, functionName: 'withdrawStake', args: [] } as const
  const receipt = await sendCall(client, call)
  return { amountWei: eventOf(receipt, call, 'StakeWithdrawn').amount, ...sentOf(receipt) }
}
