import type { Address, Hex } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface SetCuratorParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly account: Address
  /** Whether the account may publish versions from now on. */
  readonly allowed: boolean
}

export type SetCuratorReturnType = Sent

/**
 * Allows an account to publish versions of the Datanet, or forbids it. The client's account must be the Datanet's
 * owner.
 *
 * @throws OL1603 for an unknown Datanet, OL1604 when the account is not its owner
 * @example
 * await setCurator(client, { datanetId, account: devAccounts().mara.address, allowed: true })
 */
export async function setCurator(
  client: WriteClient,
  { address, datanetId, account, allowed }: SetCuratorParameters,
): Promise<SetCuratorReturnType> {
  const receipt = await sendCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'setCurator',
    args: [datanetId, account, allowed],
  })
  return sentOf(receipt)
}
