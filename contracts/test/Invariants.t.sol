// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {RewardPool} from "../src/RewardPool.sol";
import {Handler} from "./Handler.sol";
import {World} from "./World.sol";

/// @notice What holds whatever people do, in any order.
contract InvariantsTest is World {
    Handler private handler;

    function setUp() public override {
        super.setUp();
        handler = new Handler(pool, ledger, escrow, registerModel(), operator, governance);
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

    /// @dev Every wei of every fee is in the pool, withdrawn, or in the escrow as somebody's credit.
    function invariant_theEscrowHoldsExactlyWhatItOwes() public view {
        uint256 owed = escrow.credit(maintainer) + escrow.credit(governance);
        vm.assertEq(address(escrow).balance, owed, "balance");
        vm.assertLe(owed + handler.withdrawn(), handler.fees(), "fees");
    }

    /// @dev No bond is lost or made: the ledger holds the credits and the bonds of the epoch in question.
    function invariant_theLedgerHoldsExactlyItsBonds() public view {
        uint256 owed = ledger.credit(operator) + ledger.credit(named("challenger"));
        if (handler.inQuestion()) {
            uint256 challenged = ledger.epoch(ledger.epochCount()).challenger == address(0) ? 0 : BOND;
            owed += BOND + challenged;
        }
        vm.assertEq(address(ledger).balance, owed, "balance");
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
        handler.fund(100 ether);
        handler.post(2, true);
        handler.challenge(RECEIPTS);
        handler.resolve(false);
        handler.finalize();
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
        assertDone(handler.resolve.selector, 1);
        assertDone(handler.finalize.selector, 2);
        vm.assertTrue(handler.done(handler.claim.selector) > 2, "claims of both epochs");
        assertDone(handler.claimMany.selector, 1);
        vm.assertTrue(handler.done(RewardPool.RewardPool__Insolvent.selector) > 1, "a lying tree was not paid in full");
        assertDone(handler.withdraw.selector, 2);
        invariant_noMoreLeavesThePoolThanCameIn();
        invariant_noDoubleClaim();
        invariant_theEscrowHoldsExactlyWhatItOwes();
        invariant_theLedgerHoldsExactlyItsBonds();
    }

    function assertDone(bytes4 action, uint256 times) private view {
        vm.assertEq(handler.done(action), times, "done");
    }
}
