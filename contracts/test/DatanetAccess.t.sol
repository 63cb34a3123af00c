// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetAccess} from "../src/DatanetAccess.sol";
import {DatanetRoles} from "../src/DatanetRoles.sol";
import {ReentrantCreditor} from "./Recipients.sol";
import {World} from "./World.sol";

contract DatanetAccessTest is World {
    uint40 private constant PERIOD = 100 days;
    uint128 private constant PRICE = 50 ether;
    string private constant PURPOSE = "a chat model for sailors";

    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = publishDatanet("seamanship", closed());
        vm.prank(maintainer);
        datanets.setAccessPrice(id, PRICE);
        vm.deal(mara, 1000 ether);
    }

    function test_request_holdsThePrice() public {
        uint256 decideBy = block.timestamp + 30 days;
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessRequested(1, id, mara, PRICE, PERIOD, decideBy, PURPOSE);
        vm.assertEq(request(PRICE), 1, "number");
        DatanetAccess.Request memory asked = datanets.request(1);
        vm.assertEq(asked.id, id, "id");
        vm.assertEq(asked.account, mara, "account");
        vm.assertEq(asked.price, PRICE, "price");
        vm.assertEq(asked.period, PERIOD, "period");
        vm.assertEq(asked.decideBy, decideBy, "decideBy");
        vm.assertTrue(asked.status == DatanetAccess.RequestStatus.Pending, "status");
        vm.assertTrue(!datanets.hasAccess(id, mara), "asking is not having");
        vm.assertEq(datanets.incomeOf(id, maintainer), 0, "nor is it income");
        vm.assertEq(address(datanets).balance, PRICE, "held");
    }

    function test_request_refused() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetAccess.DatanetRegistry__EmptyPurpose.selector, id));
        datanets.requestAccess(id, PERIOD, "");
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__UnknownDatanet.selector, bytes32(0)));
        datanets.requestAccess(0, PERIOD, PURPOSE);
        uint40[2] memory wrong = [uint40(1 days - 1), uint40(3650 days + 1)];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    DatanetAccess.DatanetRegistry__PeriodOutOfRange.selector, wrong[i], 1 days, 3650 days
                )
            );
            vm.prank(mara);
            datanets.requestAccess{value: PRICE}(id, wrong[i], PURPOSE);
        }
    }

    /// @dev The owner raises the price in front of a request: the requester pays what it meant to, or nothing.
    function test_request_frontRunByAPriceChange_reverts() public {
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessPriceSet(id, 2 * PRICE);
        vm.prank(maintainer);
        datanets.setAccessPrice(id, 2 * PRICE);
        vm.expectRevert(
            abi.encodeWithSelector(DatanetAccess.DatanetRegistry__PriceTooLow.selector, id, PRICE, 2 * PRICE)
        );
        vm.prank(mara);
        datanets.requestAccess{value: PRICE}(id, PERIOD, PURPOSE);
        vm.assertEq(mara.balance, 1000 ether, "mara");
    }

    function test_approve_grantsForThePeriod() public {
        request(PRICE);
        uint256 until = block.timestamp + PERIOD;
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessApproved(1, id, mara);
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessGranted(id, mara, until);
        approve(1);
        vm.assertTrue(datanets.hasAccess(id, mara), "access");
        vm.assertTrue(!datanets.hasAccess(id, stranger), "for mara only");
        vm.assertEq(datanets.grant(id, mara).until, until, "until");
        vm.warp(until - 1);
        vm.assertTrue(datanets.hasAccess(id, mara), "to the last second");
        vm.warp(until);
        vm.assertTrue(!datanets.hasAccess(id, mara), "and not longer");
    }

    /// @dev Only the owner decides: not curators, not the requester.
    function test_decisions_byOthers_revert() public {
        request(PRICE);
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        address[3] memory others = [tobias, mara, stranger];
        for (uint256 i; i < 3; ++i) {
            bytes memory refusal =
                abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotOwner.selector, id, others[i]);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            datanets.approveAccess(1);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            datanets.rejectAccess(1, "no");
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            datanets.grantAccess(id, others[i], PERIOD);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            datanets.revokeAccess(id, mara, "no");
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            datanets.setAccessPrice(id, 0);
        }
    }

    function test_reject_refundsByPull() public {
        request(PRICE);
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessRejected(1, id, mara, "not this purpose");
        vm.prank(maintainer);
        datanets.rejectAccess(1, "not this purpose");
        vm.assertEq(datanets.credit(mara), PRICE, "credit");
        expectNotPending(1, DatanetAccess.RequestStatus.Rejected);
        vm.prank(mara);
        datanets.withdraw();
        vm.assertEq(mara.balance, 1000 ether, "all of it");
        vm.assertEq(address(datanets).balance, 0, "nothing is left");
    }

    /// @dev A request is decided once, whichever way: no second grant, no second refund.
    function test_decided_cannotBeDecidedAgain() public {
        request(PRICE);
        approve(1);
        expectNotPending(1, DatanetAccess.RequestStatus.Approved);
        request(PRICE);
        cancel(mara, 2);
        expectNotPending(2, DatanetAccess.RequestStatus.Cancelled);
        expectNotPending(3, DatanetAccess.RequestStatus.None);
    }

    function test_cancel_byTheRequesterAtAnyTime() public {
        request(PRICE);
        vm.expectRevert(abi.encodeWithSelector(DatanetAccess.DatanetRegistry__NotRequester.selector, 1, stranger));
        cancel(stranger, 1);
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessRequestCancelled(1, id, mara);
        cancel(mara, 1);
        vm.assertEq(datanets.credit(mara), PRICE, "credit");
    }

    /// @dev An owner who never answers keeps nobody's money, and cannot take it after the time for an answer.
    function test_undecided_afterTheDeadline() public {
        request(PRICE);
        uint256 decideBy = block.timestamp + 30 days;
        vm.warp(decideBy + 1);
        vm.expectRevert(abi.encodeWithSelector(DatanetAccess.DatanetRegistry__TooLate.selector, 1, decideBy));
        approve(1);
        cancel(stranger, 1);
        vm.assertEq(datanets.credit(mara), PRICE, "anyone may send it back");
    }

    function test_approve_onTheLastSecond() public {
        request(PRICE);
        vm.warp(block.timestamp + 30 days);
        approve(1);
        vm.assertTrue(datanets.hasAccess(id, mara), "access");
    }

    function test_earn_isIncomeSecondBySecond() public {
        request(PRICE);
        approve(1);
        datanets.earnAccess(id, mara);
        vm.assertEq(datanets.incomeOf(id, maintainer), 0, "no time has passed");
        vm.warp(block.timestamp + PERIOD / 4);
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessEarned(id, mara, PRICE / 4);
        vm.prank(stranger);
        datanets.earnAccess(id, mara);
        vm.assertEq(datanets.incomeOf(id, maintainer), PRICE / 4, "a quarter");
        vm.warp(block.timestamp + 10 * PERIOD);
        datanets.earnAccess(id, mara);
        vm.assertEq(datanets.incomeOf(id, maintainer), PRICE, "all, and no more");
        datanets.earnAccess(id, mara);
        datanets.earnAccess(id, stranger);
        vm.assertEq(datanets.incomeOf(id, maintainer), PRICE, "once");
    }

    /// @dev Granting and revoking at once gains the owner nothing.
    function test_revoke_returnsWhatIsNotEarned() public {
        request(PRICE);
        approve(1);
        vm.warp(block.timestamp + PERIOD / 5);
        vm.expectEmit(address(datanets));
        emit DatanetAccess.AccessRevoked(id, mara, PRICE * 4 / 5, "licence broken");
        revoke();
        vm.assertTrue(!datanets.hasAccess(id, mara), "at once");
        vm.assertEq(datanets.credit(mara), PRICE * 4 / 5, "refund");
        vm.assertEq(datanets.incomeOf(id, maintainer), PRICE / 5, "earned");
        vm.assertEq(datanets.grant(id, mara).until, 0, "gone");
        expectNoGrant(mara);
    }

    function test_revoke_afterTheEnd_reverts() public {
        request(PRICE);
        approve(1);
        vm.warp(block.timestamp + PERIOD);
        expectNoGrant(mara);
        datanets.earnAccess(id, mara);
        vm.assertEq(datanets.incomeOf(id, maintainer), PRICE, "the whole price is income");
    }

    /// @dev A revoked grant does not come back: its request is spent, and a new one begins from nothing.
    function test_grantReplayAfterRevocation_reverts() public {
        request(PRICE);
        approve(1);
        revoke();
        expectNotPending(1, DatanetAccess.RequestStatus.Approved);
        vm.assertTrue(!datanets.hasAccess(id, mara), "no access");
        request(PRICE);
        approve(2);
        vm.assertEq(datanets.grant(id, mara).until, block.timestamp + PERIOD, "a grant of its own");
        vm.assertEq(datanets.grant(id, mara).unearned, PRICE, "with its own price");
    }

    /// @dev Renewing early adds time and price, and loses neither.
    function test_renew_addsToTheGrant() public {
        request(PRICE);
        approve(1);
        vm.warp(block.timestamp + PERIOD / 2);
        request(PRICE);
        approve(2);
        DatanetAccess.Grant memory found = datanets.grant(id, mara);
        vm.assertEq(found.until, block.timestamp + PERIOD / 2 + PERIOD, "until");
        vm.assertEq(found.unearned, PRICE / 2 + PRICE, "unearned");
        vm.assertEq(datanets.incomeOf(id, maintainer), PRICE / 2, "earned before");
    }

    function test_grantAccess_withoutARequest() public {
        vm.prank(maintainer);
        datanets.grantAccess(id, mara, PERIOD);
        vm.assertTrue(datanets.hasAccess(id, mara), "access");
        // Time without a price has passed: what is added is earned from now on only.
        vm.warp(block.timestamp + PERIOD / 2);
        datanets.earnAccess(id, mara);
        request(PRICE);
        approve(1);
        datanets.earnAccess(id, mara);
        vm.assertEq(datanets.incomeOf(id, maintainer), 0, "nothing is earned yet");
        revoke();
        vm.assertEq(datanets.credit(mara), PRICE, "so all of it comes back");
        vm.expectRevert(
            abi.encodeWithSelector(
                DatanetAccess.DatanetRegistry__PeriodOutOfRange.selector, 1 days - 1, 1 days, 3650 days
            )
        );
        vm.prank(maintainer);
        datanets.grantAccess(id, mara, 1 days - 1);
    }

    function test_hasAccess_byRoleAndPolicy() public {
        vm.assertTrue(datanets.hasAccess(id, maintainer), "owner");
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        vm.assertTrue(datanets.hasAccess(id, tobias), "curator");
        address[] memory accounts = new address[](1);
        accounts[0] = mara;
        vm.prank(maintainer);
        datanets.setContributors(id, accounts, true);
        vm.assertTrue(!datanets.hasAccess(id, mara), "contributor, by this policy");
        vm.prank(maintainer);
        datanets.setPolicy(id, DatanetRoles.Policy(true, true, true));
        vm.assertTrue(datanets.hasAccess(id, mara), "contributor, by that policy");
        vm.assertTrue(!datanets.hasAccess(id, stranger), "stranger");
        vm.prank(maintainer);
        datanets.setPolicy(id, open());
        vm.assertTrue(datanets.hasAccess(id, stranger), "open");
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__UnknownDatanet.selector, bytes32(0)));
        datanets.hasAccess(0, stranger);
    }

    /// @dev A requester that refuses money stops nobody: the refund waits for it.
    function test_reject_refundToAReentrantRequester_isPaidOnce() public {
        ReentrantCreditor requester = new ReentrantCreditor(datanets);
        request(PRICE);
        vm.deal(address(requester), PRICE);
        vm.prank(address(requester));
        datanets.requestAccess{value: PRICE}(id, PERIOD, PURPOSE);
        vm.prank(maintainer);
        datanets.rejectAccess(2, "no");
        requester.withdraw();
        vm.assertEq(address(requester).balance, PRICE, "once");
        vm.assertEq(address(datanets).balance, PRICE, "mara's is untouched");
        assertGuarded(requester.answer());
    }

    /// @dev Collected in any steps, then revoked at any time: earned and refunded are the price, to the wei.
    function testFuzz_price_isConserved(uint128 price, uint40 period, uint32[3] memory steps) public {
        price = uint128(bound(price, 0, 1e27));
        period = uint40(bound(period, 1 days, 3650 days));
        vm.prank(maintainer);
        datanets.setAccessPrice(id, 0);
        vm.deal(mara, price);
        vm.prank(mara);
        datanets.requestAccess{value: price}(id, period, PURPOSE);
        approve(1);
        uint256 start = block.timestamp;
        for (uint256 i; i < 3; ++i) {
            vm.warp(block.timestamp + bound(steps[i], 0, period / 2));
            datanets.earnAccess(id, mara);
            uint256 unearned = datanets.grant(id, mara).unearned;
            uint256 passed = block.timestamp - start;
            uint256 exact = passed >= period ? price : uint256(price) * passed / period;
            vm.assertLe(price - unearned, exact, "never earned ahead of time");
            vm.assertTrue(exact - (price - unearned) <= 3, "nor behind, but for rounding");
        }
        uint256 earned = price - datanets.grant(id, mara).unearned;
        if (datanets.hasAccess(id, mara)) revoke();
        vm.assertEq(earned + datanets.credit(mara), price, "earned and refunded");
        uint256 income = datanets.incomeOf(id, maintainer);
        vm.assertTrue(income <= earned && earned - income < 10_000, "income, but for the remainder");
        vm.assertEq(address(datanets).balance, price, "balance");
    }

    function request(uint256 price) private returns (uint256) {
        vm.prank(mara);
        return datanets.requestAccess{value: price}(id, PERIOD, PURPOSE);
    }

    function approve(uint256 requestId) private {
        vm.prank(maintainer);
        datanets.approveAccess(requestId);
    }

    function cancel(address caller, uint256 requestId) private {
        vm.prank(caller);
        datanets.cancelAccessRequest(requestId);
    }

    function revoke() private {
        vm.prank(maintainer);
        datanets.revokeAccess(id, mara, "licence broken");
    }

    function expectNoGrant(address account) private {
        vm.expectRevert(abi.encodeWithSelector(DatanetAccess.DatanetRegistry__NoGrant.selector, id, account));
        vm.prank(maintainer);
        datanets.revokeAccess(id, account, "again");
    }

    function expectNotPending(uint256 requestId, DatanetAccess.RequestStatus status) private {
        bytes memory refusal =
            abi.encodeWithSelector(DatanetAccess.DatanetRegistry__NotPending.selector, requestId, status);
        vm.expectRevert(refusal);
        approve(requestId);
        vm.expectRevert(refusal);
        vm.prank(maintainer);
        datanets.rejectAccess(requestId, "no");
        vm.expectRevert(refusal);
        cancel(mara, requestId);
    }
}
