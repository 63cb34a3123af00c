import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface SetContributorsParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly accounts: readonly Address[]
  /** Whether the accounts are on the list from now on. */
  readonly allowed: boolean
}

export type SetContributorsReturnType = Sent

/**
 * Puts accounts on the Datanet's list of contributors, or takes them off it. The client's account must be its owner or
 * a curator.
 *
 * @throws OL1603 for an unknown Datanet, OL1604 when the account is neither of them
 * @example
 * await setContributors(client, { datanetId, accounts: [mara], allowed: true })
 */
export async function setContributors(
  client: WriteClient,
  { address, datanetId, accounts, allowed }: SetContributorsParameters,
): Promise<SetContributorsReturnType> {
  const call = {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'setContributors',
    args: [datanetId, accounts, allowed],
  } as const
  return sentOf(await sendCall(client, call))
}
