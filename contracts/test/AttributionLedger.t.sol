// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AttributionLedger} from "../src/AttributionLedger.sol";
import {PullPayment} from "../src/PullPayment.sol";
import {RewardPool} from "../src/RewardPool.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {ReentrantCreditor} from "./Recipients.sol";
import {World} from "./World.sol";

contract AttributionLedgerTest is World {
    bytes32 private constant REWARDS = keccak256("rewards");
    bytes32 private constant OTHER = keccak256("other rewards");

    function setUp() public override {
        super.setUp();
        fund(100 ether);
    }

    function test_constructor_otherLedgersPool_reverts() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                AttributionLedger.AttributionLedger__PoolMismatch.selector, address(pool), address(ledger)
            )
        );
        new AttributionLedger(pool, operator, governance, WINDOW, BOND);
    }

    function test_constructor_badTerms_revert() public {
        RewardPool next = new RewardPool(nextAddress(1));
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroAddress.selector));
        new AttributionLedger(next, operator, address(0), WINDOW, BOND);

        next = new RewardPool(nextAddress(1));
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroAddress.selector));
        new AttributionLedger(next, address(0), governance, WINDOW, BOND);
    }

    function test_post_makesAnEpochPending() public {
        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochPosted(1, RECEIPTS, REWARDS, 40 ether, 3, MANIFEST, block.timestamp + WINDOW);
        vm.assertEq(post(REWARDS, 40 ether), 1, "number");

        AttributionLedger.Epoch memory epoch = ledger.epoch(1);
        assertStatus(1, AttributionLedger.Status.Pending);
        vm.assertEq(epoch.receiptsRoot, RECEIPTS, "receiptsRoot");
        vm.assertEq(epoch.rewardsRoot, REWARDS, "rewardsRoot");
        vm.assertEq(epoch.manifestHash, MANIFEST, "manifestHash");
        vm.assertEq(epoch.totalAllocated, 40 ether, "totalAllocated");
        vm.assertEq(epoch.receiptCount, 3, "receiptCount");
        vm.assertEq(epoch.challengeableUntil, block.timestamp + WINDOW, "challengeableUntil");
        vm.assertEq(epoch.finalizedAt, 0, "finalizedAt");
        vm.assertEq(epoch.poster, operator, "poster");
        vm.assertEq(epoch.bond, BOND, "bond");
        vm.assertEq(ledger.activeRoot(), 0, "not claimable yet");
        vm.assertEq(ledger.epochCount(), 1, "epochCount");
    }

    function test_post_byAnyoneElse_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotOperator.selector, stranger));
        vm.prank(stranger);
        ledger.post{value: BOND}(RECEIPTS, REWARDS, 1, 1, MANIFEST);
    }

    function test_post_wrongBond_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WrongBond.selector, BOND - 1, BOND));
        vm.prank(operator);
        ledger.post{value: BOND - 1}(RECEIPTS, REWARDS, 1, 1, MANIFEST);
    }

    function test_post_zeroRoots_revert() public {
        expectZeroRoot(0, REWARDS, MANIFEST);
        expectZeroRoot(RECEIPTS, 0, MANIFEST);
        expectZeroRoot(RECEIPTS, REWARDS, 0);
    }

    function test_post_whileOneIsPending_reverts() public {
        post(REWARDS, 40 ether);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__EpochPending.selector, 1));
        post(OTHER, 50 ether);
    }

    function test_post_whileOneIsChallenged_reverts() public {
        post(REWARDS, 40 ether);
        challengeAs(stranger, 1);
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__EpochPending.selector, 1));
        post(OTHER, 50 ether);
    }

    function test_post_overTheFundedTotal_reverts() public {
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__Insolvent.selector, 100 ether + 1, 100 ether)
        );
        post(REWARDS, 100 ether + 1);
        post(REWARDS, 100 ether);
    }

    /// @dev Coins forced into the pool are no contributors' money and cannot be allocated.
    function test_post_forcedCoinsDoNotCount() public {
        vm.deal(address(pool), 500 ether);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__Insolvent.selector, 500 ether, 100 ether)
        );
        post(REWARDS, 500 ether);
    }

    function testFuzz_post_totalMustGrowAndBeFunded(uint256 first, uint256 second) public {
        first = bound(first, 1, 100 ether);
        postAndFinalize(REWARDS, first);
        if (second <= first) {
            vm.expectRevert(
                abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotIncreasing.selector, second, first)
            );
        } else if (second > 100 ether) {
            vm.expectRevert(
                abi.encodeWithSelector(AttributionLedger.AttributionLedger__Insolvent.selector, second, 100 ether)
            );
        }
        post(OTHER, second);
    }

    function test_post_theSameTotalAgain_reverts() public {
        postAndFinalize(REWARDS, 40 ether);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotIncreasing.selector, 40 ether, 40 ether)
        );
        post(OTHER, 40 ether);
        post(OTHER, 40 ether + 1);
    }

    function test_finalize_byAnyone_makesTheRootActive() public {
        post(REWARDS, 40 ether);
        vm.warp(block.timestamp + WINDOW);

        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochFinalized(1, REWARDS, 40 ether);
        vm.prank(stranger);
        ledger.finalize(1);

        AttributionLedger.Epoch memory epoch = ledger.epoch(1);
        assertStatus(1, AttributionLedger.Status.Finalized);
        vm.assertEq(epoch.receiptsRoot, RECEIPTS, "receiptsRoot");
        vm.assertEq(epoch.rewardsRoot, REWARDS, "rewardsRoot");
        vm.assertEq(epoch.manifestHash, MANIFEST, "manifestHash");
        vm.assertEq(epoch.totalAllocated, 40 ether, "totalAllocated");
        vm.assertEq(epoch.receiptCount, 3, "receiptCount");
        vm.assertEq(epoch.finalizedAt, block.timestamp, "finalizedAt");
        vm.assertEq(ledger.activeRoot(), REWARDS, "activeRoot");
        vm.assertEq(ledger.activeEpoch(), 1, "activeEpoch");
        vm.assertEq(ledger.credit(operator), BOND, "bond");
    }

    function test_finalize_early_reverts() public {
        post(REWARDS, 40 ether);
        uint256 end = block.timestamp + WINDOW;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WindowOpen.selector, 1, end));
        ledger.finalize(1);
    }

    function test_finalize_twice_reverts() public {
        postAndFinalize(REWARDS, 40 ether);
        expectNotPending(1, AttributionLedger.Status.Finalized);
        ledger.finalize(1);
    }

    function test_finalize_challenged_reverts() public {
        post(REWARDS, 40 ether);
        challengeAs(stranger, 1);
        vm.warp(block.timestamp + WINDOW);
        expectNotPending(1, AttributionLedger.Status.Challenged);
        ledger.finalize(1);
    }

    function test_unknownEpoch_reverts() public {
        post(REWARDS, 40 ether);
        expectUnknown(0);
        ledger.epoch(0);
        expectUnknown(2);
        ledger.finalize(2);
        expectUnknown(2);
        challengeAs(stranger, 2);
    }

    function test_previousRoot_staysClaimable_whileTheNextIsInQuestion() public {
        bytes32[] memory tree = treeOfTwo(30 ether, 10 ether);
        postAndFinalize(tree[0], 40 ether);
        post(REWARDS, 50 ether);
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
        challengeAs(stranger, 2);
        pool.claimFor(tobias, 10 ether, MerkleTree.proof(tree, 1));
        vm.assertEq(mara.balance + tobias.balance, 40 ether, "paid");
    }

    function test_challenge_insideTheWindow() public {
        post(REWARDS, 40 ether);
        vm.warp(block.timestamp + WINDOW - 1);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochChallenged(1, stranger, OTHER);
        challengeAs(stranger, 1);

        assertStatus(1, AttributionLedger.Status.Challenged);
        AttributionLedger.Epoch memory epoch = ledger.epoch(1);
        vm.assertEq(epoch.challenger, stranger, "challenger");
        vm.assertEq(epoch.claimedRewardsRoot, OTHER, "claimedRewardsRoot");
    }

    function test_challenge_afterTheWindow_reverts() public {
        post(REWARDS, 40 ether);
        uint256 end = block.timestamp + WINDOW;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WindowClosed.selector, 1, end));
        challengeAs(stranger, 1);
    }

    function test_challenge_wrongBond_reverts() public {
        post(REWARDS, 40 ether);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WrongBond.selector, 0, BOND));
        vm.prank(stranger);
        ledger.challenge(1, OTHER);
    }

    function test_challenge_withTheSameRoot_reverts() public {
        post(REWARDS, 40 ether);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__SameRoot.selector, 1, REWARDS));
        vm.prank(stranger);
        ledger.challenge{value: BOND}(1, REWARDS);
    }

    function test_challenge_twice_reverts() public {
        post(REWARDS, 40 ether);
        challengeAs(stranger, 1);
        expectNotPending(1, AttributionLedger.Status.Challenged);
        challengeAs(user, 1);
    }

    function test_resolve_upheld_rejectsAndPaysTheChallenger() public {
        postAndFinalize(OTHER, 10 ether);
        post(REWARDS, 40 ether);
        challengeAs(stranger, 2);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochResolved(2, true, stranger, 2 * BOND);
        resolve(2, true);

        assertStatus(2, AttributionLedger.Status.Rejected);
        vm.assertEq(ledger.epoch(2).rewardsRoot, 0, "nothing is kept of it");
        vm.assertEq(ledger.credit(stranger), 2 * BOND, "challenger");
        vm.assertEq(ledger.activeRoot(), OTHER, "the previous root stays");
        expectNotPending(2, AttributionLedger.Status.Rejected);
        ledger.finalize(2);

        // The next epoch is measured against the last final one.
        vm.assertEq(post(REWARDS, 20 ether), 3, "numbers are not used twice");
    }

    /// @dev A whole new window, so that a bogus challenge cannot use up the time for a good one.
    function test_resolve_notUpheld_paysTheOperatorAndReopensTheWindow() public {
        post(REWARDS, 40 ether);
        challengeAs(stranger, 1);
        vm.warp(block.timestamp + 10 * WINDOW);
        resolve(1, false);
        vm.assertEq(ledger.credit(operator), BOND, "the challenger's bond");
        assertStatus(1, AttributionLedger.Status.Pending);
        vm.assertEq(ledger.epoch(1).challenger, address(0), "nobody contests it any more");

        uint256 end = block.timestamp + WINDOW;
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WindowOpen.selector, 1, end));
        ledger.finalize(1);
        challengeAs(user, 1);
        resolve(1, false);
        vm.warp(block.timestamp + WINDOW);
        ledger.finalize(1);
        vm.assertEq(ledger.credit(operator), 3 * BOND, "two challengers' bonds and its own");
    }

    function test_resolve_unchallenged_reverts() public {
        post(REWARDS, 40 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                AttributionLedger.AttributionLedger__NotChallenged.selector, 1, AttributionLedger.Status.Pending
            )
        );
        resolve(1, true);
    }

    function test_governanceOnly() public {
        bytes memory refusal =
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        ledger.resolve(1, true);
        vm.expectRevert(refusal);
        ledger.setOperator(stranger);
        vm.expectRevert(refusal);
        ledger.setWindow(2 hours);
        vm.expectRevert(refusal);
        ledger.setBond(2 ether);
    }

    /// @dev New terms bind the next epoch; the pending one keeps its bond, its window and its poster.
    function test_newTerms_leaveThePendingEpochAlone() public {
        post(REWARDS, 40 ether);
        uint256 end = block.timestamp + WINDOW;
        vm.expectEmit(address(ledger));
        emit AttributionLedger.OperatorSet(stranger);
        vm.prank(governance);
        ledger.setOperator(stranger);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.BondSet(5 ether);
        vm.prank(governance);
        ledger.setBond(5 ether);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.WindowSet(2 days);
        vm.prank(governance);
        ledger.setWindow(2 days);
        vm.assertEq(ledger.bond(), 5 ether, "bond");
        vm.assertEq(ledger.window(), 2 days, "window");

        vm.warp(end);
        ledger.finalize(1);
        vm.assertEq(ledger.credit(operator), BOND, "the old bond, to the old operator");
        vm.prank(stranger);
        ledger.post{value: 5 ether}(RECEIPTS, OTHER, 50 ether, 1, MANIFEST);
        vm.assertEq(ledger.epoch(2).challengeableUntil, end + 2 days, "new window");
    }

    /// @dev The challenger matches the poster's bond, and a bond that is won goes to the one who posted.
    function test_newTerms_leaveAChallengeAlone() public {
        post(REWARDS, 40 ether);
        vm.prank(governance);
        ledger.setBond(5 ether);
        vm.prank(governance);
        ledger.setOperator(user);

        challengeAs(stranger, 1);
        resolve(1, false);
        vm.assertEq(ledger.credit(operator), BOND, "the poster");
        vm.assertEq(ledger.credit(user), 0, "the operator of today");
    }

    function testFuzz_setWindow_cannotSkipOrStallTheChallenge(uint256 window) public {
        if (window < 1 hours || window > 30 days) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    AttributionLedger.AttributionLedger__WindowOutOfRange.selector, window, 1 hours, 30 days
                )
            );
        }
        vm.prank(governance);
        ledger.setWindow(window);
    }

    function test_setBond_zero_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroBond.selector));
        vm.prank(governance);
        ledger.setBond(0);
    }

    function test_withdraw_paysTheBondOnce() public {
        postAndFinalize(REWARDS, 40 ether);
        vm.expectEmit(address(ledger));
        emit PullPayment.Withdrawn(operator, BOND);
        vm.prank(operator);
        ledger.withdraw();
        vm.assertEq(operator.balance, 1000 ether, "operator");
        vm.assertEq(address(ledger).balance, 0, "ledger");

        vm.expectRevert(abi.encodeWithSelector(PullPayment.PullPayment__NothingToWithdraw.selector, operator));
        vm.prank(operator);
        ledger.withdraw();
    }

    function test_withdraw_reentrant_isPaidOnce() public {
        ReentrantCreditor creditor = new ReentrantCreditor(ledger);
        vm.deal(address(creditor), BOND);
        post(REWARDS, 40 ether);
        challengeAs(address(creditor), 1);
        resolve(1, true);
        // Another epoch's bond, which a second payment would have to come from.
        post(REWARDS, 40 ether);

        creditor.withdraw();
        vm.assertEq(address(creditor).balance, 2 * BOND, "paid once");
        assertGuarded(creditor.answer());
    }

    function test_withdraw_toAContractThatRefuses_reverts() public {
        vm.prank(governance);
        ledger.setOperator(address(pool));
        vm.deal(address(pool), 101 ether);
        vm.prank(address(pool));
        ledger.post{value: BOND}(RECEIPTS, REWARDS, 1 ether, 1, MANIFEST);
        vm.warp(block.timestamp + WINDOW);
        ledger.finalize(1);

        vm.expectRevert(abi.encodeWithSelector(PullPayment.PullPayment__TransferFailed.selector, address(pool), BOND));
        vm.prank(address(pool));
        ledger.withdraw();
    }

    function testFuzz_verifyReceipt_onlyWhatIsInAFinalEpoch(bytes32 id, bytes32 receipt, uint256 amount) public {
        vm.assume(amount != 7);
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = keccak256(bytes.concat(keccak256(abi.encode(id, receipt, amount))));
        leaves[1] = keccak256(bytes.concat(keccak256(abi.encode(RECEIPTS, MANIFEST, uint256(7)))));
        bytes32[] memory tree = MerkleTree.build(leaves);
        bytes32[] memory proof = MerkleTree.proof(tree, 0);
        vm.prank(operator);
        ledger.post{value: BOND}(tree[0], REWARDS, 40 ether, 2, MANIFEST);
        vm.assertTrue(!ledger.verifyReceipt(1, id, receipt, amount, proof), "pending");

        vm.warp(block.timestamp + WINDOW);
        ledger.finalize(1);
        vm.assertTrue(ledger.verifyReceipt(1, id, receipt, amount, proof), "final");
        vm.assertTrue(!ledger.verifyReceipt(1, id, receipt, 7, proof), "another amount");
        vm.assertTrue(!ledger.verifyReceipt(2, id, receipt, amount, proof), "another epoch");
    }

    function challengeAs(address challenger, uint256 epoch) private {
        vm.prank(challenger);
        ledger.challenge{value: BOND}(epoch, OTHER);
    }

    function resolve(uint256 epoch, bool upheld) private {
        vm.prank(governance);
        ledger.resolve(epoch, upheld);
    }

    function expectZeroRoot(bytes32 receiptsRoot, bytes32 rewardsRoot, bytes32 manifestHash) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                AttributionLedger.AttributionLedger__ZeroRoot.selector, receiptsRoot, rewardsRoot, manifestHash
            )
        );
        vm.prank(operator);
        ledger.post{value: BOND}(receiptsRoot, rewardsRoot, 1, 1, manifestHash);
    }

    function expectNotPending(uint256 epoch, AttributionLedger.Status status) private {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotPending.selector, epoch, status));
    }

    function expectUnknown(uint256 epoch) private {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__UnknownEpoch.selector, epoch, 1));
    }

    function assertStatus(uint256 epoch, AttributionLedger.Status expected) private view {
        vm.assertEq(uint256(ledger.epoch(epoch).status), uint256(expected), "status");
    }
}
