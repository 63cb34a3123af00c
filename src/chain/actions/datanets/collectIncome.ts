import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventsOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface CollectIncomeParameters extends ContractAddressParameter {
  readonly datanetIds: readonly Hex[]
  /** The shareholder; any account may send the call. */
  readonly account: Address
}

export interface CollectIncomeReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Turns the income of an account's shares of some Datanets into credit, which {@link withdrawCredits} pays out.
 *
 * @example
 * const { amountWei } = await collectIncome(client, { datanetIds: [datanetId], account })
 */
export async function collectIncome(
  client: WriteClient,
  { address, datanetIds, account }: CollectIncomeParameters,
): Promise<CollectIncomeReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'collectIncome',
    args: [datanetIds, account],
  } as const
  const receipt = await sendCall(client, call)
  const amountWei = eventsOf(receipt, call, 'IncomeCollected').reduce((sum, { amount }) => sum + amount, 0n)
  return { amountWei, ...sentOf(receipt) }
}
