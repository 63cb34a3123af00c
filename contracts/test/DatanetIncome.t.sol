// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetIncome} from "../src/DatanetIncome.sol";
import {DatanetRoles} from "../src/DatanetRoles.sol";
import {PullPayment} from "../src/PullPayment.sol";
import {ReentrantCreditor} from "./Recipients.sol";
import {World} from "./World.sol";

contract DatanetIncomeTest is World {
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = publishDatanet("seamanship", open());
        vm.deal(mara, 1000 ether);
    }

    function test_income_isTheCreatorsAtFirst() public {
        vm.assertEq(datanets.sharesOf(id, maintainer), 10_000, "shares");
        vm.expectEmit(address(datanets));
        emit DatanetIncome.IncomePaid(id, user, 3 ether);
        pay(3 ether);
        vm.assertEq(datanets.incomeOf(id, maintainer), 3 ether, "owed");
        vm.expectEmit(address(datanets));
        emit DatanetIncome.IncomeCollected(id, maintainer, 3 ether);
        collect(maintainer);
        vm.assertEq(datanets.incomeOf(id, maintainer), 0, "collected");
        collect(maintainer);
        vm.prank(maintainer);
        datanets.withdraw();
        vm.assertEq(maintainer.balance, 3 ether, "once");
    }

    function test_payIncome_nothingOrToNobody_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetIncome.DatanetRegistry__NothingPaid.selector, id));
        datanets.payIncome(id);
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__UnknownDatanet.selector, bytes32(0)));
        vm.prank(user);
        datanets.payIncome{value: 1}(0);
    }

    function test_shares_changeHandsByConsent_atAPrice() public {
        vm.expectEmit(address(datanets));
        emit DatanetIncome.SharesOffered(id, maintainer, mara, 2500, 5 ether, block.timestamp + 1 days);
        offer(mara, 2500, 5 ether);
        vm.assertEq(datanets.sharesOf(id, mara), 0, "not yet");
        vm.expectEmit(address(datanets));
        emit DatanetIncome.SharesTransferred(id, maintainer, mara, 2500, 5 ether);
        accept(mara, 2500, 5 ether);
        vm.assertEq(datanets.sharesOf(id, mara), 2500, "mara");
        vm.assertEq(datanets.sharesOf(id, maintainer), 7500, "maintainer");
        vm.assertEq(datanets.credit(maintainer), 5 ether, "the price");
        vm.assertEq(datanets.owner(id), maintainer, "income is not control");

        pay(4 ether);
        vm.assertEq(datanets.incomeOf(id, mara), 1 ether, "a quarter");
        expectNoOffer(mara, 2500, 5 ether);
    }

    /// @dev Accepting late does not buy what was earned before; accepting early does not take what is earned after.
    function test_acceptShares_snipingEarlierIncome_getsNone() public {
        offer(mara, 10_000, 0);
        pay(7 ether);
        accept(mara, 10_000, 0);
        vm.assertEq(datanets.incomeOf(id, mara), 0, "nothing of what came before");
        vm.assertEq(datanets.credit(maintainer), 7 ether, "which is the seller's");
        pay(2 ether);
        vm.assertEq(datanets.incomeOf(id, mara), 2 ether, "all of what comes after");
        vm.assertEq(datanets.incomeOf(id, maintainer), 0, "none for the seller");
    }

    /// @dev The seller makes the offer worse in front of the acceptance: the buyer's terms no longer match.
    function test_acceptShares_frontRunByAWorseOffer_reverts() public {
        offer(mara, 2500, 5 ether);
        offer(mara, 1, 5 ether);
        expectNoOffer(mara, 2500, 5 ether);
        offer(mara, 2500, 6 ether);
        expectNoOffer(mara, 2500, 5 ether);
        offer(mara, 0, 5 ether);
        expectNoOffer(mara, 2500, 5 ether);
        expectNoOffer(mara, 0, 5 ether);
    }

    function test_acceptShares_afterTheOfferEnded_reverts() public {
        offer(mara, 2500, 5 ether);
        vm.warp(block.timestamp + 1 days);
        expectNoOffer(mara, 2500, 5 ether);
    }

    function test_acceptShares_byAnotherOrForAnotherPrice_reverts() public {
        offer(mara, 2500, 5 ether);
        expectNoOffer(stranger, 2500, 5 ether);
        vm.expectRevert(
            abi.encodeWithSelector(DatanetIncome.DatanetRegistry__WrongPrice.selector, 5 ether - 1, 5 ether)
        );
        vm.prank(mara);
        datanets.acceptShares{value: 5 ether - 1}(id, maintainer, 2500, 5 ether);
    }

    /// @dev The same shares offered to two: only the first to accept gets them.
    function test_acceptShares_soldTwice_reverts() public {
        offer(mara, 6000, 1 ether);
        offer(stranger, 6000, 1 ether);
        accept(mara, 6000, 1 ether);
        vm.expectRevert(
            abi.encodeWithSelector(DatanetIncome.DatanetRegistry__NotEnoughShares.selector, id, maintainer, 4000, 6000)
        );
        vm.prank(stranger);
        datanets.acceptShares{value: 1 ether}(id, maintainer, 6000, 1 ether);
    }

    function test_offerShares_moreThanHeld_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetIncome.DatanetRegistry__NotEnoughShares.selector, id, mara, 0, 1));
        vm.prank(mara);
        datanets.offerShares(id, stranger, 1, 0, uint64(block.timestamp + 1));
    }

    function test_offerToOneself_changesNothing() public {
        pay(1 ether);
        offer(maintainer, 4000, 0);
        accept(maintainer, 4000, 0);
        vm.assertEq(datanets.sharesOf(id, maintainer), 10_000, "shares");
        vm.assertEq(datanets.credit(maintainer), 1 ether, "income");
    }

    /// @dev However payments and shares fall, every wei is owed or waits as remainder, which is less than a wei a share.
    function testFuzz_income_isConserved(uint96[4] memory amounts, uint16 forMara, uint16 forTobias) public {
        forMara = uint16(bound(forMara, 0, 10_000));
        forTobias = uint16(bound(forTobias, 0, 10_000 - forMara));
        uint256 total;
        for (uint256 i; i < 4; ++i) {
            uint256 amount = bound(amounts[i], 1, 1e27);
            vm.deal(user, amount);
            pay(amount);
            total += amount;
            if (i == 0 && forMara != 0) hand(mara, forMara);
            if (i == 1 && forTobias != 0) hand(tobias, forTobias);
        }
        uint256 owed;
        address[3] memory holders = [maintainer, mara, tobias];
        for (uint256 i; i < 3; ++i) {
            collect(holders[i]);
            owed += datanets.credit(holders[i]);
        }
        vm.assertLe(owed, total, "never more than came in");
        vm.assertTrue(total - owed < 10_000, "the remainder");
        vm.assertEq(address(datanets).balance, total, "balance");
        // What was left over is in the next payment: together they divide.
        vm.deal(user, 10_000 - (total - owed));
        pay(10_000 - (total - owed));
        uint256 next;
        for (uint256 i; i < 3; ++i) {
            next += datanets.incomeOf(id, holders[i]);
        }
        vm.assertEq(next, 10_000, "nothing was lost");
    }

    function test_withdraw_reentrant_isPaidOnce() public {
        ReentrantCreditor creditor = new ReentrantCreditor(datanets);
        hand(address(creditor), 5000);
        pay(2 ether);
        collect(address(creditor));
        creditor.withdraw();
        vm.assertEq(address(creditor).balance, 1 ether, "once");
        vm.assertEq(address(datanets).balance, 1 ether, "the rest stays");
        assertGuarded(creditor.answer());
    }

    function test_withdraw_nothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PullPayment.PullPayment__NothingToWithdraw.selector, stranger));
        vm.prank(stranger);
        datanets.withdraw();
    }

    function pay(uint256 amount) private {
        vm.prank(user);
        datanets.payIncome{value: amount}(id);
    }

    function collect(address account) private {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = id;
        datanets.collectIncome(ids, account);
    }

    function offer(address to, uint16 shares, uint128 price) private {
        vm.prank(maintainer);
        datanets.offerShares(id, to, shares, price, uint64(block.timestamp + 1 days));
    }

    function accept(address account, uint16 shares, uint128 price) private {
        vm.prank(account);
        datanets.acceptShares{value: price}(id, maintainer, shares, price);
    }

    function hand(address to, uint16 shares) private {
        offer(to, shares, 0);
        accept(to, shares, 0);
    }

    function expectNoOffer(address account, uint16 shares, uint128 price) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                DatanetIncome.DatanetRegistry__NoSuchOffer.selector, id, maintainer, account, shares, price
            )
        );
        vm.prank(account);
        datanets.acceptShares{value: price}(id, maintainer, shares, price);
    }
}
