import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { stakingAbi } from '../../contracts/Staking.abi.generated.js'

export interface StakeParameters extends ContractAddressParameter {
  readonly amountWei: bigint
}

export interface StakeReturnType extends Sent {
  /** All stake of the account that votes and earns. */
  readonly activeWei: bigint
}

/**
 * Adds OPEN to the account's stake. It votes on epochs that are posted later, and earns from now on.
 *
 * @throws OL1603 when the stake would be below the minimum
 * @example
 * const { activeWei } = await stake(client, { amountWei: parseEther('500') })
 */
export async function stake(client: WriteClient, { address, amountWei }: StakeParameters): Promise<StakeReturnType> {
  const call = {
    contract: 'Staking',
    address,
    abi: stakingAbi,
    functionName: 'stake',
    args: [],
    value: amountWei,
  } as const
  const receipt = await sendCall(client, call)
  return { activeWei: eventOf(receipt, call, 'Staked').active, ...sentOf(receipt) }
}
