import type { Abi, AbiStateMutability, ContractFunctionArgs, ContractFunctionName } from 'viem'
import type { ContractAddressParameter } from './contractAddress.js'
import type { CallSite } from './toChainError.js'

/** A call of a contract's function, before the contract's address is known. */
export interface ContractCall<
  abi extends Abi,
  mutability extends AbiStateMutability,
  name extends ContractFunctionName<abi, mutability>,
  args extends ContractFunctionArgs<abi, mutability, name>,
> extends Omit<CallSite, 'address'>,
    ContractAddressParameter {
  readonly abi: abi
  readonly functionName: name
  readonly args: args
}
