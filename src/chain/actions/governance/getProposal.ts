import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'
import { type ProposalState, proposalStates } from '../../governance/proposal.js'
import { getBlockTime } from '../common/getBlockTime.js'

export interface GetProposalParameters extends ContractAddressParameter {
  readonly proposalId: bigint
}

export interface GetProposalReturnType {
  readonly state: ProposalState
  readonly proposer: Address
  /** Unix time in seconds at which votes are counted, and after which they are cast. */
  readonly voteStart: number
  /** Unix time in seconds. A quorum that is reached late moves it. */
  readonly voteEnd: number
  /** Unix time in seconds from which it can be executed; 0 before it is queued. */
  readonly eta: number
  readonly forWei: bigint
  readonly againstWei: bigint
  readonly abstainWei: bigint
  /** The votes for it and abstentions that it needs; undefined before votes are counted. */
  readonly quorumWei: bigint | undefined
  readonly targets: readonly Address[]
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
}

/**
 * The present state of a proposal. Its description is only in the event of its creation.
 *
 * @throws OL1603 when there is no such proposal
 * @example
 * const { state, forWei, quorumWei } = await getProposal(client, { proposalId })
 */
export async function getProposal(
  client: ReadClient,
  { address, proposalId }: GetProposalParameters,
): Promise<GetProposalReturnType> {
  const governor = { contract: 'OpenLedgerGovernor', address, abi: openLedgerGovernorAbi } as const
  const asked = { ...governor, args: [proposalId] } as const
  const state = proposalStates[await readCall(client, { ...asked, functionName: 'state' })] ?? 'pending'
  const [proposer, voteStart, voteEnd, eta, votes, details, now] = await Promise.all([
    readCall(client, { ...asked, functionName: 'proposalProposer' }),
    readCall(client, { ...asked, functionName: 'proposalSnapshot' }),
    readCall(client, { ...asked, functionName: 'proposalDeadline' }),
    readCall(client, { ...asked, functionName: 'proposalEta' }),
    readCall(client, { ...asked, functionName: 'proposalVotes' }),
    readCall(client, { ...asked, functionName: 'proposalDetails' }),
    getBlockTime(client),
  ])
  const [againstWei, forWei, abstainWei] = votes
  const [targets, values, calldatas] = details
  const quorumWei =
    voteStart < now ? await readCall(client, { ...governor, functionName: 'quorum', args: [voteStart] }) : undefined
  return {
    state,
    proposer,
    voteStart: Number(voteStart),
    voteEnd: Number(voteEnd),
    eta: Number(eta),
    forWei,
    againstWei,
    abstainWei,
    quorumWei,
    targets,
    values,
    calldatas,
  }
}
