// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {PullPayment} from "../src/PullPayment.sol";
import {Staking} from "../src/Staking.sol";
import {Test} from "./Test.sol";

/// @notice Stake and the stakers' part of fees, with this contract as the ledger.
contract StakingTest is Test {
    uint256 private constant UNBONDING = 7 days;
    uint256 private constant MIN_STAKE = 10 ether;
    uint256 private constant PERIOD = 7 days;

    address private governance = named("governance");
    address private treasury = named("treasury");
    address private ada = named("ada");
    address private bo = named("bo");
    Staking private staking;

    function setUp() public {
        // A quarter into a period.
        vm.warp(PERIOD * 3000 + PERIOD / 4);
        staking = new Staking(address(this), governance, UNBONDING, MIN_STAKE);
    }

    function test_constructor_badArguments_revert() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__ZeroAddress.selector));
        new Staking(address(0), governance, UNBONDING, MIN_STAKE);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__ZeroAddress.selector));
        new Staking(address(this), address(0), UNBONDING, MIN_STAKE);
    }

    // Stake

    function test_stake_isActiveAtOnce_andCountsFromTheNextSecond() public {
        vm.deal(ada, 50 ether);
        vm.expectEmit(address(staking));
        emit Staking.Staked(ada, 50 ether, 50 ether);
        vm.prank(ada);
        staking.stake{value: 50 ether}();
        vm.assertEq(staking.stakeOf(ada).active, 50 ether, "active");
        vm.assertEq(staking.totalActive(), 50 ether, "total");

        uint256 then = block.timestamp;
        expectNotYetKnown(then);
        staking.stakeAt(ada, then);
        expectNotYetKnown(then);
        staking.totalAt(then);
        vm.warp(then + 1);
        vm.assertEq(staking.stakeAt(ada, then), 50 ether, "then");
        vm.assertEq(staking.totalAt(then), 50 ether, "total then");
        vm.assertEq(staking.stakeAt(ada, then - 1), 0, "before");
        vm.assertEq(staking.totalAt(then - 1), 0, "total before");
    }

    function test_stake_belowTheMinimum_reverts() public {
        vm.deal(ada, MIN_STAKE);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__BelowMinimum.selector, MIN_STAKE - 1, MIN_STAKE));
        vm.prank(ada);
        staking.stake{value: MIN_STAKE - 1}();
        vm.prank(ada);
        staking.stake{value: MIN_STAKE}();
        vm.deal(ada, 1);
        vm.prank(ada);
        staking.stake{value: 1}();
        vm.assertEq(staking.stakeOf(ada).active, MIN_STAKE + 1, "more of it may be little");
    }

    function test_stake_nothing_reverts() public {
        stakeAs(ada, 50 ether);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__ZeroAmount.selector));
        vm.prank(ada);
        staking.stake();
    }

    /// @dev Weights of the ledger are of 96 bits; the whole supply fits in a hundredth of one such number.
    function test_stake_beyond96Bits_reverts() public {
        stakeAs(ada, type(uint96).max);
        vm.deal(bo, MIN_STAKE);
        vm.expectRevert(
            abi.encodeWithSelector(
                SafeCast.SafeCastOverflowedUintDowncast.selector, 96, uint256(type(uint96).max) + MIN_STAKE
            )
        );
        vm.prank(bo);
        staking.stake{value: MIN_STAKE}();
    }

    function testFuzz_stakeAt_remembersEveryChange(uint96[8] memory amounts, uint32[8] memory waits) public {
        uint256[8] memory times;
        uint256[8] memory expected;
        uint256 active;
        for (uint256 i; i < 8; ++i) {
            uint256 amount = bound(amounts[i], MIN_STAKE, 1e26);
            vm.warp(block.timestamp + bound(waits[i], 1, 100 days));
            if (i % 3 == 2) {
                vm.prank(ada);
                staking.requestUnstake(active);
                active = 0;
            } else {
                stakeAs(ada, amount);
                active += amount;
            }
            (times[i], expected[i]) = (block.timestamp, active);
        }
        vm.warp(block.timestamp + 1);
        for (uint256 i; i < 8; ++i) {
            vm.assertEq(staking.stakeAt(ada, times[i]), expected[i], "at");
            vm.assertEq(staking.totalAt(times[i]), expected[i], "total at");
        }
    }

    function test_requestUnstake_thenWithdraw_afterTheUnbondingPeriod() public {
        stakeAs(ada, 50 ether);
        uint256 availableAt = block.timestamp + UNBONDING;
        vm.expectEmit(address(staking));
        emit Staking.UnstakeRequested(ada, 20 ether, availableAt);
        vm.prank(ada);
        staking.requestUnstake(20 ether);
        vm.assertEq(staking.stakeOf(ada).active, 30 ether, "active");
        vm.assertEq(staking.stakeOf(ada).unbonding, 20 ether, "unbonding");
        vm.assertEq(staking.stakeOf(ada).availableAt, availableAt, "availableAt");
        vm.assertEq(staking.totalActive(), 30 ether, "total");

        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__StillUnbonding.selector, ada, availableAt));
        vm.prank(ada);
        staking.withdrawStake();
        vm.warp(availableAt);
        vm.expectEmit(address(staking));
        emit Staking.StakeWithdrawn(ada, 20 ether);
        vm.prank(ada);
        staking.withdrawStake();
        vm.assertEq(ada.balance, 20 ether, "paid");
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__NothingUnbonding.selector, ada));
        vm.prank(ada);
        staking.withdrawStake();
    }

    function test_requestUnstake_again_startsTheWaitingOfBothAnew() public {
        stakeAs(ada, 50 ether);
        vm.prank(ada);
        staking.requestUnstake(20 ether);
        vm.warp(block.timestamp + UNBONDING - 1);
        vm.prank(ada);
        staking.requestUnstake(30 ether);
        vm.assertEq(staking.stakeOf(ada).unbonding, 50 ether, "unbonding");
        vm.assertEq(staking.stakeOf(ada).availableAt, block.timestamp + UNBONDING, "availableAt");
    }

    function test_requestUnstake_badAmounts_revert() public {
        stakeAs(ada, 50 ether);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__ZeroAmount.selector));
        vm.prank(ada);
        staking.requestUnstake(0);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__TooMuch.selector, 50 ether + 1, 50 ether));
        vm.prank(ada);
        staking.requestUnstake(50 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__BelowMinimum.selector, MIN_STAKE - 1, MIN_STAKE));
        vm.prank(ada);
        staking.requestUnstake(40 ether + 1);
        vm.prank(ada);
        staking.requestUnstake(40 ether);
        vm.prank(ada);
        staking.requestUnstake(10 ether);
        vm.assertEq(staking.totalActive(), 0, "all of it may leave");
    }

    // Locks and slashes

    function test_lock_keepsStakeIn_untilRelease() public {
        stakeAs(ada, 50 ether);
        vm.warp(block.timestamp + 1);
        vm.expectEmit(address(staking));
        emit Staking.Locked(ada, 50 ether);
        vm.assertEq(staking.lock(ada, block.timestamp - 1), 50 ether, "weight");
        vm.prank(ada);
        staking.requestUnstake(50 ether);
        vm.warp(block.timestamp + UNBONDING);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__StakeLocked.selector, ada));
        vm.prank(ada);
        staking.withdrawStake();

        vm.expectEmit(address(staking));
        emit Staking.Released(ada);
        staking.release(ada, 0, treasury);
        vm.prank(ada);
        staking.withdrawStake();
        vm.assertEq(ada.balance, 50 ether, "whole");
    }

    function testFuzz_release_takesExactlyTheSlash(uint96 amount, uint96 leaving, uint96 slash) public {
        uint256 stake = bound(amount, 2 * MIN_STAKE, 1e27);
        uint256 out = bound(leaving, 1, stake);
        if (stake - out < MIN_STAKE) out = stake;
        uint256 slashed = bound(slash, 0, stake);
        stakeAs(ada, stake);
        stakeAs(bo, MIN_STAKE);
        vm.prank(ada);
        staking.requestUnstake(out);
        vm.warp(block.timestamp + 1);
        staking.lock(ada, block.timestamp - 1);
        staking.release(ada, slashed, treasury);

        Staking.Stake memory left = staking.stakeOf(ada);
        vm.assertEq(left.active + left.unbonding, stake - slashed, "left");
        vm.assertLe(left.unbonding, out, "unbonding");
        vm.assertTrue(left.unbonding == out || left.active == 0, "active first");
        vm.assertEq(staking.totalActive(), left.active + MIN_STAKE, "total");
        vm.assertEq(staking.credit(treasury), slashed, "treasury");
        vm.assertEq(address(staking).balance, stake + MIN_STAKE, "nothing left the contract");
    }

    function test_lockAndRelease_byAnyoneButTheLedger_revert() public {
        stakeAs(ada, 50 ether);
        bytes memory refusal = abi.encodeWithSelector(Staking.Staking__NotLedger.selector, governance);
        vm.expectRevert(refusal);
        vm.prank(governance);
        staking.lock(ada, block.timestamp - 1);
        vm.expectRevert(refusal);
        vm.prank(governance);
        staking.release(ada, 1, governance);
    }

    /// @dev What a slash took earns nothing any more, and what was earned before stays.
    function test_slash_leavesEarnedRewards() public {
        stakeAs(ada, 50 ether);
        stakeAs(bo, 50 ether);
        fund(100 ether);
        warpToPeriod(1);
        vm.warp(block.timestamp + PERIOD / 2);
        staking.lock(ada, block.timestamp - 1);
        staking.release(ada, 25 ether, treasury);
        assertRewards(ada, 25 ether);
        vm.warp(block.timestamp + PERIOD / 2);
        assertRewards(ada, 25 ether + uint256(50 ether) / 3);
        assertRewards(bo, 25 ether + uint256(100 ether) / 3);
    }

    // Rewards

    function test_fund_isPaidOverTheNextPeriod_byStakeAndTime() public {
        stakeAs(ada, 30 ether);
        stakeAs(bo, 10 ether);
        vm.expectEmit(address(staking));
        emit Staking.Funded(address(this), 70 ether);
        fund(70 ether);
        assertRewards(ada, 0);
        warpToPeriod(1);
        assertRewards(ada, 0);
        assertUnearned(70 ether, 0);
        vm.warp(block.timestamp + 1 days);
        assertRewards(ada, 7.5 ether);
        assertRewards(bo, 2.5 ether);
        assertUnearned(60 ether, 0);
        vm.warp(block.timestamp + 30 days);
        assertRewards(ada, 52.5 ether);
        assertRewards(bo, 17.5 ether);
        assertUnearned(0, 0);

        vm.expectEmit(address(staking));
        emit Staking.RewardsWithdrawn(ada, 52.5 ether);
        vm.prank(ada);
        staking.withdrawRewards();
        vm.assertEq(ada.balance, 52.5 ether, "paid");
        expectNoRewards(ada);
    }

    /// @dev Seen in the queue of transactions: a payment, and a staker in front of it.
    function test_rewardSniping_gainsNothing() public {
        stakeAs(ada, 10 ether);
        warpToPeriod(1);
        vm.warp(block.timestamp + PERIOD - 1);
        stakeAs(bo, 1000 ether);
        fund(70 ether);
        vm.prank(bo);
        staking.requestUnstake(1000 ether);
        vm.warp(block.timestamp + 20 * PERIOD);
        assertRewards(bo, 0);
        assertRewards(ada, 70 ether);
    }

    /// @dev The best that a sniper can do: it gets what its stake was there for, like everybody.
    function test_rewardSniping_overOneDayOfThePeriod_getsThatDay() public {
        stakeAs(ada, 10 ether);
        fund(70 ether);
        warpToPeriod(1);
        stakeAs(bo, 90 ether);
        vm.warp(block.timestamp + 1 days);
        vm.prank(bo);
        staking.requestUnstake(90 ether);
        vm.warp(block.timestamp + PERIOD);
        assertRewards(bo, 9 ether);
        assertRewards(ada, 61 ether);
    }

    function test_fund_withoutStakers_waitsForThem() public {
        fund(70 ether);
        warpToPeriod(3);
        assertUnearned(0, 70 ether);
        stakeAs(ada, 10 ether);
        assertRewards(ada, 0);
        warpToPeriod(4);
        assertUnearned(70 ether, 0);
        vm.warp(block.timestamp + PERIOD);
        assertRewards(ada, 70 ether);
    }

    function test_fund_whenStakersLeaveMeanwhile_keepsTheRest() public {
        stakeAs(ada, 10 ether);
        fund(70 ether);
        warpToPeriod(1);
        vm.warp(block.timestamp + 1 days);
        vm.prank(ada);
        staking.requestUnstake(10 ether);
        vm.warp(block.timestamp + 2 days);
        stakeAs(bo, 10 ether);
        warpToPeriod(2);
        assertRewards(ada, 10 ether);
        assertRewards(bo, 40 ether);
        assertUnearned(20 ether, 0);
        warpToPeriod(3);
        assertRewards(bo, 60 ether);
    }

    /// @dev Paying a wei again and again moves nobody's payment.
    function test_fund_withDust_delaysNothing() public {
        stakeAs(ada, 10 ether);
        fund(70 ether);
        warpToPeriod(1);
        for (uint256 i; i < 7; ++i) {
            fund(1);
            vm.warp(block.timestamp + 1 days);
        }
        assertRewards(ada, 70 ether);
    }

    function test_fund_nothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__ZeroAmount.selector));
        staking.fund();
    }

    function testFuzz_rewards_areProRata_andNothingIsLost(uint96 first, uint96 second, uint96 amount, uint32 time)
        public
    {
        uint256 one = bound(first, MIN_STAKE, 1e27);
        uint256 two = bound(second, MIN_STAKE, 1e27);
        uint256 paid = bound(amount, 1, 1e27);
        stakeAs(ada, one);
        stakeAs(bo, two);
        fund(paid);
        warpToPeriod(1);
        uint256 elapsed = bound(time, 0, 2 * PERIOD);
        vm.warp(block.timestamp + elapsed);
        uint256 earned = elapsed > PERIOD ? paid : paid * elapsed / PERIOD;
        uint256 forAda = staking.stakeOf(ada).rewards;
        uint256 forBo = staking.stakeOf(bo).rewards;
        // A wei for each rounding: here, and in the accumulator, which has 1e-27 wei for each wei of stake.
        assertClose(forAda, earned * one / (one + two), 3, "ada");
        assertClose(forBo, earned * two / (one + two), 3, "bo");
        vm.assertLe(forAda + forBo, earned, "no more than was earned");
    }

    /// @dev Collecting often or once comes to the same, to the wei.
    function testFuzz_rewards_doNotDependOnWhenTheyAreCollected(uint96 amount, uint8 times) public {
        uint256 paid = bound(amount, 1 ether, 1e27);
        stakeAs(ada, 30 ether);
        stakeAs(bo, 30 ether);
        fund(paid);
        warpToPeriod(1);
        uint256 steps = bound(times, 1, 40);
        uint256 start = block.timestamp;
        for (uint256 i = 1; i <= steps; ++i) {
            vm.warp(start + PERIOD * i / steps);
            vm.prank(ada);
            staking.withdrawRewards();
        }
        assertClose(ada.balance, staking.stakeOf(bo).rewards, 0, "same");
    }

    function test_withdrawRewards_whileStakeIsLocked() public {
        stakeAs(ada, 30 ether);
        fund(60 ether);
        warpToPeriod(2);
        staking.lock(ada, block.timestamp - 1);
        vm.prank(ada);
        staking.withdrawRewards();
        vm.assertEq(ada.balance, 60 ether, "paid");
    }

    function test_withdrawals_fromInsideAPayment_revert() public {
        ReentrantStaker staker = new ReentrantStaker(staking);
        stakeAs(address(staker), 50 ether);
        fund(60 ether);
        vm.prank(address(staker));
        staking.requestUnstake(20 ether);
        warpToPeriod(2);
        staker.withdrawStake();
        vm.assertEq(address(staker).balance, 20 ether, "stake, once");
        vm.assertEq(staker.refused(), 3, "stake, rewards and credit were asked for from inside");
        staker.withdrawRewards();
        vm.assertEq(address(staker).balance, 80 ether, "rewards, once");
        vm.assertEq(staker.refused(), 6, "and again");
    }

    function test_withdrawals_toAContractThatRefuses_leaveEverything() public {
        RefusingStaker staker = new RefusingStaker();
        stakeAs(address(staker), 50 ether);
        fund(60 ether);
        vm.prank(address(staker));
        staking.requestUnstake(20 ether);
        warpToPeriod(2);
        vm.expectRevert(
            abi.encodeWithSelector(PullPayment.PullPayment__TransferFailed.selector, address(staker), 20 ether)
        );
        vm.prank(address(staker));
        staking.withdrawStake();
        vm.expectRevert(
            abi.encodeWithSelector(PullPayment.PullPayment__TransferFailed.selector, address(staker), 60 ether)
        );
        vm.prank(address(staker));
        staking.withdrawRewards();
        vm.assertEq(staking.stakeOf(address(staker)).unbonding, 20 ether, "stake");
        assertRewards(address(staker), 60 ether);
    }

    // Terms

    function test_governanceOnly() public {
        bytes memory refusal = abi.encodeWithSelector(Staking.Staking__NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        staking.setUnbondingPeriod(2 days);
        vm.expectRevert(refusal);
        staking.setMinStake(2 ether);
    }

    function test_setUnbondingPeriod_leavesEarlierRequestsAlone() public {
        stakeAs(ada, 50 ether);
        vm.prank(ada);
        staking.requestUnstake(50 ether);
        uint256 availableAt = block.timestamp + UNBONDING;
        vm.expectEmit(address(staking));
        emit Staking.UnbondingPeriodSet(30 days);
        vm.prank(governance);
        staking.setUnbondingPeriod(30 days);
        vm.assertEq(staking.unbondingPeriod(), 30 days, "period");
        vm.assertEq(staking.stakeOf(ada).availableAt, availableAt, "availableAt");
    }

    function test_setMinStake_leavesSmallerStakeIn_andLetsItLeave() public {
        stakeAs(ada, MIN_STAKE);
        vm.expectEmit(address(staking));
        emit Staking.MinStakeSet(100 ether);
        vm.prank(governance);
        staking.setMinStake(100 ether);
        vm.assertEq(staking.minStake(), 100 ether, "minStake");
        vm.assertEq(staking.totalActive(), MIN_STAKE, "still votes");
        vm.prank(ada);
        staking.requestUnstake(MIN_STAKE);
        vm.assertEq(staking.totalActive(), 0, "left");
    }

    function testFuzz_terms_haveBounds(uint256 value) public {
        if (value < 1 days || value > 30 days) {
            vm.expectRevert(
                abi.encodeWithSelector(Staking.Staking__OutOfRange.selector, "unbonding period", value, 1 days, 30 days)
            );
        }
        vm.prank(governance);
        staking.setUnbondingPeriod(value);
        if (value < 1 ether || value > 100_000 ether) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    Staking.Staking__OutOfRange.selector, "minimum stake", value, 1 ether, 100_000 ether
                )
            );
        }
        vm.prank(governance);
        staking.setMinStake(value);
    }

    // Helpers

    function stakeAs(address account, uint256 amount) private {
        vm.deal(account, account.balance + amount);
        vm.prank(account);
        staking.stake{value: amount}();
    }

    function fund(uint256 amount) private {
        vm.deal(address(this), amount);
        staking.fund{value: amount}();
    }

    /// @dev To the start of the n-th period after that of {setUp}.
    function warpToPeriod(uint256 n) private {
        vm.warp(PERIOD * (3000 + n));
    }

    function assertRewards(address account, uint256 expected) private view {
        assertClose(staking.stakeOf(account).rewards, expected, 2, "rewards");
    }

    function assertUnearned(uint256 thisPeriod, uint256 nextPeriod) private view {
        (uint256 now_, uint256 later) = staking.unearned();
        vm.assertEq(now_, thisPeriod, "this period");
        vm.assertEq(later, nextPeriod, "next period");
    }

    function assertClose(uint256 found, uint256 expected, uint256 within, string memory what) private pure {
        vm.assertLe(found > expected ? found - expected : expected - found, within, what);
    }

    function expectNoRewards(address account) private {
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__NoRewards.selector, account));
        vm.prank(account);
        staking.withdrawRewards();
    }

    function expectNotYetKnown(uint256 timestamp) private {
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__NotYetKnown.selector, timestamp, block.timestamp));
    }
}

/// @dev Asks for everything again from inside a payment, and counts what is refused.
contract ReentrantStaker {
    Staking private immutable staking;
    uint256 public refused;

    constructor(Staking staking_) {
        staking = staking_;
    }

    function withdrawStake() external {
        staking.withdrawStake();
    }

    function withdrawRewards() external {
        staking.withdrawRewards();
    }

    receive() external payable {
        if (msg.sender != address(staking)) return;
        bytes4[3] memory doors =
            [Staking.withdrawStake.selector, Staking.withdrawRewards.selector, PullPayment.withdraw.selector];
        for (uint256 i; i < 3; ++i) {
            (bool paid, bytes memory reason) = address(staking).call(abi.encodeWithSelector(doors[i]));
            if (!paid && bytes4(reason) == bytes4(keccak256("ReentrancyGuardReentrantCall()"))) ++refused;
        }
    }
}

/// @dev Has no way to receive.
contract RefusingStaker {}
