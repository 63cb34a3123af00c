// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelRegistry} from "../src/ModelRegistry.sol";
import {VoucherHandler} from "./VoucherHandler.sol";
import {VoucherWorld} from "./VoucherWorld.sol";

/// @notice What holds of deposits and vouchers whatever people do, in any order.
contract VoucherInvariantsTest is VoucherWorld {
    uint256 private constant PAYERS = 3;

    VoucherHandler private handler;
    bytes32[2] private both;

    function setUp() public override {
        super.setUp();
        ModelRegistry.Registration memory given = registration(datanetOf("seamanship"), 1);
        given.adapterHash = keccak256("other");
        vm.prank(maintainer);
        both = [modelId, models.register(given)];
        handler = new VoucherHandler(escrow, both, governance);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Payer by payer: vouchers and withdrawals take what was deposited and not a wei more.
    function invariant_vouchersAreNeverPaidAboveTheDeposit() public view {
        for (uint256 i; i < PAYERS; ++i) {
            address account = handler.payer(i);
            uint256 left = escrow.depositOf(account).balance;
            uint256 gone = handler.taken(account) + handler.withdrawn(account);
            vm.assertEq(gone + left, handler.deposited(account), "deposit");
            vm.assertEq(account.balance, handler.withdrawn(account), "payer");
        }
    }

    /// @dev Model by model: never more than the payer signed, and in sum what left the deposits.
    function invariant_noVoucherIsPaidTwice() public view {
        for (uint256 i; i < PAYERS; ++i) {
            address account = handler.payer(i);
            uint256 sum;
            for (uint256 j; j < 2; ++j) {
                uint256 redeemed = escrow.redeemed(account, both[j]);
                vm.assertLe(redeemed, handler.signed(account, both[j]), "signed");
                sum += redeemed;
            }
            vm.assertEq(sum, handler.taken(account), "once");
        }
    }

    /// @dev The escrow holds deposits, credits and what it has not sent on, to the wei.
    function invariant_theEscrowHoldsExactlyWhatItOwes() public view {
        uint256 owed = escrow.credit(maintainer) + escrow.credit(governance) + escrow.stakersDue();
        owed += escrow.datanetsDue(both[0]) + escrow.datanetsDue(both[1]);
        uint256 taken;
        uint256 deposits;
        for (uint256 i; i < PAYERS; ++i) {
            deposits += escrow.depositOf(handler.payer(i)).balance;
            taken += handler.taken(handler.payer(i));
        }
        vm.assertEq(address(escrow).balance, owed + deposits, "balance");
        uint256 gone = pool.totalFunded() + handler.sentOn() + handler.creditsPaid();
        vm.assertEq(gone + owed, taken, "what vouchers took went to somebody");
    }

    /// @dev One story through all of the handler's actions, each of which must happen.
    function test_handler_reachesEveryAction() public {
        handler.deposit(0, 10 ether);
        handler.redeem(0, 0, 1 ether, false);
        handler.redeem(0, 1, 1 ether, true);
        handler.redeem(0, 1, 10 ether, false);
        handler.replay(0);
        handler.requestWithdrawal(0, 20 ether);
        handler.withdrawDeposit(0);
        handler.wait(2 days - 1);
        handler.withdrawDeposit(0);
        handler.newTerms(1);
        handler.sendOn(0);
        handler.sendOn(1);
        bytes4[9] memory actions = [
            handler.deposit.selector,
            handler.redeem.selector,
            handler.replay.selector,
            escrow.redeem.selector,
            handler.requestWithdrawal.selector,
            handler.withdrawDeposit.selector,
            handler.wait.selector,
            handler.newTerms.selector,
            handler.sendOn.selector
        ];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(handler.done(actions[i]) > 0, "done");
        }
        invariant_vouchersAreNeverPaidAboveTheDeposit();
        invariant_noVoucherIsPaidTwice();
        invariant_theEscrowHoldsExactlyWhatItOwes();
    }
}
