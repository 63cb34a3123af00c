// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {RewardPool} from "../src/RewardPool.sol";
import {Staking} from "../src/Staking.sol";
import {Handler} from "./Handler.sol";
import {World} from "./World.sol";

/// @notice What holds whatever people do, in any order.
contract InvariantsTest is World {
    Handler private handler;

    function setUp() public override {
        super.setUp();
        handler = new Handler(pool, staking, ledger, escrow, registerModel(), operator, governance);
    }

    /// @dev Asked by forge: whose functions it may call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_noMoreLeavesThePoolThanCameIn() public view {
        vm.assertEq(pool.totalFunded(), handler.funded(), "funded");
        vm.assertLe(pool.totalClaimed(), handler.funded(), "claimed");
        vm.assertEq(address(pool).balance, handler.funded() - pool.totalClaimed(), "balance");
        vm.assertLe(handler.activeTotal(), pool.totalFunded(), "allocated");
    }

    /// @dev Each account has received what the pool says, once, and never more than some final epoch gave it.
    function invariant_noDoubleClaim() public view {
        uint256 received;
        for (uint256 i; i < 6; ++i) {
            address account = handler.accounts(i);
            vm.assertEq(account.balance, pool.claimed(account), "received");
            vm.assertLe(pool.claimed(account), handler.highest(account), "earned");
            received += account.balance;
        }
        vm.assertEq(received, pool.totalClaimed(), "total");
    }

    /// @dev Every wei of every fee is in the pool, withdrawn, or in the escrow as what it owes somebody.
    function invariant_theEscrowHoldsExactlyWhatItOwes() public view {
        uint256 due = escrow.stakersDue() + escrow.datanetsDue(handler.modelId());
        uint256 owed = escrow.credit(maintainer) + escrow.credit(governance) + due;
        vm.assertEq(address(escrow).balance, owed, "balance");
        vm.assertLe(owed + handler.withdrawn(), handler.fees(), "fees");
    }

    /// @dev No bond is lost or made: what came in and did not leave is owed to somebody, to the wei.
    function invariant_bondsAreConserved() public view {
        address[] memory creditors = new address[](2);
        (creditors[0], creditors[1]) = (operator, governance);
        vm.assertEq(address(ledger).balance, handler.bondsIn() - handler.bondsOut(), "balance");
        vm.assertEq(handler.ledgerOwes(creditors), handler.bondsIn() - handler.bondsOut(), "owed");
    }

    /// @dev Every validator's stake is what it staked, less what it withdrew and what decided votes lost; that is all in one
    /// place with what is owed to the treasury, and never mixes with rewards.
    function invariant_noStakeIsLostWithoutADecidedVote() public view {
        uint256 total;
        uint256 active;
        for (uint256 i; i < 5; ++i) {
            address account = handler.validators(i);
            Staking.Stake memory found = staking.stakeOf(account);
            vm.assertEq(found.active + found.unbonding, handler.staked(account), "stake");
            total += handler.staked(account);
            active += found.active;
        }
        vm.assertEq(staking.totalActive(), active, "active");
        vm.assertEq(staking.credit(governance), handler.slashed(), "slashed");
        uint256 rewards = handler.rewardsIn() - handler.rewardsOut();
        vm.assertEq(address(staking).balance, total + handler.slashed() + rewards, "balance");
    }

    /// @dev Rewards: what is owed and what is not earned yet is what is there, but for fractions of a wei.
    function invariant_rewardsAreSolventAndNotLost() public view {
        (uint256 thisPeriod, uint256 nextPeriod) = staking.unearned();
        uint256 owed = thisPeriod + nextPeriod;
        for (uint256 i; i < 5; ++i) {
            owed += staking.stakeOf(handler.validators(i)).rewards;
        }
        uint256 there = handler.rewardsIn() - handler.rewardsOut();
        vm.assertLe(owed, there, "solvent");
        // Less than a wei for each account, and one for what the division carries on.
        vm.assertLe(there - owed, 6, "not lost");
    }

    /// @dev The handler is no better than what it reaches: one story through all of its actions, each of which must happen.
    function test_handler_reachesEveryAction() public {
        handler.fund(100 ether);
        handler.pay(1000, 1000);
        handler.post(1, false);
        handler.finalize();
        handler.claim(1);
        handler.claim(2);
        handler.claimMany();
        for (uint256 i; i < 5; ++i) {
            handler.stake(i, 100 ether);
        }
        handler.fundStakers(1 ether);
        handler.fund(100 ether);
        handler.post(2, true);
        handler.vote(0, 0);
        handler.challenge(1, 1);
        handler.vote(2, 0);
        handler.vote(3, 1);
        handler.vote(4, 0);
        handler.requestUnstake(1, 50 ether);
        handler.withdrawStake(1, true);
        handler.resolve();
        handler.withdrawStake(1, true);
        handler.settle(1);
        handler.withdrawStake(1, true);
        handler.wait(9 days);
        handler.withdrawRewards(2);
        handler.claimMany();
        for (uint256 i; i < 6; ++i) {
            handler.claim(i);
        }
        handler.withdraw(0);
        handler.withdraw(2);

        assertDone(handler.fund.selector, 2);
        assertDone(handler.pay.selector, 1);
        assertDone(handler.post.selector, 2);
        assertDone(handler.challenge.selector, 1);
        assertDone(handler.vote.selector, 4);
        assertDone(handler.resolve.selector, 1);
        assertDone(handler.finalize.selector, 1);
        assertDone(handler.settle.selector, 1);
        assertDone(handler.stake.selector, 5);
        assertDone(handler.requestUnstake.selector, 1);
        assertDone(handler.withdrawStake.selector, 1);
        assertDone(Staking.Staking__StakeLocked.selector, 2);
        assertDone(Staking.release.selector, 1);
        assertDone(handler.fundStakers.selector, 1);
        assertDone(handler.withdrawRewards.selector, 1);
        assertDone(handler.wait.selector, 1);
        vm.assertTrue(handler.done(handler.claim.selector) > 2, "claims of both epochs");
        assertDone(handler.claimMany.selector, 1);
        vm.assertTrue(handler.done(RewardPool.RewardPool__Insolvent.selector) > 1, "a lying tree was not paid in full");
        assertDone(handler.withdraw.selector, 3);
        invariant_noMoreLeavesThePoolThanCameIn();
        invariant_noDoubleClaim();
        invariant_theEscrowHoldsExactlyWhatItOwes();
        invariant_bondsAreConserved();
        invariant_noStakeIsLostWithoutADecidedVote();
        invariant_rewardsAreSolventAndNotLost();
    }

    function assertDone(bytes4 action, uint256 times) private view {
        vm.assertEq(handler.done(action), times, "done");
    }
}
