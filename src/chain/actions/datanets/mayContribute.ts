import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface MayContributeParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly account: Address
}

/**
 * Whether a Datanet accepts records of an account: the Datanet is open, or the account is its owner, a curator or a
 * listed contributor.
 *
 * @throws OL1603 for an unknown Datanet
 * @example
 * const welcome = await mayContribute(client, { datanetId, account })
 */
export const mayContribute = (
  client: ReadClient,
  { address, datanetId, account }: MayContributeParameters,
): Promise<boolean> =>
  readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'mayContribute',
    args: [datanetId, account],
  })
