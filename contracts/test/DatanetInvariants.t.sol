// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetAccess} from "../src/DatanetAccess.sol";
import {DatanetHandler} from "./DatanetHandler.sol";
import {World} from "./World.sol";

/// @notice What holds of a Datanet's money and permissions whatever people do, in any order.
contract DatanetInvariantsTest is World {
    uint256 private constant PEOPLE = 4;

    DatanetHandler private handler;
    bytes32[2] private ids;

    function setUp() public override {
        super.setUp();
        ids = [publishDatanet("one", closed()), publishDatanet("two", closed())];
        handler = new DatanetHandler(datanets, ids, maintainer);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Every wei is a pending price, a price not earned yet, income not collected, a remainder, or somebody's credit.
    function invariant_theRegistryHoldsExactlyWhatItOwes() public view {
        uint256 owed;
        for (uint256 i = 1; i <= datanets.requestCount(); ++i) {
            DatanetAccess.Request memory asked = datanets.request(i);
            if (asked.status == DatanetAccess.RequestStatus.Pending) owed += asked.price;
        }
        for (uint256 i; i < PEOPLE; ++i) {
            address account = handler.people(i);
            owed += datanets.credit(account);
            for (uint256 j; j < 2; ++j) {
                owed += datanets.grant(ids[j], account).unearned + datanets.incomeOf(ids[j], account);
            }
        }
        uint256 balance = address(datanets).balance;
        vm.assertEq(balance, handler.paidIn() - handler.paidOut(), "balance");
        vm.assertLe(owed, balance, "solvent");
        // Two Datanets, each with a remainder below its number of shares.
        vm.assertLe(balance - owed, 2 * 9999, "nothing else is left over");
    }

    /// @dev What the shares are owed and were credited is what came in as income, but for the remainder.
    function invariant_incomeIsConserved() public view {
        for (uint256 j; j < 2; ++j) {
            uint256 counted = handler.collected(j);
            for (uint256 i; i < PEOPLE; ++i) {
                counted += datanets.incomeOf(ids[j], handler.people(i));
            }
            vm.assertLe(counted, handler.income(j), "never more than came in");
            vm.assertLe(handler.income(j) - counted, 9999, "nor less, but for the remainder");
        }
    }

    /// @dev Shares are never made or lost.
    function invariant_sharesAreConserved() public view {
        for (uint256 j; j < 2; ++j) {
            uint256 sum;
            for (uint256 i; i < PEOPLE; ++i) {
                sum += datanets.sharesOf(ids[j], handler.people(i));
            }
            vm.assertEq(sum, datanets.SHARES(), "shares");
        }
    }

    /// @dev Whoever has access, but for the owner, was approved and not revoked since.
    function invariant_noGrantWithoutApproval() public view {
        for (uint256 i = 1; i < PEOPLE; ++i) {
            for (uint256 j; j < 2; ++j) {
                address account = handler.people(i);
                bool access = datanets.hasAccess(ids[j], account);
                vm.assertTrue(!access || handler.entitled(ids[j], account), "approved");
                vm.assertEq(
                    access ? 1 : 0, block.timestamp < datanets.grant(ids[j], account).until ? 1 : 0, "and not expired"
                );
            }
        }
    }

    /// @dev One story through all of the handler's actions, each of which must happen.
    function test_handler_reachesEveryAction() public {
        handler.payIncome(0, 5 ether - 1);
        handler.request(0, 1, 3 ether, 29 days);
        handler.request(0, 1, 3 ether, 29 days);
        handler.request(1, 2, 3 ether, 29 days);
        handler.decide(0, 0);
        handler.decide(1, 1);
        handler.decide(2, 2);
        handler.decide(0, 0);
        handler.wait(uint32(10 days - 1));
        handler.earn(0, 1);
        handler.handOver(0, 0, 2, 4000, 1 ether);
        handler.wait(uint32(5 days - 1));
        handler.revoke(0, 1);
        handler.collect(2);
        for (uint256 i; i < PEOPLE; ++i) {
            handler.withdraw(i);
        }
        bytes4[8] memory actions = [
            handler.payIncome.selector,
            handler.request.selector,
            handler.decide.selector,
            handler.earn.selector,
            handler.handOver.selector,
            handler.revoke.selector,
            handler.collect.selector,
            handler.withdraw.selector
        ];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(handler.done(actions[i]) > 0, "done");
        }
        vm.assertEq(handler.income(0), 5 ether + 3 ether * 15 / uint256(30), "5 and half of 3");
        invariant_theRegistryHoldsExactlyWhatItOwes();
        invariant_incomeIsConserved();
        invariant_sharesAreConserved();
        invariant_noGrantWithoutApproval();
    }
}
