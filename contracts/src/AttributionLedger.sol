// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {PullPayment} from "./PullPayment.sol";
import {RewardPool} from "./RewardPool.sol";
import {Staking} from "./Staking.sol";

/// @title Epochs of receipts: posted with a bond, open to challenge, judged by stake, then claimable
/// @notice One epoch at a time is in question. While it is, the root before it stays claimable. What an epoch allocates
/// is cumulative, grows with every epoch, and is never more than contributors' money that was paid into the pool.
///
/// Validators compute an epoch again from its files. Within the window, each may attest the posted root (a vote for
/// it), or challenge with a root of its own, with a bond. There can be any number of rival roots; a further one takes
/// nothing from the others. When the window ends with a rival, a time of voting follows. Then:
/// - one root has more than half of the stake that voted, and enough stake voted: that root is right. Everybody on the
///   side of another root loses: challengers their whole bonds, voters a bounded part of their stake. The posted root,
///   if it is the one, is final at once; otherwise the epoch is rejected.
/// - no root has that: the epoch is rejected, and nobody was proven wrong.
///
/// A rejected epoch costs time: the operator posts another one. A false one that passes costs contributors' money, which
/// nobody can bring back. That is why doubt rejects. It is also why a rival root never becomes the epoch: a majority of
/// the stake can prevent that a root is claimed, but needs the operator as well to have one claimed.
/// @dev The epoch in question lives in slots that every epoch reuses, which keeps posting cheap and leaves no trace of
/// a rejected epoch; becoming final copies it into its permanent record. There is no loop: votes are settled one by
/// one.
contract AttributionLedger is PullPayment {
    using SafeCast for uint256;

    enum Status {
        None,
        Pending,
        Challenged,
        Finalized,
        Rejected
    }

    /// @notice How a vote ended: the posted root was found right, a rival root was, or neither.
    enum Outcome {
        None,
        Upheld,
        Overturned,
        Undecided
    }

    /// @notice What governance sets. An epoch keeps the terms that it was posted under.
    /// @param window Seconds in which an epoch can be challenged.
    /// @param votePeriod Seconds of voting after the window.
    /// @param bond Wei that posting, and every challenge, puts at stake.
    /// @param slashBps Part of a losing vote's stake that is lost, in hundredths of a percent.
    /// @param quorumBps Part of all stake that must vote for a valid result, in hundredths of a percent.
    struct Terms {
        uint32 window;
        uint32 votePeriod;
        uint96 bond;
        uint16 slashBps;
        uint16 quorumBps;
    }

    /// @notice The answer of {epoch}. Of a rejected epoch only the status is kept.
    /// @param receiptsRoot Root over (bytes32 inferenceId, bytes32 receiptHash, uint256 poolWei).
    /// @param rewardsRoot Root over (uint256 chainId, address pool, address account, uint256 cumulative).
    /// @param manifestHash Hash of what is needed to compute both roots again.
    /// @param totalAllocated Sum of the rewards tree's cumulative amounts, in wei.
    /// @param challengeableUntil End of the window, while in question.
    /// @param finalizedAt When it became final, 0 before.
    struct Epoch {
        Status status;
        bytes32 receiptsRoot;
        bytes32 rewardsRoot;
        bytes32 manifestHash;
        uint256 totalAllocated;
        uint64 receiptCount;
        uint64 challengeableUntil;
        uint64 finalizedAt;
        address poster;
        uint256 bond;
    }

    /// @notice The present state of the vote on an epoch.
    /// @param cast Stake that has voted.
    /// @param total All stake that can vote, set by the first challenge.
    /// @param leading Stake that voted for `leadingRoot`, more than for any other (or as much, and earlier).
    /// @param rivals Number of challenging roots.
    /// @param voteEnd When voting ends, 0 while unchallenged.
    /// @param pot Wei that is left for the voters of the right root whose votes are not settled yet.
    /// @param potWeight Their stake.
    struct Tally {
        uint96 cast;
        uint96 leading;
        uint40 voteEnd;
        Outcome outcome;
        bytes32 leadingRoot;
        uint96 total;
        uint32 rivals;
        uint32 termsId;
        uint96 pot;
        uint96 potWeight;
    }

    /// @dev Five slots: three roots; the numbers; the poster. `number` stays at the last epoch posted.
    struct Pending {
        bytes32 receiptsRoot;
        bytes32 rewardsRoot;
        bytes32 manifestHash;
        uint96 totalAllocated;
        uint48 receiptCount;
        uint40 postedAt;
        uint32 number;
        uint32 termsId;
        Status status;
        address poster;
    }

    /// @dev Four slots.
    struct Record {
        bytes32 receiptsRoot;
        bytes32 rewardsRoot;
        bytes32 manifestHash;
        uint96 totalAllocated;
        uint64 receiptCount;
        uint64 finalizedAt;
    }

    /// @notice Stake that voted for a root, and the account that challenged with it (zero for the posted root).
    struct Candidate {
        uint96 weight;
        address challenger;
    }

    /// @notice An account's vote until it is settled; an account has one at a time.
    struct Ballot {
        uint32 epoch;
        uint96 weight;
        bytes32 root;
    }

    event EpochPosted(
        uint256 indexed epoch,
        bytes32 receiptsRoot,
        bytes32 rewardsRoot,
        uint256 totalAllocated,
        uint64 receiptCount,
        bytes32 manifestHash,
        uint256 challengeableUntil
    );
    event EpochChallenged(uint256 indexed epoch, address indexed challenger, bytes32 claimedRewardsRoot);
    event VoteCast(uint256 indexed epoch, address indexed validator, bytes32 rewardsRoot, uint256 weight);
    event VoteExtended(uint256 indexed epoch, uint256 voteEnd);
    event EpochResolved(uint256 indexed epoch, Outcome outcome, bytes32 rewardsRoot, uint256 forfeited);
    event VoteSettled(uint256 indexed epoch, address indexed validator, uint256 reward, uint256 slashed);
    event EpochFinalized(uint256 indexed epoch, bytes32 rewardsRoot, uint256 totalAllocated);
    event OperatorSet(address indexed operator);
    event TreasurySet(address indexed treasury);
    event TermsSet(uint256 window, uint256 votePeriod, uint256 bond, uint256 slashBps, uint256 quorumBps);

    error AttributionLedger__ZeroAddress();
    error AttributionLedger__PoolMismatch(address pool, address poolLedger);
    error AttributionLedger__StakingMismatch(address staking, address stakingLedger);
    error AttributionLedger__NotOperator(address caller);
    error AttributionLedger__NotGovernance(address caller);
    error AttributionLedger__TermOutOfRange(string term, uint256 value, uint256 min, uint256 max);
    error AttributionLedger__ZeroRoot(bytes32 receiptsRoot, bytes32 rewardsRoot, bytes32 manifestHash);
    error AttributionLedger__EpochPending(uint256 epoch);
    error AttributionLedger__WrongBond(uint256 sent, uint256 required);
    error AttributionLedger__NotIncreasing(uint256 totalAllocated, uint256 previous);
    error AttributionLedger__Insolvent(uint256 totalAllocated, uint256 totalFunded);
    error AttributionLedger__UnknownEpoch(uint256 epoch, uint256 epochCount);
    error AttributionLedger__NotPending(uint256 epoch, Status status);
    error AttributionLedger__NotChallenged(uint256 epoch, Status status);
    error AttributionLedger__NotInQuestion(uint256 epoch, Status status);
    error AttributionLedger__WindowClosed(uint256 epoch, uint256 challengeableUntil);
    error AttributionLedger__WindowOpen(uint256 epoch, uint256 challengeableUntil);
    error AttributionLedger__SameRoot(uint256 epoch, bytes32 rewardsRoot);
    error AttributionLedger__RootTaken(uint256 epoch, bytes32 rewardsRoot, address challenger);
    error AttributionLedger__UnknownRoot(uint256 epoch, bytes32 rewardsRoot);
    error AttributionLedger__NoStake(address account, uint256 snapshot);
    error AttributionLedger__AlreadyVoted(uint256 epoch, address account);
    error AttributionLedger__VoteOpen(uint256 epoch, uint256 voteEnd);
    error AttributionLedger__VoteClosed(uint256 epoch, uint256 voteEnd);
    error AttributionLedger__NothingToSettle(address account);

    /// @notice Governance can neither skip the window or the vote nor make them endless.
    uint256 public constant MIN_PERIOD = 1 hours;
    uint256 public constant MAX_WINDOW = 30 days;
    uint256 public constant MAX_VOTE_PERIOD = 14 days;

    /// @notice A trivial bond deters nobody from false roots; an unaffordable one silences validators.
    uint256 public constant MIN_BOND = 0.01 ether;
    uint256 public constant MAX_BOND = 100_000 ether;

    /// @notice A vote must cost something when it is wrong, and never much: a minority can be honest, and right, and a
    /// loss that it could not bear would teach validators to vote with the largest of them instead of computing.
    uint256 public constant MIN_SLASH_BPS = 100;
    uint256 public constant MAX_SLASH_BPS = 1000;

    /// @notice At most half, so that more than half of all stake always decides.
    uint256 public constant MIN_QUORUM_BPS = 500;
    uint256 public constant MAX_QUORUM_BPS = 5000;

    /// @notice The part of its bond that a challenger loses when the vote has no result: the price of delaying an
    /// epoch.
    uint256 public constant UNDECIDED_FEE_BPS = 1000;

    uint256 private constant BPS = 10_000;

    /// @dev A vote that changes the leading result leaves the others a quarter of the vote period to answer.
    uint256 private constant OVERTIME_PART = 4;

    RewardPool public immutable pool;
    Staking public immutable staking;

    /// @notice The one account that sets operator, treasury and terms; meant to be a timelock. It judges nothing.
    address public immutable governance;

    Pending private _pending;

    // Two slots, both read by {post}; {finalize} writes the second.
    address public operator;
    uint32 private _termsId;
    uint96 private _activeTotal;
    uint32 private _activeEpoch;

    /// @notice Receives the part of losses that no participant of a vote may get back, so that nobody gains by losing
    /// to oneself.
    address public treasury;

    mapping(uint256 id => Terms) private _terms;
    mapping(uint256 number => Record) private _records;
    mapping(uint256 number => Tally) private _tallies;
    mapping(uint256 number => mapping(bytes32 rewardsRoot => Candidate)) private _candidates;
    mapping(address account => Ballot) private _ballots;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert AttributionLedger__NotGovernance(msg.sender);
        _;
    }

    /// @param pool_ Must have been built with this ledger's address.
    /// @param staking_ Must have been built with this ledger's address.
    /// @param governance_ Also the first treasury.
    constructor(RewardPool pool_, Staking staking_, address operator_, address governance_, Terms memory terms_) {
        if (governance_ == address(0)) revert AttributionLedger__ZeroAddress();
        if (pool_.ledger() != address(this)) {
            revert AttributionLedger__PoolMismatch(address(pool_), pool_.ledger());
        }
        if (staking_.ledger() != address(this)) {
            revert AttributionLedger__StakingMismatch(address(staking_), staking_.ledger());
        }
        pool = pool_;
        staking = staking_;
        governance = governance_;
        _setOperator(operator_);
        _setTreasury(governance_);
        _setTerms(terms_);
    }

    /// @notice Posts the next epoch. Operator only, with exactly the bond, while no other epoch is in question.
    /// @param totalAllocated All that the rewards tree allocates since the beginning, in wei.
    function post(
        bytes32 receiptsRoot,
        bytes32 rewardsRoot,
        uint256 totalAllocated,
        uint64 receiptCount,
        bytes32 manifestHash
    ) external payable returns (uint256 number) {
        if (msg.sender != operator) revert AttributionLedger__NotOperator(msg.sender);
        uint256 termsId = _termsId;
        Terms memory terms_ = _terms[termsId];
        if (msg.value != terms_.bond) revert AttributionLedger__WrongBond(msg.value, terms_.bond);
        if (_pending.status != Status.None) revert AttributionLedger__EpochPending(_pending.number);
        if (receiptsRoot == 0 || rewardsRoot == 0 || manifestHash == 0) {
            revert AttributionLedger__ZeroRoot(receiptsRoot, rewardsRoot, manifestHash);
        }
        if (totalAllocated <= _activeTotal) revert AttributionLedger__NotIncreasing(totalAllocated, _activeTotal);
        uint256 funded = pool.totalFunded();
        if (totalAllocated > funded) revert AttributionLedger__Insolvent(totalAllocated, funded);

        number = _pending.number + 1;
        _pending = Pending({
            receiptsRoot: receiptsRoot,
            rewardsRoot: rewardsRoot,
            manifestHash: manifestHash,
            totalAllocated: totalAllocated.toUint96(),
            receiptCount: uint256(receiptCount).toUint48(),
            postedAt: uint40(block.timestamp),
            number: uint32(number),
            termsId: uint32(termsId),
            status: Status.Pending,
            poster: msg.sender
        });
        emit EpochPosted(
            number,
            receiptsRoot,
            rewardsRoot,
            totalAllocated,
            receiptCount,
            manifestHash,
            block.timestamp + terms_.window
        );
    }

    /// @notice Challenges the posted root with the caller's own, within the window, with a bond as large as the
    /// operator's and with the caller's vote. A weak challenge does not shut out a stronger one: every rival has its
    /// own place in the vote.
    /// @param claimedRewardsRoot The rewards root that the caller computed, or zero: "the posted root cannot be
    /// recomputed", because the files are withheld or a field other than the rewards root is false.
    function challenge(uint256 number, bytes32 claimedRewardsRoot) external payable {
        _requireInQuestion(number);
        Pending storage pending = _pending;
        Terms storage terms_ = _terms[pending.termsId];
        uint256 until = pending.postedAt + terms_.window;
        if (block.timestamp >= until) revert AttributionLedger__WindowClosed(number, until);
        if (msg.value != terms_.bond) revert AttributionLedger__WrongBond(msg.value, terms_.bond);
        if (claimedRewardsRoot == pending.rewardsRoot) {
            revert AttributionLedger__SameRoot(number, claimedRewardsRoot);
        }
        Candidate storage rival = _candidates[number][claimedRewardsRoot];
        if (rival.challenger != address(0)) {
            revert AttributionLedger__RootTaken(number, claimedRewardsRoot, rival.challenger);
        }

        Tally storage counted = _tallies[number];
        if (pending.status == Status.Pending) {
            pending.status = Status.Challenged;
            counted.voteEnd = uint40(until + terms_.votePeriod);
            counted.termsId = pending.termsId;
            counted.total = staking.totalAt(pending.postedAt - 1).toUint96();
        }
        ++counted.rivals;
        rival.challenger = msg.sender;
        emit EpochChallenged(number, msg.sender, claimedRewardsRoot);
        _vote(number, claimedRewardsRoot, counted, rival);
    }

    /// @notice Votes for a root with all stake that the caller had before the epoch was posted. A vote cannot be
    /// changed. For the posted root this is an attestation, possible before any challenge: a validator that computed
    /// the epoch loses nothing by it, and cannot be swayed by later votes.
    /// @param rewardsRoot The posted root or that of a challenge. A vote names a root, not a side, so that it counts
    /// for nothing else, also after a reorganization of the chain.
    function vote(uint256 number, bytes32 rewardsRoot) external {
        Status status = _requireInQuestion(number);
        Pending storage pending = _pending;
        Tally storage counted = _tallies[number];
        if (status == Status.Pending) {
            uint256 until = pending.postedAt + _terms[pending.termsId].window;
            if (block.timestamp >= until) revert AttributionLedger__WindowClosed(number, until);
        } else if (block.timestamp >= counted.voteEnd) {
            revert AttributionLedger__VoteClosed(number, counted.voteEnd);
        }
        Candidate storage chosen = _candidates[number][rewardsRoot];
        if (rewardsRoot != pending.rewardsRoot && chosen.challenger == address(0)) {
            revert AttributionLedger__UnknownRoot(number, rewardsRoot);
        }
        _vote(number, rewardsRoot, counted, chosen);
    }

    /// @notice Ends the vote on a challenged epoch with its result. Anyone may call, when voting is over, or after the
    /// window as soon as one root has more than half of all stake, which no later vote can change.
    /// @dev Every finding forfeits as many bonds as there are rivals: those of all rivals, or the poster's and those of
    /// all rivals but one. Half goes to the votes for the right root, by stake, and half to the treasury, as does all
    /// that is slashed. The first half pays all voters who computed the root, not only the first challenger. The second
    /// half goes to none of them, so that an operator who challenges itself, and votes on both sides, loses at least
    /// that half.
    function resolve(uint256 number) external {
        _requireStatus(number, Status.Challenged);
        Pending memory pending = _pending;
        Tally storage counted = _tallies[number];
        Terms memory terms_ = _terms[pending.termsId];
        bool certain =
            block.timestamp >= pending.postedAt + terms_.window && 2 * uint256(counted.leading) > counted.total;
        if (block.timestamp < counted.voteEnd && !certain) {
            revert AttributionLedger__VoteOpen(number, counted.voteEnd);
        }

        (Outcome outcome, bytes32 root) = _finding(counted, pending.rewardsRoot, terms_.quorumBps);
        uint256 forfeited = uint256(terms_.bond) * counted.rivals;
        counted.outcome = outcome;
        if (outcome == Outcome.Undecided) {
            forfeited = _undecidedFee(terms_.bond) * counted.rivals;
            _credit(treasury, forfeited);
        } else {
            uint256 pot = forfeited / 2;
            counted.pot = pot.toUint96();
            counted.potWeight = counted.leading;
            _credit(treasury, forfeited - pot);
        }
        emit EpochResolved(number, outcome, root, forfeited);

        if (outcome == Outcome.Upheld) {
            _finalize(pending, terms_.bond);
        } else {
            _pending.status = Status.None;
            // The one bond that is not forfeited; without a finding the poster's, and challengers have theirs settled.
            address keeper = outcome == Outcome.Undecided ? pending.poster : _candidates[number][root].challenger;
            _credit(keeper, terms_.bond);
        }
    }

    /// @notice Makes an unchallenged epoch claimable once its window has passed, and frees its bond. Anyone may call.
    function finalize(uint256 number) external {
        _requireStatus(number, Status.Pending);
        Pending memory pending = _pending;
        Terms memory terms_ = _terms[pending.termsId];
        uint256 until = pending.postedAt + terms_.window;
        if (block.timestamp < until) revert AttributionLedger__WindowOpen(number, until);
        _finalize(pending, terms_.bond);
    }

    /// @notice Settles an account's vote on an epoch that is decided: pays what it won, takes what it lost, and frees
    /// the rest of its stake. Anyone may call; an account's next vote does, too.
    function settle(address account) external {
        uint256 number = _ballots[account].epoch;
        if (number == 0) revert AttributionLedger__NothingToSettle(account);
        Status status = _statusOf(number);
        if (status == Status.Pending || status == Status.Challenged) revert AttributionLedger__EpochPending(number);
        _settle(account);
    }

    /// @notice Replaces the operator. A pending epoch and its bond stay with the account that posted it.
    function setOperator(address operator_) external onlyGovernance {
        _setOperator(operator_);
    }

    /// @notice Sets the account that is credited with later forfeits and slashes. Earlier credit stays where it is.
    function setTreasury(address treasury_) external onlyGovernance {
        _setTreasury(treasury_);
    }

    /// @notice Sets the terms of later epochs.
    function setTerms(Terms calldata terms_) external onlyGovernance {
        _setTerms(terms_);
    }

    /// @notice Whether the receipt is in a final epoch. False for an epoch in question or rejected.
    function verifyReceipt(
        uint256 number,
        bytes32 inferenceId,
        bytes32 receiptHash,
        uint256 poolWei,
        bytes32[] calldata proof
    ) external view returns (bool) {
        // Hashed twice, so that no inner node of 64 bytes can pass for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(inferenceId, receiptHash, poolWei))));
        return MerkleProof.verifyCalldata(proof, _records[number].receiptsRoot, leaf);
    }

    /// @notice The present state of an epoch. Numbers run from 1 to {epochCount}.
    function epoch(uint256 number) external view returns (Epoch memory answer) {
        answer.status = _statusOf(number);
        if (answer.status == Status.Finalized) {
            Record storage record = _records[number];
            answer.receiptsRoot = record.receiptsRoot;
            answer.rewardsRoot = record.rewardsRoot;
            answer.manifestHash = record.manifestHash;
            answer.totalAllocated = record.totalAllocated;
            answer.receiptCount = record.receiptCount;
            answer.finalizedAt = record.finalizedAt;
        } else if (answer.status != Status.Rejected) {
            Pending storage pending = _pending;
            Terms storage terms_ = _terms[pending.termsId];
            answer.receiptsRoot = pending.receiptsRoot;
            answer.rewardsRoot = pending.rewardsRoot;
            answer.manifestHash = pending.manifestHash;
            answer.totalAllocated = pending.totalAllocated;
            answer.receiptCount = pending.receiptCount;
            answer.challengeableUntil = pending.postedAt + terms_.window;
            answer.poster = pending.poster;
            answer.bond = terms_.bond;
        }
    }

    /// @notice The vote on an epoch, also a decided one; all zero when nobody voted.
    function tally(uint256 number) external view returns (Tally memory) {
        return _tallies[number];
    }

    /// @notice One of the roots that an epoch's vote is between.
    function candidate(uint256 number, bytes32 rewardsRoot) external view returns (Candidate memory) {
        return _candidates[number][rewardsRoot];
    }

    /// @notice An account's vote that is not settled yet; all zero when there is none.
    function ballot(address account) external view returns (Ballot memory) {
        return _ballots[account];
    }

    /// @notice The stake with which an account can vote on the epoch in question counts as of the second before its
    /// posting.
    function snapshot(uint256 number) external view returns (uint256) {
        _requireInQuestion(number);
        return _pending.postedAt - 1;
    }

    /// @notice How many epochs were posted, rejected ones included.
    function epochCount() external view returns (uint256) {
        return _pending.number;
    }

    /// @notice The rewards root that claims are proven against, zero before the first epoch is final.
    function activeRoot() external view returns (bytes32) {
        return pool.root();
    }

    /// @notice The newest final epoch, 0 before the first.
    function activeEpoch() external view returns (uint256) {
        return _activeEpoch;
    }

    /// @notice The terms of the next epoch.
    function terms() external view returns (Terms memory) {
        return _terms[_termsId];
    }

    function _setOperator(address operator_) private {
        if (operator_ == address(0)) revert AttributionLedger__ZeroAddress();
        operator = operator_;
        emit OperatorSet(operator_);
    }

    function _setTreasury(address treasury_) private {
        if (treasury_ == address(0)) revert AttributionLedger__ZeroAddress();
        treasury = treasury_;
        emit TreasurySet(treasury_);
    }

    function _setTerms(Terms memory terms_) private {
        _requireRange("window", terms_.window, MIN_PERIOD, MAX_WINDOW);
        _requireRange("vote period", terms_.votePeriod, MIN_PERIOD, MAX_VOTE_PERIOD);
        _requireRange("bond", terms_.bond, MIN_BOND, MAX_BOND);
        _requireRange("slashed part", terms_.slashBps, MIN_SLASH_BPS, MAX_SLASH_BPS);
        _requireRange("quorum", terms_.quorumBps, MIN_QUORUM_BPS, MAX_QUORUM_BPS);
        // Earlier terms stay: epochs and votes name those that they are under.
        _terms[++_termsId] = terms_;
        emit TermsSet(terms_.window, terms_.votePeriod, terms_.bond, terms_.slashBps, terms_.quorumBps);
    }

    function _requireRange(string memory term, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert AttributionLedger__TermOutOfRange(term, value, min, max);
    }

    function _vote(uint256 number, bytes32 rewardsRoot, Tally storage counted, Candidate storage chosen) private {
        uint256 earlier = _ballots[msg.sender].epoch;
        if (earlier == number) revert AttributionLedger__AlreadyVoted(number, msg.sender);
        // Only one epoch is in question: any other that the account voted on is decided.
        if (earlier != 0) _settle(msg.sender);

        uint256 taken = _pending.postedAt - 1;
        uint96 weight = staking.lock(msg.sender, taken).toUint96();
        if (weight == 0) revert AttributionLedger__NoStake(msg.sender, taken);

        Terms memory terms_ = _terms[_pending.termsId];
        bytes32 posted = _pending.rewardsRoot;
        (Outcome outcomeBefore, bytes32 rootBefore) = _finding(counted, posted, terms_.quorumBps);
        _ballots[msg.sender] = Ballot(uint32(number), weight, rewardsRoot);
        counted.cast += weight;
        chosen.weight += weight;
        if (chosen.weight > counted.leading) {
            counted.leading = chosen.weight;
            counted.leadingRoot = rewardsRoot;
        }
        emit VoteCast(number, msg.sender, rewardsRoot, weight);

        if (counted.voteEnd == 0) return;
        (Outcome outcome, bytes32 root) = _finding(counted, posted, terms_.quorumBps);
        if (outcome == outcomeBefore && root == rootBefore) return;
        uint256 last = _pending.postedAt + terms_.window + 2 * uint256(terms_.votePeriod);
        uint256 wanted = Math.min(block.timestamp + terms_.votePeriod / OVERTIME_PART, last);
        if (wanted > counted.voteEnd) {
            counted.voteEnd = uint40(wanted);
            emit VoteExtended(number, wanted);
        }
    }

    /// @dev A majority of what was cast, not of all stake: silence is no vote for either side. The quorum is what keeps
    /// a few from having others' bonds and stake while most are away.
    function _finding(Tally storage counted, bytes32 posted, uint256 quorumBps)
        private
        view
        returns (Outcome outcome, bytes32 root)
    {
        uint256 cast = counted.cast;
        if (cast * BPS < counted.total * quorumBps || 2 * uint256(counted.leading) <= cast) {
            return (Outcome.Undecided, 0);
        }
        root = counted.leadingRoot;
        outcome = root == posted ? Outcome.Upheld : Outcome.Overturned;
    }

    function _finalize(Pending memory pending, uint256 bond) private {
        _pending.status = Status.None;
        _records[pending.number] = Record({
            receiptsRoot: pending.receiptsRoot,
            rewardsRoot: pending.rewardsRoot,
            manifestHash: pending.manifestHash,
            totalAllocated: pending.totalAllocated,
            receiptCount: pending.receiptCount,
            finalizedAt: uint64(block.timestamp)
        });
        _activeTotal = pending.totalAllocated;
        _activeEpoch = pending.number;
        _credit(pending.poster, bond);
        emit EpochFinalized(pending.number, pending.rewardsRoot, pending.totalAllocated);
        pool.setRoot(pending.rewardsRoot);
    }

    function _settle(address account) private {
        Ballot memory cast = _ballots[account];
        delete _ballots[account];
        Tally storage counted = _tallies[cast.epoch];
        Outcome outcome = counted.outcome;
        uint256 reward;
        uint256 slashed;

        if (outcome == Outcome.Undecided) {
            // The vote of a challenger is for its own root, always.
            if (_candidates[cast.epoch][cast.root].challenger == account) {
                uint256 bond = _terms[counted.termsId].bond;
                _credit(account, bond - _undecidedFee(bond));
            }
        } else if (outcome != Outcome.None && cast.root == counted.leadingRoot) {
            // A share of the rest, so that the last voter gets all that is left.
            reward = Math.mulDiv(counted.pot, cast.weight, counted.potWeight);
            counted.pot -= uint96(reward);
            counted.potWeight -= cast.weight;
            _credit(account, reward);
        } else if (outcome != Outcome.None) {
            slashed = uint256(cast.weight) * _terms[counted.termsId].slashBps / BPS;
        }
        emit VoteSettled(cast.epoch, account, reward, slashed);
        staking.release(account, slashed, treasury);
    }

    function _undecidedFee(uint256 bond) private pure returns (uint256) {
        return bond * UNDECIDED_FEE_BPS / BPS;
    }

    /// @dev Only the newest epoch can be in question.
    function _statusOf(uint256 number) private view returns (Status) {
        uint256 last = _pending.number;
        if (number == 0 || number > last) revert AttributionLedger__UnknownEpoch(number, last);
        if (number == last && _pending.status != Status.None) return _pending.status;
        return _records[number].finalizedAt != 0 ? Status.Finalized : Status.Rejected;
    }

    function _requireInQuestion(uint256 number) private view returns (Status status) {
        status = _statusOf(number);
        if (status != Status.Pending && status != Status.Challenged) {
            revert AttributionLedger__NotInQuestion(number, status);
        }
    }

    function _requireStatus(uint256 number, Status required) private view {
        Status status = _statusOf(number);
        if (status == required) return;
        if (required == Status.Pending) revert AttributionLedger__NotPending(number, status);
        revert AttributionLedger__NotChallenged(number, status);
    }
}
