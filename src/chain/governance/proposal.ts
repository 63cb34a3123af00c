import type { Address, Hex } from 'viem'
import { encodeAbiParameters, keccak256, toHex } from 'viem/utils'

/** What a vote is about: calls that the timelock makes, and why. */
export interface Proposal {
  readonly targets: readonly Address[]
  /** Wei of OPEN that goes with each call, out of the timelock. */
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
  readonly description: string
}

/** `IGovernor.ProposalState`, in its order. */
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
 * The id of a proposal, known before it is sent: the same for the same calls and description on every chain.
 *
 * @example
 * const proposalId = hashProposal({ targets, values, calldatas, description: 'Lower the fee' })
 */
export function hashProposal({ targets, values, calldatas, description }: Proposal): bigint {
  const types = [{ type: 'address[]' }, { type: 'uint256[]' }, { type: 'bytes[]' }, { type: 'bytes32' }] as const
  return BigInt(keccak256(encodeAbiParameters(types, [targets, values, calldatas, keccak256(toHex(description))])))
}

/**
 * The proposal as only `proposer` can make it: whoever copies it out of the mempool and is first could cancel it, and its
 * id would be used up. The governor reads the end of the description.
 */
export const reservedFor = (proposal: Proposal, proposer: Address): Proposal =>
  proposal.description.toLowerCase().endsWith(`#proposer=${proposer.toLowerCase()}`)
    ? proposal
    : { ...proposal, description: `${proposal.description}\n\n#proposer=${proposer.toLowerCase()}` }
