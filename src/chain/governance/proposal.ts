import type { Address, Hex } from 'viem'
import { encodeAbiParameters, keccak256, toHex } from 'viem/utils'

/** The subject of a vote: calls for the timelock to make, and the reason for them. */
export interface Proposal {
  readonly targets: readonly Address[]
  /** Wei of OPEN that the timelock sends with each call. */
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
  readonly description: string
}

/** The values of `IGovernor.ProposalState`, in their order. */
export const proposalStates = [
  'pending',
  'active',
  'canceled',
  'defeated',
  'succeeded',
  'queued',
  'expired',
  'executed',
] as const

export type ProposalState = (typeof proposalStates)[number]

/**
 * The id of a proposal, before it is sent. The same calls and description have the same id on every chain.
 *
 * @example
 * const proposalId = hashProposal({ ...proposal, description: 'Lower the fee' })
 */
export function hashProposal({ targets, values, calldatas, description }: Proposal): bigint {
  const types = [{ type: 'address[]' }, { type: 'uint256[]' }, { type: 'bytes[]' }, { type: 'bytes32' }] as const
  return BigInt(keccak256(encodeAbiParameters(types, [targets, values, calldatas, keccak256(toHex(description))])))
}

/**
 * The proposal in a form that only `proposer` can send. Otherwise an account that copies it from the mempool and is
 * first could cancel it, and its id would be used up. The governor reads the reservation at the end of the description.
 */
export const reservedFor = (proposal: Proposal, proposer: Address): Proposal =>
  proposal.description.toLowerCase().endsWith(`#proposer=${proposer.toLowerCase()}`)
    ? proposal
    : { ...proposal, description: `${proposal.description}\n\n#proposer=${proposer.toLowerCase()}` }
