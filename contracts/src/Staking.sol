// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {PullPayment} from "./PullPayment.sol";

/// @title Validators' stake in native OPEN, and the stakers' part of fees
/// @notice Active stake votes on challenged epochs and earns; stake that is being withdrawn does neither, but can still
/// be slashed until it has left. Only the ledger slashes, only for a vote that lost. What is paid in during one period
/// is paid out over the whole of the next, second by second, so that staking just before a payment gains nothing.
/// @dev No loop over stakers: rewards are an accumulator. Nothing is rounded away: what the division by the total
/// leaves is carried on, and an account's part is kept scaled until it is collected.
contract Staking is PullPayment {
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;

    /// @notice The answer of {stakeOf}, in wei and Unix seconds.
    /// @param active Stake that votes and earns.
    /// @param unbonding Stake that waits to be withdrawn; slashable until then.
    /// @param availableAt From when `unbonding` can be withdrawn.
    /// @param locked Whether a vote of the account is not settled yet: nothing can be withdrawn meanwhile.
    /// @param rewards Wei that {withdrawRewards} would pay now.
    struct Stake {
        uint256 active;
        uint256 unbonding;
        uint256 availableAt;
        bool locked;
        uint256 rewards;
    }

    /// @dev Three slots. `index` is the accumulator up to which `scaledRewards` are counted.
    struct Account {
        uint256 index;
        uint256 scaledRewards;
        uint96 unbonding;
        uint40 availableAt;
        bool locked;
    }

    /// @dev One slot. `streaming` is paid out over the period in which `updatedAt` lies, `queued` over the one after
    /// it.
    struct Stream {
        uint96 queued;
        uint96 streaming;
        uint64 updatedAt;
    }

    event Staked(address indexed account, uint256 amount, uint256 active);
    event UnstakeRequested(address indexed account, uint256 amount, uint256 availableAt);
    event StakeWithdrawn(address indexed account, uint256 amount);
    event Funded(address indexed from, uint256 amount);
    event RewardsWithdrawn(address indexed account, uint256 amount);
    event Locked(address indexed account, uint256 weight);
    event Released(address indexed account);
    event Slashed(address indexed account, uint256 amount, address indexed beneficiary);
    event UnbondingPeriodSet(uint256 unbondingPeriod);
    event MinStakeSet(uint256 minStake);

    error Staking__ZeroAddress();
    error Staking__NotLedger(address caller);
    error Staking__NotGovernance(address caller);
    error Staking__OutOfRange(string what, uint256 value, uint256 min, uint256 max);
    error Staking__ZeroAmount();
    error Staking__BelowMinimum(uint256 active, uint256 minStake);
    error Staking__TooMuch(uint256 amount, uint256 active);
    error Staking__NothingUnbonding(address account);
    error Staking__StillUnbonding(address account, uint256 availableAt);
    error Staking__StakeLocked(address account);
    error Staking__NoRewards(address account);
    error Staking__NotYetKnown(uint256 timestamp, uint256 current);

    /// @notice Governance can neither free stake at once nor keep it for ever, nor shut small validators out.
    uint256 public constant MIN_UNBONDING = 1 days;
    uint256 public constant MAX_UNBONDING = 30 days;
    uint256 public constant MIN_MIN_STAKE = 1 ether;
    uint256 public constant MAX_MIN_STAKE = 100_000 ether;

    /// @notice Periods start at multiples of this since 1970, so that nobody's payment moves anybody else's.
    uint256 public constant REWARD_PERIOD = 7 days;

    // With all OPEN staked, the division by the total still counts whole wei. No overflow: what is earned has 96 bits, and an
    // account's stake is never more than the total that its part was divided by.
    uint256 private constant SCALE = 1e27;

    /// @notice The one contract that locks and slashes stake, for votes on challenged epochs.
    address public immutable ledger;

    /// @notice The one account that sets the terms, within bounds; meant to be a timelock.
    address public immutable governance;

    // One slot.
    uint40 private _unbondingPeriod;
    uint96 private _minStake;

    Stream private _stream;

    // Rewards of one wei of stake since the beginning, times SCALE, and what the last division left.
    uint256 private _accumulator;
    uint256 private _carry;

    mapping(address account => Account) private _accounts;
    mapping(address account => Checkpoints.Trace208) private _active;
    Checkpoints.Trace208 private _totalActive;

    modifier onlyLedger() {
        if (msg.sender != ledger) revert Staking__NotLedger(msg.sender);
        _;
    }

    modifier onlyGovernance() {
        if (msg.sender != governance) revert Staking__NotGovernance(msg.sender);
        _;
    }

    /// @param ledger_ May be an address at which nothing is deployed yet: stake and ledger name each other, and the
    /// ledger's constructor checks the pair.
    constructor(address ledger_, address governance_, uint256 unbondingPeriod_, uint256 minStake_) {
        if (ledger_ == address(0) || governance_ == address(0)) revert Staking__ZeroAddress();
        ledger = ledger_;
        governance = governance_;
        _stream.updatedAt = uint64(block.timestamp);
        _setUnbondingPeriod(unbondingPeriod_);
        _setMinStake(minStake_);
    }

    /// @notice Adds what is sent to the caller's active stake. It votes on epochs that are posted later.
    function stake() external payable {
        if (msg.value == 0) revert Staking__ZeroAmount();
        _accrue(msg.sender);
        uint256 active = _active[msg.sender].latest() + msg.value;
        if (active < _minStake) revert Staking__BelowMinimum(active, _minStake);

        _setActive(msg.sender, active, _totalActive.latest() + msg.value);
        emit Staked(msg.sender, msg.value, active);
    }

    /// @notice Starts the withdrawal of `amount`, which stops voting and earning now. A second request makes the stake
    /// of both wait from the beginning. What stays active must be nothing or at least the minimum.
    function requestUnstake(uint256 amount) external {
        if (amount == 0) revert Staking__ZeroAmount();
        uint256 active = _active[msg.sender].latest();
        if (amount > active) revert Staking__TooMuch(amount, active);
        uint256 rest = active - amount;
        if (rest != 0 && rest < _minStake) revert Staking__BelowMinimum(rest, _minStake);

        _accrue(msg.sender);
        _setActive(msg.sender, rest, _totalActive.latest() - amount);
        Account storage account = _accounts[msg.sender];
        uint256 availableAt = block.timestamp + _unbondingPeriod;
        // No overflow: active stake is never more than a uint96, and all of it came in through {stake}.
        account.unbonding += uint96(amount);
        account.availableAt = uint40(availableAt);
        emit UnstakeRequested(msg.sender, amount, availableAt);
    }

    /// @notice Sends the caller its stake that has waited long enough. It reverts while a vote of the caller is
    /// unsettled.
    function withdrawStake() external nonReentrant {
        Account storage account = _accounts[msg.sender];
        uint256 amount = account.unbonding;
        if (amount == 0) revert Staking__NothingUnbonding(msg.sender);
        if (block.timestamp < account.availableAt) revert Staking__StillUnbonding(msg.sender, account.availableAt);
        if (account.locked) revert Staking__StakeLocked(msg.sender);

        account.unbonding = 0;
        emit StakeWithdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @notice Sends the caller what its stake has earned.
    function withdrawRewards() external nonReentrant {
        _accrue(msg.sender);
        Account storage account = _accounts[msg.sender];
        uint256 amount = account.scaledRewards / SCALE;
        if (amount == 0) revert Staking__NoRewards(msg.sender);

        account.scaledRewards -= amount * SCALE;
        emit RewardsWithdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @notice Adds to what stakers earn in the next period. What falls into a time without stakers waits for the next.
    function fund() external payable {
        if (msg.value == 0) revert Staking__ZeroAmount();
        // Inside one period the queue is the same whenever the stream was last looked at.
        if (block.timestamp / REWARD_PERIOD != _stream.updatedAt / REWARD_PERIOD) _accrueAll();
        _stream.queued = (_stream.queued + msg.value).toUint96();
        emit Funded(msg.sender, msg.value);
    }

    /// @notice Takes an account's vote. Ledger only. Until {release}, the account cannot withdraw its stake.
    /// @return weight What the account had active at `snapshot` and has not withdrawn since, so that every wei that
    /// votes can be slashed.
    function lock(address account, uint256 snapshot) external onlyLedger returns (uint256 weight) {
        uint256 slashable = _active[account].latest() + _accounts[account].unbonding;
        weight = Math.min(stakeAt(account, snapshot), slashable);
        _accounts[account].locked = true;
        emit Locked(account, weight);
    }

    /// @notice Ends a lock, and takes what the vote lost. Ledger only.
    /// @param slashed Wei, at most the weight of the vote; credited to `beneficiary` here.
    function release(address account, uint256 slashed, address beneficiary) external onlyLedger {
        _accounts[account].locked = false;
        emit Released(account);
        if (slashed == 0) return;

        _accrue(account);
        uint256 active = _active[account].latest();
        uint256 fromActive = Math.min(slashed, active);
        if (fromActive != 0) _setActive(account, active - fromActive, _totalActive.latest() - fromActive);
        _accounts[account].unbonding -= uint96(slashed - fromActive);
        emit Slashed(account, slashed, beneficiary);
        _credit(beneficiary, slashed);
    }

    /// @notice Sets how long stake waits before it can be withdrawn, for later requests.
    function setUnbondingPeriod(uint256 unbondingPeriod_) external onlyGovernance {
        _setUnbondingPeriod(unbondingPeriod_);
    }

    /// @notice Sets the smallest active stake. Stake that is below a raised minimum stays, votes, and can leave as a
    /// whole.
    function setMinStake(uint256 minStake_) external onlyGovernance {
        _setMinStake(minStake_);
    }

    function stakeOf(address account) external view returns (Stake memory) {
        Account storage found = _accounts[account];
        (, uint256 accumulator,) = _accrued();
        uint256 active = _active[account].latest();
        return Stake({
            active: active,
            unbonding: found.unbonding,
            availableAt: found.availableAt,
            locked: found.locked,
            rewards: (found.scaledRewards + active * (accumulator - found.index)) / SCALE
        });
    }

    /// @notice Active stake of an account at the end of a second that has passed.
    function stakeAt(address account, uint256 timestamp) public view returns (uint256) {
        return _active[account].upperLookupRecent(_past(timestamp));
    }

    /// @notice Active stake of all accounts at the end of a second that has passed.
    function totalAt(uint256 timestamp) external view returns (uint256) {
        return _totalActive.upperLookupRecent(_past(timestamp));
    }

    /// @notice Active stake of all accounts, now.
    function totalActive() external view returns (uint256) {
        return _totalActive.latest();
    }

    /// @notice What was paid in and is not earned yet: the rest of this period's part, and that of the next.
    function unearned() external view returns (uint256 thisPeriod, uint256 nextPeriod) {
        (Stream memory stream,,) = _accrued();
        return (stream.streaming - _streamed(stream.streaming, block.timestamp % REWARD_PERIOD), stream.queued);
    }

    /// @notice How long stake waits before it can be withdrawn, in seconds.
    function unbondingPeriod() external view returns (uint256) {
        return _unbondingPeriod;
    }

    /// @notice The smallest active stake, in wei.
    function minStake() external view returns (uint256) {
        return _minStake;
    }

    function _setUnbondingPeriod(uint256 unbondingPeriod_) private {
        if (unbondingPeriod_ < MIN_UNBONDING || unbondingPeriod_ > MAX_UNBONDING) {
            revert Staking__OutOfRange("unbonding period", unbondingPeriod_, MIN_UNBONDING, MAX_UNBONDING);
        }
        _unbondingPeriod = uint40(unbondingPeriod_);
        emit UnbondingPeriodSet(unbondingPeriod_);
    }

    function _setMinStake(uint256 minStake_) private {
        if (minStake_ < MIN_MIN_STAKE || minStake_ > MAX_MIN_STAKE) {
            revert Staking__OutOfRange("minimum stake", minStake_, MIN_MIN_STAKE, MAX_MIN_STAKE);
        }
        _minStake = uint96(minStake_);
        emit MinStakeSet(minStake_);
    }

    /// @dev Every change of active stake; the account is accrued before.
    function _setActive(address account, uint256 active, uint256 total) private {
        uint48 time = uint48(block.timestamp);
        // Bounds the total, and so every account, to what the other fields and the ledger hold.
        _totalActive.push(time, total.toUint96());
        _active[account].push(time, uint208(active));
    }

    function _accrue(address account) private {
        uint256 accumulator = _accrueAll();
        Account storage found = _accounts[account];
        found.scaledRewards += _active[account].latest() * (accumulator - found.index);
        found.index = accumulator;
    }

    function _accrueAll() private returns (uint256) {
        (_stream, _accumulator, _carry) = _accrued();
        return _accumulator;
    }

    /// @dev Stream and accumulator as of now. The total has not changed since `updatedAt`: every change accrues before.
    function _accrued() private view returns (Stream memory stream, uint256 accumulator, uint256 carry) {
        (stream, accumulator, carry) = (_stream, _accumulator, _carry);
        uint256 start = stream.updatedAt - stream.updatedAt % REWARD_PERIOD;
        uint256 end = start + REWARD_PERIOD;
        uint256 earned = _streamed(stream.streaming, block.timestamp - start)
            - _streamed(stream.streaming, stream.updatedAt - start);
        if (block.timestamp >= end) {
            earned += _streamed(stream.queued, block.timestamp - end);
            stream.streaming = block.timestamp < end + REWARD_PERIOD ? stream.queued : 0;
            stream.queued = 0;
        }
        stream.updatedAt = uint64(block.timestamp);

        uint256 total = _totalActive.latest();
        if (total == 0) {
            // No overflow: it was in `streaming` or `queued` before.
            stream.queued += uint96(earned);
        } else {
            uint256 scaled = earned * SCALE + carry;
            accumulator += scaled / total;
            carry = scaled % total;
        }
    }

    /// @dev What of a period's amount is earned after so many of its seconds; all of it when they are over.
    function _streamed(uint256 amount, uint256 elapsed) private pure returns (uint256) {
        return amount * Math.min(elapsed, REWARD_PERIOD) / REWARD_PERIOD;
    }

    /// @dev The present second can still change.
    function _past(uint256 timestamp) private view returns (uint48) {
        if (timestamp >= block.timestamp) revert Staking__NotYetKnown(timestamp, block.timestamp);
        return uint48(timestamp);
    }
}
