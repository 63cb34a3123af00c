import { impossible, notPermitted, refused, wrongDeployment } from './remedy.js'

const delegate = '`openledger gov wrap` turns OPEN into GOPEN and delegates it'

/** The remedy for each custom error of GOPEN, WOPEN, the governor and the timelock, OpenZeppelin's among them. */
export const governanceRemedies = {
  NativeWrapper__TransferFailed: refused(
    '{account} refuses OPEN: transfer the tokens to an account that takes it, and unwrap them there.',
  ),
  ERC20InsufficientBalance: refused('{sender} holds {balance} wei of the token and {needed} are asked for.'),
  ERC20InsufficientAllowance: notPermitted('{spender} may spend {allowance} wei: the owner must approve {needed}.'),
  ERC20InvalidReceiver: refused('{receiver} must not hold the token: what it got could never be moved again.'),
  ERC20InvalidSender: refused('Name the account that the tokens come from.'),
  ERC20InvalidApprover: refused('Name the account that approves.'),
  ERC20InvalidSpender: refused('Name the account that may spend.'),
  ERC20ExceededSafeSupply: refused('No more than {cap} wei can be wrapped.'),
  ERC2612ExpiredSignature: refused('The permit ended at {deadline} (Unix time): sign a new one.'),
  ERC2612InvalidSigner: notPermitted('The permit was signed by {signer}: it needs the signature of {owner}.'),
  ERC5805FutureLookup: refused('Ask for a time before {clock} (Unix time): votes of now are not final yet.'),
  InvalidAccountNonce: refused(
    'The signature was used, or another before it is missing: sign with nonce {currentNonce}.',
  ),
  InvalidShortString: impossible,
  StringTooLong: wrongDeployment,
  CheckpointUnorderedInsertion: impossible,
  ECDSAInvalidSignature: refused('Sign again: that is no signature.'),
  ECDSAInvalidSignatureLength: refused('Sign again: a signature has 65 bytes, not {length}.'),
  ECDSAInvalidSignatureS: refused('Sign again: that form of a signature can be made from another by anybody.'),
  VotesExpiredSignature: refused('The delegation ended at {expiry} (Unix time): sign a new one.'),
  ERC6372InconsistentClock: impossible,
  FailedCall: refused('A call of the proposal failed and gave no reason: try each of its calls alone.'),
  GovernorAlreadyCastVote: refused('{voter} has voted, and a vote cannot be changed.'),
  GovernorAlreadyQueuedProposal: refused('The proposal is queued already: execute it when its delay has passed.'),
  GovernorDisabledDeposit: refused('Send it to the timelock: what the governor held could be reached by no proposal.'),
  GovernorInsufficientProposerVotes: notPermitted(
    `{proposer} had {votes} of the {threshold} votes (in wei) that it takes to propose, a second ago; ${delegate}.`,
  ),
  GovernorInvalidProposalLength: refused('Give as many targets as values and calldatas, and at least one.'),
  GovernorInvalidQuorumFraction: refused('A quorum is at most {quorumDenominator} of {quorumDenominator} parts.'),
  GovernorInvalidSignature: notPermitted('The vote was not signed by {voter}, or that signature was used.'),
  GovernorInvalidVoteParams: refused('Vote without parameters: this governor counts for, against and abstain.'),
  GovernorInvalidVoteType: refused('Vote for, against or abstain.'),
  GovernorInvalidVotingPeriod: refused('A vote must last longer than {votingPeriod} seconds.'),
  GovernorNonexistentProposal: refused(
    'Check the id {proposalId}: nobody proposed this here. Any change of the file is another id.',
  ),
  GovernorOnlyExecutor: notPermitted('Only a proposal that was voted in may do this, not {account}.'),
  GovernorPreventLateQuorumVoteExtensionTooLarge: refused('Choose at most {maxVoteExtension} seconds.'),
  GovernorProposalQueueingFailed: impossible,
  GovernorProposalQueueingNotRequired: refused('Execute the proposal: it needs no queue.'),
  GovernorRestrictedProposer: notPermitted(
    'The description ends with #proposer= and the address of another: only that account may propose it, not {proposer}.',
  ),
  GovernorUnableToCancel: notPermitted('Only its proposer cancels a proposal, and only before its vote begins.'),
  GovernorUnexpectedProposalState: refused(
    'See `openledger gov status {proposalId}`: propose, wait for the vote, vote, queue, wait for the delay, execute.',
  ),
  OpenLedgerGovernor__OutOfRange: refused('Choose a value from {min} to {max}.'),
  OpenLedgerGovernor__TimelockIsFixed: refused('Let the timelock grant its roles to a new governor instead.'),
  OpenLedgerGovernor__TimelockNotOurs: wrongDeployment,
  OpenLedgerTimelock__DelayOutOfRange: refused('Choose a delay from {min} to {max} seconds.'),
  OpenLedgerTimelock__ZeroAddress: wrongDeployment,
  AccessControlBadConfirmation: refused('Renounce a role with the address of the account that has it.'),
  AccessControlUnauthorizedAccount: notPermitted('{account} does not have the role {neededRole}.'),
  TimelockInsufficientDelay: refused('Schedule it with a delay of at least {minDelay} seconds.'),
  TimelockInvalidOperationLength: refused('Give as many targets as values and payloads.'),
  TimelockUnauthorizedCaller: notPermitted('Only the timelock itself may do this: make it a proposal.'),
  TimelockUnexecutedPredecessor: refused('Execute {predecessorId} first.'),
  TimelockUnexpectedOperationState: refused(
    'The delay after the vote has not passed, or it is done: see `openledger gov status`.',
  ),
} as const
