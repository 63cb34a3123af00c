import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'

export interface ModelIdentity {
  readonly chainId: number
  /** The ModelRegistry. */
  readonly registry: Address
  /** The account that registers it. */
  readonly owner: Address
  readonly adapterHash: Hex
  readonly manifestHash: Hex
}

const types = ['uint256', 'address', 'address', 'bytes32', 'bytes32'].map((type) => ({ type }))

/**
 * The id that the ModelRegistry gives a model: keccak256(abi.encode(chain id, registry, owner, adapter hash, manifest hash)).
 *
 * @example
 * const modelId = modelIdOf({ chainId: 1612, registry, owner, adapterHash, manifestHash })
 */
export const modelIdOf = ({ chainId, registry, owner, adapterHash, manifestHash }: ModelIdentity): Hex =>
  keccak256(encodeAbiParameters(types, [BigInt(chainId), registry, owner, adapterHash, manifestHash]))
