// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {PullPayment} from "./PullPayment.sol";
import {RewardPool} from "./RewardPool.sol";

/// @title Epochs of receipts: posted with a bond, open to challenge, then claimable
/// @notice One epoch at a time is in question. While it is, the root before it stays claimable. What an epoch allocates
/// is cumulative, grows with every epoch, and is never more than contributors' money that was paid into the pool.
/// @dev The epoch in question lives in slots that every epoch reuses, which keeps posting cheap and leaves no trace of a
/// rejected epoch; {finalize} copies it into its permanent record.
contract AttributionLedger is PullPayment {
    using SafeCast for uint256;

    enum Status {
        None,
        Pending,
        Challenged,
        Finalized,
        Rejected
    }

    /// @notice What {epoch} answers. Of a rejected epoch nothing but the status is kept.
    /// @param receiptsRoot Root over (bytes32 inferenceId, bytes32 receiptHash, uint256 poolWei).
    /// @param rewardsRoot Root over (uint256 chainId, address pool, address account, uint256 cumulative).
    /// @param manifestHash Hash of what is needed to compute both roots again.
    /// @param totalAllocated Sum of the rewards tree's cumulative amounts, in wei.
    /// @param challengeableUntil End of the window, while pending.
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
        address challenger;
        bytes32 claimedRewardsRoot;
    }

    /// @dev Five slots: three roots; the numbers; who posted, with what bond. `number` stays at the last epoch posted.
    struct Pending {
        bytes32 receiptsRoot;
        bytes32 rewardsRoot;
        bytes32 manifestHash;
        uint96 totalAllocated;
        uint64 receiptCount;
        uint40 challengeableUntil;
        uint40 number;
        Status status;
        address poster;
        uint96 bond;
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

    struct Challenge {
        address challenger;
        bytes32 claimedRewardsRoot;
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
    event EpochResolved(uint256 indexed epoch, bool upheld, address indexed winner, uint256 reward);
    event EpochFinalized(uint256 indexed epoch, bytes32 rewardsRoot, uint256 totalAllocated);
    event OperatorSet(address indexed operator);
    event WindowSet(uint256 window);
    event BondSet(uint256 bond);

    error AttributionLedger__ZeroAddress();
    error AttributionLedger__PoolMismatch(address pool, address poolLedger);
    error AttributionLedger__NotOperator(address caller);
    error AttributionLedger__NotGovernance(address caller);
    error AttributionLedger__WindowOutOfRange(uint256 window, uint256 min, uint256 max);
    error AttributionLedger__ZeroBond();
    error AttributionLedger__ZeroRoot(bytes32 receiptsRoot, bytes32 rewardsRoot, bytes32 manifestHash);
    error AttributionLedger__EpochPending(uint256 epoch);
    error AttributionLedger__WrongBond(uint256 sent, uint256 required);
    error AttributionLedger__NotIncreasing(uint256 totalAllocated, uint256 previous);
    error AttributionLedger__Insolvent(uint256 totalAllocated, uint256 totalFunded);
    error AttributionLedger__UnknownEpoch(uint256 epoch, uint256 epochCount);
    error AttributionLedger__NotPending(uint256 epoch, Status status);
    error AttributionLedger__NotChallenged(uint256 epoch, Status status);
    error AttributionLedger__WindowClosed(uint256 epoch, uint256 challengeableUntil);
    error AttributionLedger__WindowOpen(uint256 epoch, uint256 challengeableUntil);
    error AttributionLedger__SameRoot(uint256 epoch, bytes32 rewardsRoot);

    /// @notice Governance can neither skip the challenge window nor make it endless.
    uint256 public constant MIN_WINDOW = 1 hours;
    uint256 public constant MAX_WINDOW = 30 days;

    RewardPool public immutable pool;

    /// @notice The one account that resolves challenges and sets the terms; meant to be a timelock.
    address public immutable governance;

    Pending private _pending;
    Challenge private _challenge;

    // Two slots, both read by {post}.
    address public operator;
    uint96 private _bond;
    uint96 private _activeTotal;
    uint40 private _activeEpoch;
    uint40 private _window;

    mapping(uint256 number => Record) private _records;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert AttributionLedger__NotGovernance(msg.sender);
        _;
    }

    /// @param pool_ Must have been built with this ledger's address.
    constructor(RewardPool pool_, address operator_, address governance_, uint256 window_, uint256 bond_) {
        if (governance_ == address(0)) revert AttributionLedger__ZeroAddress();
        if (pool_.ledger() != address(this)) {
            revert AttributionLedger__PoolMismatch(address(pool_), pool_.ledger());
        }
        pool = pool_;
        governance = governance_;
        _setOperator(operator_);
        _setWindow(window_);
        _setBond(bond_);
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
        if (msg.value != _bond) revert AttributionLedger__WrongBond(msg.value, _bond);
        if (_pending.status != Status.None) revert AttributionLedger__EpochPending(_pending.number);
        if (receiptsRoot == 0 || rewardsRoot == 0 || manifestHash == 0) {
            revert AttributionLedger__ZeroRoot(receiptsRoot, rewardsRoot, manifestHash);
        }
        if (totalAllocated <= _activeTotal) revert AttributionLedger__NotIncreasing(totalAllocated, _activeTotal);
        uint256 funded = pool.totalFunded();
        if (totalAllocated > funded) revert AttributionLedger__Insolvent(totalAllocated, funded);

        number = _pending.number + 1;
        uint256 challengeableUntil = block.timestamp + _window;
        _pending = Pending({
            receiptsRoot: receiptsRoot,
            rewardsRoot: rewardsRoot,
            manifestHash: manifestHash,
            totalAllocated: totalAllocated.toUint96(),
            receiptCount: receiptCount,
            challengeableUntil: uint40(challengeableUntil),
            number: uint40(number),
            status: Status.Pending,
            poster: msg.sender,
            bond: uint96(msg.value)
        });
        emit EpochPosted(
            number, receiptsRoot, rewardsRoot, totalAllocated, receiptCount, manifestHash, challengeableUntil
        );
    }

    /// @notice Disputes the pending epoch inside its window, with a bond as large as the operator's.
    /// @param claimedRewardsRoot The rewards root that the challenger computed instead.
    function challenge(uint256 number, bytes32 claimedRewardsRoot) external payable {
        _requireStatus(number, Status.Pending);
        Pending storage pending = _pending;
        if (block.timestamp >= pending.challengeableUntil) {
            revert AttributionLedger__WindowClosed(number, pending.challengeableUntil);
        }
        if (msg.value != pending.bond) revert AttributionLedger__WrongBond(msg.value, pending.bond);
        if (claimedRewardsRoot == pending.rewardsRoot) {
            revert AttributionLedger__SameRoot(number, claimedRewardsRoot);
        }

        pending.status = Status.Challenged;
        _challenge = Challenge(msg.sender, claimedRewardsRoot);
        emit EpochChallenged(number, msg.sender, claimedRewardsRoot);
    }

    /// @notice Decides a challenge; both bonds go to the winner. Governance only.
    /// @dev An epoch that survives gets a whole new window, so that a weak challenge cannot shield it from a good one.
    /// @param upheld Whether the challenger was right and the epoch is rejected.
    function resolve(uint256 number, bool upheld) external onlyGovernance {
        _requireStatus(number, Status.Challenged);
        Pending storage pending = _pending;
        uint256 bond_ = pending.bond;
        address winner;
        uint256 reward;

        if (upheld) {
            winner = _challenge.challenger;
            reward = 2 * bond_;
            pending.status = Status.None;
        } else {
            // The poster's own bond stays in until the epoch is final.
            winner = pending.poster;
            reward = bond_;
            pending.status = Status.Pending;
            pending.challengeableUntil = uint40(block.timestamp + _window);
        }
        delete _challenge;
        _credit(winner, reward);
        emit EpochResolved(number, upheld, winner, reward);
    }

    /// @notice Makes an unchallenged epoch claimable once its window has passed, and frees its bond. Anyone may call.
    function finalize(uint256 number) external {
        _requireStatus(number, Status.Pending);
        Pending memory pending = _pending;
        if (block.timestamp < pending.challengeableUntil) {
            revert AttributionLedger__WindowOpen(number, pending.challengeableUntil);
        }

        _pending.status = Status.None;
        _records[number] = Record({
            receiptsRoot: pending.receiptsRoot,
            rewardsRoot: pending.rewardsRoot,
            manifestHash: pending.manifestHash,
            totalAllocated: pending.totalAllocated,
            receiptCount: pending.receiptCount,
            finalizedAt: uint64(block.timestamp)
        });
        _activeTotal = pending.totalAllocated;
        _activeEpoch = pending.number;
        _credit(pending.poster, pending.bond);
        emit EpochFinalized(number, pending.rewardsRoot, pending.totalAllocated);
        pool.setRoot(pending.rewardsRoot);
    }

    /// @notice Replaces the operator. A pending epoch and its bond stay with the one who posted it.
    function setOperator(address operator_) external onlyGovernance {
        _setOperator(operator_);
    }

    /// @notice Sets the challenge window of epochs yet to be posted, in seconds.
    function setWindow(uint256 window_) external onlyGovernance {
        _setWindow(window_);
    }

    /// @notice Sets the bond of epochs yet to be posted, in wei.
    function setBond(uint256 bond_) external onlyGovernance {
        _setBond(bond_);
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

    /// @notice The epoch as it stands. Numbers run from 1 to {epochCount}.
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
            answer.receiptsRoot = pending.receiptsRoot;
            answer.rewardsRoot = pending.rewardsRoot;
            answer.manifestHash = pending.manifestHash;
            answer.totalAllocated = pending.totalAllocated;
            answer.receiptCount = pending.receiptCount;
            answer.challengeableUntil = pending.challengeableUntil;
            answer.poster = pending.poster;
            answer.bond = pending.bond;
            answer.challenger = _challenge.challenger;
            answer.claimedRewardsRoot = _challenge.claimedRewardsRoot;
        }
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

    /// @notice How long an epoch is open to challenge, in seconds.
    function window() external view returns (uint256) {
        return _window;
    }

    /// @notice What the operator must send to post and a challenger to challenge, in wei.
    function bond() external view returns (uint256) {
        return _bond;
    }

    function _setOperator(address operator_) private {
        if (operator_ == address(0)) revert AttributionLedger__ZeroAddress();
        operator = operator_;
        emit OperatorSet(operator_);
    }

    function _setWindow(uint256 window_) private {
        if (window_ < MIN_WINDOW || window_ > MAX_WINDOW) {
            revert AttributionLedger__WindowOutOfRange(window_, MIN_WINDOW, MAX_WINDOW);
        }
        _window = uint40(window_);
        emit WindowSet(window_);
    }

    function _setBond(uint256 bond_) private {
        if (bond_ == 0) revert AttributionLedger__ZeroBond();
        _bond = bond_.toUint96();
        emit BondSet(bond_);
    }

    /// @dev Only the newest epoch can be in question.
    function _statusOf(uint256 number) private view returns (Status) {
        uint256 last = _pending.number;
        if (number == 0 || number > last) revert AttributionLedger__UnknownEpoch(number, last);
        if (number == last && _pending.status != Status.None) return _pending.status;
        return _records[number].finalizedAt != 0 ? Status.Finalized : Status.Rejected;
    }

    function _requireStatus(uint256 number, Status required) private view {
        Status status = _statusOf(number);
        if (status == required) return;
        if (required == Status.Pending) revert AttributionLedger__NotPending(number, status);
        revert AttributionLedger__NotChallenged(number, status);
    }
}
