import { mismatch, nothingLeft, notPermitted, refused, tooEarly, tooEarlyUntil, wrongDeployment } from './remedy.js'

const governance = notPermitted('Only governance may do this, and not {caller}.')

/** The remedy for each custom error of the AttributionLedger and of Staking. */
export const epochRemedies = {
  AttributionLedger__ZeroAddress: wrongDeployment,
  AttributionLedger__PoolMismatch: wrongDeployment,
  AttributionLedger__StakingMismatch: wrongDeployment,
  AttributionLedger__NotOperator: notPermitted('Sign with the ledger operator’s key, not with that of {caller}.'),
  AttributionLedger__NotGovernance: governance,
  AttributionLedger__TermOutOfRange: refused('Choose a {term} from {min} to {max}.'),
  AttributionLedger__ZeroRoot: refused('Both roots and the manifest hash must be given.'),
  AttributionLedger__EpochPending: tooEarly(
    'Wait until epoch {epoch} is decided: `openledger rewards claim` finalizes it when its window has passed, `openledger rewards resolve {epoch}` ends the vote on a challenge.',
  ),
  AttributionLedger__WrongBond: refused('Send exactly the bond, {required} wei.'),
  AttributionLedger__NotIncreasing: refused(
    'Nothing new to allocate: the last final epoch allocates {previous} wei already.',
  ),
  AttributionLedger__Insolvent: mismatch(
    'Only {totalFunded} wei were paid in for contributors: compute the shares again from the payments on chain.',
  ),
  AttributionLedger__UnknownEpoch: refused(
    'The ledger has {epochCount} epochs, numbered from 1: `openledger rewards status` lists them.',
  ),
  AttributionLedger__NotPending: refused(
    'Epoch {epoch} is not waiting for its window: `openledger rewards status` shows where it stands.',
  ),
  AttributionLedger__NotChallenged: refused(
    'Epoch {epoch} is not challenged: `openledger rewards status` shows where it stands.',
  ),
  AttributionLedger__NotInQuestion: refused(
    'Epoch {epoch} is decided: `openledger rewards status` shows where it stands.',
  ),
  AttributionLedger__WindowClosed: refused(
    'Epoch {epoch} could be challenged until {challengeableUntil} (Unix time) only.',
  ),
  AttributionLedger__WindowOpen: tooEarlyUntil('challengeableUntil'),
  AttributionLedger__SameRoot: refused(
    'The root you claim is the one that was posted: attest it instead (`openledger rewards attest {epoch}`).',
  ),
  AttributionLedger__RootTaken: refused(
    '{challenger} has put this root against the posted one: vote for it, which takes no bond.',
  ),
  AttributionLedger__UnknownRoot: refused(
    'Nobody has put {rewardsRoot} against the posted root: challenge epoch {epoch} with it while its window is open.',
  ),
  AttributionLedger__NoStake: notPermitted(
    '{account} had no stake before the epoch was posted (at {snapshot} (Unix time)), or has withdrawn it: stake now, and vote on the next.',
  ),
  AttributionLedger__AlreadyVoted: refused('{account} has voted on epoch {epoch}, and a vote cannot be changed.'),
  AttributionLedger__VoteOpen: tooEarlyUntil('voteEnd'),
  AttributionLedger__VoteClosed: refused(
    'Voting on epoch {epoch} ended at {voteEnd} (Unix time): end it with `openledger rewards resolve {epoch}`.',
  ),
  AttributionLedger__NothingToSettle: nothingLeft('{account} has no vote that waits to be settled.'),
  Staking__ZeroAddress: wrongDeployment,
  Staking__NotLedger: notPermitted('Only the AttributionLedger locks and releases stake, for votes on epochs.'),
  Staking__NotGovernance: governance,
  Staking__OutOfRange: refused('Choose a {what} from {min} to {max}.'),
  Staking__ZeroAmount: refused('Choose an amount above zero.'),
  Staking__BelowMinimum: refused('Stake nothing or at least {minStake} wei: this would leave {active} wei.'),
  Staking__TooMuch: refused('{active} wei are staked and active: withdraw at most that.'),
  Staking__NothingUnbonding: nothingLeft(
    'No stake of {account} waits to be withdrawn: ask for it first (`openledger stake withdraw --amount`).',
  ),
  Staking__StillUnbonding: tooEarlyUntil('availableAt'),
  Staking__StakeLocked: tooEarly(
    'A vote of {account} on an epoch is not settled: when the epoch is decided, `openledger stake withdraw` settles it.',
  ),
  Staking__NoRewards: nothingLeft('The stake of {account} has earned nothing that was not withdrawn.'),
  Staking__NotYetKnown: tooEarly('Ask for a time before {current} (Unix time): stake of now can still change.'),
} as const
