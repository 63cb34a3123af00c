import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { gopenAbi } from '../../contracts/GOPEN.abi.generated.js'
import { wopenAbi } from '../../contracts/WOPEN.abi.generated.js'

/** GOPEN carries votes; WOPEN is for contracts that require an ERC-20 token. */
export type OpenWrapper = 'GOPEN' | 'WOPEN'

export interface WrapOpenParameters extends ContractAddressParameter {
  readonly contract: OpenWrapper
  readonly amountWei: bigint
}

export type WrapOpenReturnType = Sent

/**
 * Wraps native OPEN of the client's account into as many tokens. GOPEN votes once it is delegated ({@link
 * delegateVotes}).
 *
 * @throws OL1607 when the account has too few OPEN
 * @example
 * await wrapOpen(client, { contract: 'GOPEN', amountWei: parseEther('100') })
 */
export async function wrapOpen(
  client: WriteClient,
  { contract, address, amountWei }: WrapOpenParameters,
): Promise<WrapOpenReturnType> {
  const abi = contract === 'GOPEN' ? gopenAbi : wopenAbi
  return sentOf(await sendCall(client, { contract, address, abi, functionName: 'deposit', args: [], value: amountWei }))
}
