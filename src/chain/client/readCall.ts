import type { Abi, ContractFunctionArgs, ContractFunctionName, ContractFunctionReturnType } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from './ChainClient.js'
import { contractAddress } from './contractAddress.js'
import type { ContractCall } from './contractCall.js'
import { contractErrors } from './contractErrors.js'
import { toChainError } from './toChainError.js'

type View = 'view' | 'pure'

/**
 * Calls a view function. The contract's custom errors become numbered ones.
 *
 * @throws OL1600 when the network is not running
 * @throws OL1603, OL1604, OL1605, OL1636, OL1637 when the contract refuses
 * @throws OL1609 when there is no contract at the address
 * @throws OL1610 when neither the call nor the client's chain names the address
 */
export async function readCall<
  const abi extends Abi,
  name extends ContractFunctionName<abi, View>,
  const args extends ContractFunctionArgs<abi, View, name>,
>(
  client: ReadClient,
  call: ContractCall<abi, View, name, args>,
): Promise<ContractFunctionReturnType<abi, View, name, args>> {
  const { abi, functionName, args } = call
  const address = contractAddress(client, call.contract, call.address)
  try {
    const parameters = { address, abi: [...abi, ...contractErrors] as Abi, functionName: functionName as string }
    const result = await readContract(client, { ...parameters, args: args as readonly unknown[] })
    return result as ContractFunctionReturnType<abi, View, name, args>
  } catch (cause) {
    throw await toChainError(client, { ...call, address }, cause)
  }
}
