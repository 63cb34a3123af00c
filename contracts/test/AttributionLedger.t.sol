// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AttributionLedger} from "../src/AttributionLedger.sol";
import {PullPayment} from "../src/PullPayment.sol";
import {RewardPool} from "../src/RewardPool.sol";
import {Staking} from "../src/Staking.sol";
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
        new AttributionLedger(pool, staking, operator, governance, terms());
    }

    function test_constructor_otherLedgersStaking_reverts() public {
        RewardPool next = new RewardPool(nextAddress(1));
        vm.expectRevert(
            abi.encodeWithSelector(
                AttributionLedger.AttributionLedger__StakingMismatch.selector, address(staking), address(ledger)
            )
        );
        new AttributionLedger(next, staking, operator, governance, terms());
    }

    function test_constructor_zeroAddresses_revert() public {
        (RewardPool nextPool, Staking nextStaking) = nextPair();
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroAddress.selector));
        new AttributionLedger(nextPool, nextStaking, operator, address(0), terms());

        (nextPool, nextStaking) = nextPair();
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroAddress.selector));
        new AttributionLedger(nextPool, nextStaking, address(0), governance, terms());
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
        // Nor more: what is above the bond would be nobody's.
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WrongBond.selector, BOND + 1, BOND));
        vm.prank(operator);
        ledger.post{value: BOND + 1}(RECEIPTS, REWARDS, 1, 1, MANIFEST);
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

    function test_unknownEpoch_reverts() public {
        post(REWARDS, 40 ether);
        expectUnknown(0);
        ledger.epoch(0);
        expectUnknown(2);
        ledger.finalize(2);
        expectUnknown(2);
        ledger.resolve(2);
        expectUnknown(2);
        ledger.vote(2, REWARDS);
        expectUnknown(2);
        ledger.challenge{value: 0}(2, OTHER);
    }

    function test_governanceOnly() public {
        bytes memory refusal =
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        ledger.setOperator(stranger);
        vm.expectRevert(refusal);
        ledger.setTreasury(stranger);
        vm.expectRevert(refusal);
        ledger.setTerms(terms());
    }

    /// @dev New terms bind the next epoch; the pending one keeps its bond, its window and its poster.
    function test_newTerms_leaveThePendingEpochAlone() public {
        post(REWARDS, 40 ether);
        uint256 end = block.timestamp + WINDOW;
        vm.expectEmit(address(ledger));
        emit AttributionLedger.OperatorSet(stranger);
        vm.prank(governance);
        ledger.setOperator(stranger);
        AttributionLedger.Terms memory next = AttributionLedger.Terms(2 days, 3 days, 5 ether, 1000, 5000);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.TermsSet(2 days, 3 days, 5 ether, 1000, 5000);
        vm.prank(governance);
        ledger.setTerms(next);
        vm.assertEq(keccak256(abi.encode(ledger.terms())), keccak256(abi.encode(next)), "terms");

        vm.assertEq(ledger.epoch(1).bond, BOND, "the bond that was posted");
        vm.assertEq(ledger.epoch(1).challengeableUntil, end, "the window that was posted");
        vm.warp(end);
        ledger.finalize(1);
        vm.assertEq(ledger.credit(operator), BOND, "the old bond, to the old operator");
        vm.prank(stranger);
        ledger.post{value: 5 ether}(RECEIPTS, OTHER, 50 ether, 1, MANIFEST);
        vm.assertEq(ledger.epoch(2).challengeableUntil, end + 2 days, "new window");
    }

    function test_setOperatorAndTreasury_zero_revert() public {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroAddress.selector));
        vm.prank(governance);
        ledger.setOperator(address(0));
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__ZeroAddress.selector));
        vm.prank(governance);
        ledger.setTreasury(address(0));
    }

    function testFuzz_setTerms_windowHasBounds(uint32 value) public {
        AttributionLedger.Terms memory next = terms();
        next.window = value;
        setTermsWithin(next, "window", value, 1 hours, 30 days);
    }

    function testFuzz_setTerms_votePeriodHasBounds(uint32 value) public {
        AttributionLedger.Terms memory next = terms();
        next.votePeriod = value;
        setTermsWithin(next, "vote period", value, 1 hours, 14 days);
    }

    function testFuzz_setTerms_bondHasBounds(uint96 value) public {
        AttributionLedger.Terms memory next = terms();
        next.bond = value;
        setTermsWithin(next, "bond", value, 0.01 ether, 100_000 ether);
    }

    function testFuzz_setTerms_slashHasBounds(uint16 value) public {
        AttributionLedger.Terms memory next = terms();
        next.slashBps = value;
        setTermsWithin(next, "slashed part", value, 100, 1000);
    }

    function testFuzz_setTerms_quorumHasBounds(uint16 value) public {
        AttributionLedger.Terms memory next = terms();
        next.quorumBps = value;
        setTermsWithin(next, "quorum", value, 500, 5000);
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
        vm.prank(governance);
        ledger.setOperator(address(creditor));
        vm.prank(address(creditor));
        ledger.post{value: BOND}(RECEIPTS, REWARDS, 40 ether, 3, MANIFEST);
        vm.warp(block.timestamp + WINDOW);
        ledger.finalize(1);
        // Another epoch's bond, which a second payment would have to come from.
        vm.prank(governance);
        ledger.setOperator(operator);
        post(OTHER, 50 ether);

        creditor.withdraw();
        vm.assertEq(address(creditor).balance, BOND, "paid once");
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

    function nextPair() private returns (RewardPool nextPool, Staking nextStaking) {
        nextPool = new RewardPool(nextAddress(2));
        nextStaking = new Staking(nextAddress(1), governance, UNBONDING, MIN_STAKE);
    }

    function setTermsWithin(
        AttributionLedger.Terms memory next,
        string memory term,
        uint256 value,
        uint256 min,
        uint256 max
    ) private {
        bool refused = value < min || value > max;
        if (refused) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    AttributionLedger.AttributionLedger__TermOutOfRange.selector, term, value, min, max
                )
            );
        }
        vm.prank(governance);
        ledger.setTerms(next);
        bytes32 expected = keccak256(abi.encode(refused ? terms() : next));
        vm.assertEq(keccak256(abi.encode(ledger.terms())), expected, "terms");
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
