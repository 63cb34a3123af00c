import type { Address, Chain } from 'viem'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ContractName } from './networks.js'

/** The parameter of an action that says where its contract is. */
export interface ContractAddressParameter {
  /** Address of the action's contract. By default the action takes it from `client.chain.contracts`. */
  readonly address?: Address | undefined
}

/**
 * The address of a contract on the chain of a client or a network.
 *
 * @param given takes precedence over the chain's own
 * @throws OL1610 when the chain names no address for the contract
 * @example
 * const escrow = contractAddress(client, 'InferenceEscrow')
 */
export function contractAddress(
  { chain }: { readonly chain: Chain },
  contract: ContractName,
  given?: Address | undefined,
): Address {
  if (given !== undefined) return given
  const found = chain.contracts?.[contract]
  if (found !== undefined && 'address' in found) return found.address
  const network = String(chain.custom?.['network'] ?? chain.name)
  throw new OpenLedgerError('OL1610', { contract, network, chainId: chain.id })
}
