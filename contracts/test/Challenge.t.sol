// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AttributionLedger} from "../src/AttributionLedger.sol";
import {Staking} from "../src/Staking.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {World} from "./World.sol";

/// @notice Challenges, votes, resolution and settlement: ledger and staking together.
/// @dev Stake: ada 50, bo 30, cy 20 OPEN. Terms: bond 1 OPEN, 5 percent slashed, quorum 20 percent.
contract ChallengeTest is World {
    bytes32 private constant POSTED = keccak256("posted rewards");
    bytes32 private constant RIVAL = keccak256("rival rewards");
    bytes32 private constant OTHER = keccak256("other rewards");

    address private ada = named("ada");
    address private bo = named("bo");
    address private cy = named("cy");
    address private treasury = governance;
    uint256 private windowEnd;

    function setUp() public override {
        super.setUp();
        fund(100 ether);
        stakeAs(ada, 50 ether);
        stakeAs(bo, 30 ether);
        stakeAs(cy, 20 ether);
        postOne();
    }

    // Challenging

    function test_challenge_putsARootAgainstThePostedOne_withTheCallersVote() public {
        vm.deal(bo, BOND);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochChallenged(1, bo, RIVAL);
        vm.expectEmit(address(staking));
        emit Staking.Locked(bo, 30 ether);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.VoteCast(1, bo, RIVAL, 30 ether);
        vm.prank(bo);
        ledger.challenge{value: BOND}(1, RIVAL);

        assertStatus(1, AttributionLedger.Status.Challenged);
        AttributionLedger.Tally memory tally = ledger.tally(1);
        vm.assertEq(tally.cast, 30 ether, "cast");
        vm.assertEq(tally.total, 100 ether, "total");
        vm.assertEq(tally.leading, 30 ether, "leading");
        vm.assertEq(tally.leadingRoot, RIVAL, "leadingRoot");
        vm.assertEq(tally.rivals, 1, "rivals");
        vm.assertEq(tally.voteEnd, windowEnd + VOTE, "voteEnd");
        vm.assertEq(ledger.candidate(1, RIVAL).challenger, bo, "challenger");
        vm.assertEq(ledger.candidate(1, RIVAL).weight, 30 ether, "weight");
        vm.assertEq(ledger.ballot(bo).root, RIVAL, "ballot");
        vm.assertEq(ledger.ballot(bo).epoch, 1, "ballot's epoch");
        vm.assertTrue(staking.stakeOf(bo).locked, "locked");
        vm.assertEq(ledger.snapshot(1), windowEnd - WINDOW - 1, "snapshot");
    }

    function test_challenge_afterTheWindow_reverts() public {
        vm.warp(windowEnd);
        vm.deal(bo, BOND);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__WindowClosed.selector, 1, windowEnd)
        );
        vm.prank(bo);
        ledger.challenge{value: BOND}(1, RIVAL);
    }

    function test_challenge_ofAChallengedEpoch_afterTheWindow_reverts() public {
        challengeAs(bo, RIVAL);
        vm.warp(windowEnd);
        vm.deal(cy, BOND);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__WindowClosed.selector, 1, windowEnd)
        );
        vm.prank(cy);
        ledger.challenge{value: BOND}(1, OTHER);
    }

    function test_challenge_wrongBond_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WrongBond.selector, 0, BOND));
        vm.prank(bo);
        ledger.challenge(1, RIVAL);
        // Nor more: what is above the bond would be nobody's.
        vm.deal(bo, BOND + 1);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__WrongBond.selector, BOND + 1, BOND));
        vm.prank(bo);
        ledger.challenge{value: BOND + 1}(1, RIVAL);
    }

    function test_challenge_withThePostedRoot_reverts() public {
        vm.deal(bo, BOND);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__SameRoot.selector, 1, POSTED));
        vm.prank(bo);
        ledger.challenge{value: BOND}(1, POSTED);
    }

    function test_challenge_withARootThatIsThere_reverts() public {
        challengeAs(bo, RIVAL);
        vm.deal(cy, BOND);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__RootTaken.selector, 1, RIVAL, bo));
        vm.prank(cy);
        ledger.challenge{value: BOND}(1, RIVAL);
    }

    function test_challenge_withoutStake_reverts() public {
        expectNoStake(stranger);
        vm.prank(stranger);
        ledger.challenge{value: BOND}(1, RIVAL);
    }

    /// @dev Zero says that what was posted cannot be computed: files withheld, or another field false.
    function test_challenge_withoutARoot_canBeUpheld() public {
        challengeAs(bo, 0);
        voteAs(ada, 0);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Overturned);
    }

    function test_challenge_ofAFinalEpoch_reverts() public {
        vm.warp(windowEnd);
        ledger.finalize(1);
        vm.deal(bo, BOND);
        expectNotInQuestion(1, AttributionLedger.Status.Finalized);
        vm.prank(bo);
        ledger.challenge{value: BOND}(1, RIVAL);
        expectNotInQuestion(1, AttributionLedger.Status.Finalized);
        ledger.snapshot(1);
    }

    function test_previousRoot_staysClaimable_whileTheNextIsInQuestion() public {
        vm.warp(windowEnd);
        ledger.finalize(1);
        bytes32[] memory tree = treeOfTwo(30 ether, 20 ether);
        postAndFinalize(tree[0], 50 ether);
        post(POSTED, 60 ether);
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
        vm.deal(bo, BOND);
        vm.prank(bo);
        ledger.challenge{value: BOND}(3, RIVAL);
        pool.claimFor(tobias, 20 ether, MerkleTree.proof(tree, 1));
        vm.assertEq(mara.balance + tobias.balance, 50 ether, "paid");
    }

    function test_post_whileOneIsChallenged_reverts() public {
        challengeAs(bo, RIVAL);
        vm.warp(windowEnd + 10 * VOTE);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__EpochPending.selector, 1));
        post(OTHER, 50 ether);
    }

    function test_finalize_challenged_reverts() public {
        challengeAs(bo, RIVAL);
        vm.warp(windowEnd + 10 * VOTE);
        vm.expectRevert(
            abi.encodeWithSelector(
                AttributionLedger.AttributionLedger__NotPending.selector, 1, AttributionLedger.Status.Challenged
            )
        );
        ledger.finalize(1);
    }

    // Voting

    function test_vote_forThePostedRoot_beforeAnyChallenge_counts() public {
        voteAs(ada, POSTED);
        assertStatus(1, AttributionLedger.Status.Pending);
        challengeAs(bo, RIVAL);
        vm.assertEq(ledger.tally(1).cast, 80 ether, "cast");
        vm.assertEq(ledger.tally(1).leadingRoot, POSTED, "leads");
    }

    function test_vote_forARootThatNobodyPut_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__UnknownRoot.selector, 1, OTHER));
        vm.prank(ada);
        ledger.vote(1, OTHER);
    }

    function test_vote_withoutStake_reverts() public {
        expectNoStake(stranger);
        vm.prank(stranger);
        ledger.vote(1, POSTED);
    }

    function test_vote_bothWays_reverts() public {
        challengeAs(bo, RIVAL);
        expectAlreadyVoted(bo);
        vm.prank(bo);
        ledger.vote(1, POSTED);

        voteAs(ada, POSTED);
        vm.deal(ada, BOND);
        expectAlreadyVoted(ada);
        vm.prank(ada);
        ledger.challenge{value: BOND}(1, OTHER);
    }

    function test_vote_twice_reverts() public {
        voteAs(ada, POSTED);
        expectAlreadyVoted(ada);
        vm.prank(ada);
        ledger.vote(1, POSTED);
    }

    function test_vote_afterItsEnd_reverts() public {
        challengeAs(bo, RIVAL);
        vm.warp(windowEnd + VOTE);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__VoteClosed.selector, 1, windowEnd + VOTE)
        );
        vm.prank(ada);
        ledger.vote(1, POSTED);
    }

    function test_vote_unchallenged_afterTheWindow_reverts() public {
        vm.warp(windowEnd);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__WindowClosed.selector, 1, windowEnd)
        );
        vm.prank(ada);
        ledger.vote(1, POSTED);
    }

    /// @dev Borrowed for one transaction, or bought once the fight is seen: no weight either way.
    function test_vote_withStakeAddedAfterThePosting_hasNoWeight() public {
        challengeAs(bo, RIVAL);
        vm.deal(stranger, 1_000_000 ether);
        vm.prank(stranger);
        staking.stake{value: 1_000_000 ether}();
        vm.warp(block.timestamp + 10);
        expectNoStake(stranger);
        vm.prank(stranger);
        ledger.vote(1, POSTED);
        vm.assertEq(ledger.tally(1).total, 100 ether, "the quorum is not moved either");
    }

    /// @dev Else a quorum could be put out of reach by staking much between the posting and the challenge.
    function test_quorum_isOfTheStakeBeforeThePosting() public {
        stakeAs(stranger, 1_000_000 ether);
        challengeAs(cy, RIVAL);
        vm.assertEq(ledger.tally(1).total, 100 ether, "total");
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Overturned);
    }

    function test_vote_withStakeAddedInTheSecondOfThePosting_hasNoWeight() public {
        vm.warp(windowEnd);
        ledger.finalize(1);
        vm.deal(stranger, 1000 ether);
        vm.prank(stranger);
        staking.stake{value: 1000 ether}();
        post(OTHER, 50 ether);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__NoStake.selector, stranger, windowEnd - 1)
        );
        vm.prank(stranger);
        ledger.vote(2, OTHER);
    }

    /// @dev Moving stake to another account takes it out of the snapshot of both.
    function test_vote_sameStakeFromTwoAccounts_countsOnce() public {
        challengeAs(bo, RIVAL);
        vm.prank(cy);
        staking.requestUnstake(20 ether);
        voteAs(cy, POSTED);
        vm.warp(block.timestamp + UNBONDING);
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__StakeLocked.selector, cy));
        vm.prank(cy);
        staking.withdrawStake();
    }

    /// @dev Stake that left between the posting and the vote could not be slashed, so it has no weight.
    function test_vote_withStakeThatHasLeft_hasNoWeight() public {
        AttributionLedger.Terms memory next = terms();
        next.window = 30 days;
        vm.prank(governance);
        ledger.setTerms(next);
        vm.warp(windowEnd);
        ledger.finalize(1);
        post(OTHER, 50 ether);
        vm.prank(ada);
        staking.requestUnstake(40 ether);
        vm.warp(block.timestamp + UNBONDING);
        voteAs(bo, 2, OTHER);
        vm.assertEq(ledger.ballot(bo).weight, 30 ether, "bo stayed");
        vm.prank(ada);
        staking.withdrawStake();
        voteAs(ada, 2, OTHER);
        vm.assertEq(ledger.ballot(ada).weight, 10 ether, "what can be slashed");
    }

    /// @dev Stake on its way out still votes on what was posted before: it is there to be slashed.
    function test_vote_withUnbondingStake_counts() public {
        vm.prank(ada);
        staking.requestUnstake(50 ether);
        challengeAs(bo, RIVAL);
        voteAs(ada, POSTED);
        vm.assertEq(ledger.candidate(1, POSTED).weight, 50 ether, "weight");
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Upheld);
    }

    /// @dev A vote in the last second that turns the result: the others get time to answer, and do.
    function test_vote_lastSecondTurn_letsOthersAnswer() public {
        stakeMoreAndPostAnew();
        // ada 50, bo 30, cy 20, dee 60
        challengeAs(cy, 2, RIVAL);
        voteAs(bo, 2, POSTED);
        uint256 end = windowEnd + VOTE;
        vm.warp(end - 1);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.VoteExtended(2, end - 1 + VOTE / 4);
        voteAs(ada, 2, RIVAL);
        vm.warp(end);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__VoteOpen.selector, 2, end - 1 + VOTE / 4)
        );
        ledger.resolve(2);
        voteAs(named("dee"), 2, POSTED);
        vm.warp(end + VOTE);
        ledger.resolve(2);
        assertOutcome(2, AttributionLedger.Outcome.Upheld);
    }

    /// @dev Whoever could turn the result again and again would keep the epoch in question: it ends all the same.
    function test_vote_extension_stopsAtTwiceThePeriod() public {
        // A tie of two large ones, which each of the small ones turns by a little.
        vm.warp(windowEnd);
        ledger.finalize(1);
        stakeAs(named("large for"), 1000 ether);
        stakeAs(named("large against"), 1000 ether);
        address[] memory voters = new address[](8);
        for (uint256 i; i < 8; ++i) {
            voters[i] = vm.addr(100 + i);
            stakeAs(voters[i], i == 0 ? 10 ether : 20 ether);
        }
        postTwo();
        challengeAs(named("large against"), 2, RIVAL);
        voteAs(named("large for"), 2, POSTED);
        for (uint256 i; i < 8; ++i) {
            uint256 end = ledger.tally(2).voteEnd;
            vm.warp(end - 1);
            voteAs(voters[i], 2, i % 2 == 0 ? POSTED : RIVAL);
            uint256 wanted = end - 1 + VOTE / 4;
            uint256 last = windowEnd + 2 * VOTE;
            vm.assertEq(ledger.tally(2).voteEnd, wanted < last ? wanted : last, "voteEnd");
        }
        vm.assertEq(ledger.tally(2).voteEnd, windowEnd + 2 * VOTE, "the very end");
    }

    /// @dev Rejected before and after, but for another root: other bonds and other stake are lost.
    function test_vote_lastSecondTurn_fromOneRivalToAnother_letsOthersAnswer() public {
        challengeAs(bo, RIVAL);
        challengeAs(cy, OTHER);
        uint256 end = windowEnd + VOTE;
        vm.warp(end - 1);
        voteAs(ada, OTHER);
        vm.assertEq(ledger.tally(1).leadingRoot, OTHER, "leadingRoot");
        vm.assertEq(ledger.tally(1).voteEnd, end - 1 + VOTE / 4, "voteEnd");
    }

    function test_vote_asMuchAsTheLeading_doesNotTakeTheLead() public {
        challengeAs(ada, RIVAL);
        voteAs(bo, POSTED);
        voteAs(cy, POSTED);
        vm.assertEq(ledger.tally(1).leading, 50 ether, "leading");
        vm.assertEq(ledger.tally(1).leadingRoot, RIVAL, "the earlier one");
    }

    function test_vote_thatChangesNothing_extendsNothing() public {
        challengeAs(bo, RIVAL);
        uint256 end = windowEnd + VOTE;
        vm.warp(end - 1);
        voteAs(cy, RIVAL);
        vm.assertEq(ledger.tally(1).voteEnd, end, "end");
    }

    // Resolving

    function test_resolve_majorityForThePostedRoot_makesItFinal() public {
        challengeAs(bo, RIVAL);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochResolved(1, AttributionLedger.Outcome.Upheld, POSTED, BOND);
        vm.prank(stranger);
        ledger.resolve(1);

        assertStatus(1, AttributionLedger.Status.Finalized);
        vm.assertEq(ledger.activeRoot(), POSTED, "activeRoot");
        vm.assertEq(ledger.credit(operator), BOND, "the poster gets its bond and nothing of the challenger's");
        vm.assertEq(ledger.credit(treasury), BOND / 2, "treasury");

        vm.expectEmit(address(ledger));
        emit AttributionLedger.VoteSettled(1, ada, BOND / 2, 0);
        ledger.settle(ada);
        vm.assertEq(ledger.credit(ada), BOND / 2, "who voted right");
        vm.expectEmit(address(staking));
        emit Staking.Slashed(bo, 1.5 ether, treasury);
        ledger.settle(bo);
        vm.assertEq(staking.stakeOf(bo).active, 28.5 ether, "five percent");
        vm.assertEq(staking.credit(treasury), 1.5 ether, "to the treasury, to no validator");
        vm.assertEq(ledger.credit(bo), 0, "no bond back");
    }

    function test_resolve_majorityForARival_rejectsAndPaysWhoWasRight() public {
        challengeAs(bo, RIVAL);
        voteAs(cy, RIVAL);
        voteAs(ada, POSTED);
        // 50 to 50 finds nothing.
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Undecided);

        postTwo();
        challengeAs(ada, 2, RIVAL);
        voteAs(cy, 2, RIVAL);
        voteAs(bo, 2, POSTED);
        vm.warp(windowEnd + VOTE);
        uint256 before = ledger.credit(ada);
        ledger.resolve(2);
        assertOutcome(2, AttributionLedger.Outcome.Overturned);
        assertStatus(2, AttributionLedger.Status.Rejected);
        vm.assertEq(ledger.credit(ada) - before, BOND, "the challenger's bond comes back");
        ledger.settle(ada);
        ledger.settle(cy);
        // Half of the poster's bond, by stake 50 to 20; the last one gets the rest.
        vm.assertEq(ledger.credit(ada) - before - BOND, uint256(BOND / 2) * 50 / 70, "ada");
        vm.assertEq(ledger.credit(cy), BOND / 2 - uint256(BOND / 2) * 50 / 70, "cy");
        ledger.settle(bo);
        vm.assertEq(staking.stakeOf(bo).active, 28.5 ether, "who attested a false root");
        vm.assertEq(ledger.activeRoot(), 0, "nothing became claimable");
        vm.assertEq(ledger.epoch(2).rewardsRoot, 0, "nothing is kept of it");
    }

    /// @dev The root that is right is not the first that was put against the posted one.
    function test_weakChallenge_doesNotShieldAFalseEpoch() public {
        // The operator's friend challenges first, with a root that is false as well.
        challengeAs(cy, OTHER);
        challengeAs(bo, RIVAL);
        voteAs(ada, RIVAL);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Overturned);
        vm.assertEq(ledger.tally(1).leadingRoot, RIVAL, "the right one");
        vm.assertEq(ledger.credit(operator), 0, "the poster's bond is gone");
        vm.assertEq(ledger.credit(bo), BOND, "the right challenger's came back");
        ledger.settle(cy);
        vm.assertEq(ledger.credit(cy), 0, "the weak challenger's did not");
        vm.assertEq(staking.stakeOf(cy).active, 19 ether, "and its vote lost");
        vm.assertEq(ledger.credit(treasury), BOND, "half of two bonds");
    }

    /// @dev Votes against the posted root are split over two rivals: nobody is proven right, and it is rejected.
    function test_resolve_noMajority_rejects_andSlashesNobody() public {
        challengeAs(bo, RIVAL);
        challengeAs(cy, OTHER);
        voteAs(ada, POSTED);
        // 50 of 100 is no majority.
        vm.warp(windowEnd + VOTE);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.EpochResolved(1, AttributionLedger.Outcome.Undecided, 0, 2 * (BOND / 10));
        ledger.resolve(1);
        assertStatus(1, AttributionLedger.Status.Rejected);
        vm.assertEq(ledger.credit(operator), BOND, "poster");
        vm.assertEq(ledger.credit(treasury), 2 * (BOND / 10), "treasury");
        ledger.settle(bo);
        ledger.settle(cy);
        ledger.settle(ada);
        vm.assertEq(ledger.credit(bo), BOND - BOND / 10, "challenger");
        vm.assertEq(ledger.credit(cy), BOND - BOND / 10, "challenger");
        vm.assertEq(ledger.credit(ada), 0, "voter");
        vm.assertEq(staking.totalActive(), 100 ether, "nobody is slashed");
        vm.assertEq(
            address(ledger).balance,
            ledger.credit(operator) + ledger.credit(treasury) + 2 * (BOND - BOND / 10),
            "all of it"
        );
    }

    /// @dev cy's 20 of 100 are the quorum of 20 percent; without one wei of them nothing is found, though all who voted agree.
    function test_resolve_quorum_isMetExactly() public {
        challengeAs(cy, RIVAL);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Overturned);
    }

    function test_resolve_belowTheQuorum_rejects_andSlashesNobody() public {
        stakeAs(stranger, 1 ether + MIN_STAKE);
        vm.warp(windowEnd);
        ledger.finalize(1);
        postTwo();
        challengeAs(cy, 2, RIVAL);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(2);
        assertOutcome(2, AttributionLedger.Outcome.Undecided);
        vm.assertEq(ledger.credit(operator), 2 * BOND, "the poster's bonds of both");
        ledger.settle(cy);
        vm.assertEq(ledger.credit(cy), BOND - BOND / 10, "challenger");
        vm.assertEq(staking.stakeOf(cy).active, 20 ether, "stake");
    }

    function test_resolve_early_whenMoreThanHalfOfAllStakeAgrees() public {
        challengeAs(cy, RIVAL);
        voteAs(ada, POSTED);
        voteAs(bo, POSTED);
        // Not inside the window: another root may yet come.
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__VoteOpen.selector, 1, windowEnd + VOTE)
        );
        ledger.resolve(1);
        vm.warp(windowEnd);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Upheld);
    }

    function test_resolve_early_halfOfAllStakeIsNotEnough() public {
        challengeAs(cy, RIVAL);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE - 1);
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__VoteOpen.selector, 1, windowEnd + VOTE)
        );
        ledger.resolve(1);
    }

    function test_resolve_unchallenged_reverts() public {
        expectNotChallenged(1, AttributionLedger.Status.Pending);
        ledger.resolve(1);
    }

    function test_resolve_twice_reverts() public {
        challengeAs(bo, RIVAL);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        expectNotChallenged(1, AttributionLedger.Status.Rejected);
        ledger.resolve(1);
    }

    function test_numbers_areNotUsedTwice() public {
        challengeAs(bo, RIVAL);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        vm.assertEq(post(OTHER, 20 ether), 2, "number");
        vm.assertEq(ledger.tally(2).cast, 0, "a new vote");
    }

    // Settling

    function test_settle_whileTheEpochIsInQuestion_reverts() public {
        voteAs(ada, POSTED);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__EpochPending.selector, 1));
        ledger.settle(ada);
        challengeAs(bo, RIVAL);
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__EpochPending.selector, 1));
        ledger.settle(bo);
    }

    function test_settle_twice_reverts() public {
        challengeAs(bo, RIVAL);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        ledger.settle(ada);
        ledger.settle(bo);
        address[2] memory settled = [ada, bo];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(AttributionLedger.AttributionLedger__NothingToSettle.selector, settled[i])
            );
            ledger.settle(settled[i]);
        }
    }

    function test_settle_attestationOfAnUnchallengedEpoch_costsAndEarnsNothing() public {
        voteAs(ada, POSTED);
        vm.warp(windowEnd);
        ledger.finalize(1);
        vm.expectEmit(address(ledger));
        emit AttributionLedger.VoteSettled(1, ada, 0, 0);
        vm.expectEmit(address(staking));
        emit Staking.Released(ada);
        ledger.settle(ada);
        vm.assertTrue(!staking.stakeOf(ada).locked, "free");
        vm.assertEq(staking.stakeOf(ada).active, 50 ether, "stake");
    }

    /// @dev A vote on a later epoch settles the earlier one first: the weight is what the slash has left.
    function test_vote_settlesTheEarlierVote() public {
        challengeAs(bo, RIVAL);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        postTwo();
        voteAs(bo, 2, POSTED);
        vm.assertEq(staking.stakeOf(bo).active, 28.5 ether, "slashed");
        vm.assertEq(ledger.ballot(bo).weight, 28.5 ether, "weight");
        vm.assertEq(ledger.ballot(bo).epoch, 2, "epoch");
    }

    /// @dev Whoever sees that the vote is going wrong cannot take its stake away before it is settled.
    function test_stakeAndRun_isHeldUntilTheVoteIsSettled_andSlashed() public {
        challengeAs(bo, RIVAL);
        vm.prank(bo);
        staking.requestUnstake(30 ether);
        voteAs(ada, POSTED);
        vm.warp(block.timestamp + UNBONDING);
        expectLocked(bo);
        ledger.resolve(1);
        expectLocked(bo);
        ledger.settle(bo);
        vm.prank(bo);
        staking.withdrawStake();
        vm.assertEq(bo.balance, 28.5 ether, "what the slash left");
    }

    function test_slash_isTakenFromActiveStakeFirst_thenFromUnbonding() public {
        challengeAs(bo, RIVAL);
        vm.prank(bo);
        staking.requestUnstake(20 ether);
        vm.prank(governance);
        staking.setMinStake(1 ether);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        ledger.settle(bo);
        vm.assertEq(staking.stakeOf(bo).active, 8.5 ether, "active");
        vm.assertEq(staking.stakeOf(bo).unbonding, 20 ether, "unbonding");
    }

    /// @dev What governance changes while an epoch is in question binds neither its bonds, its vote nor its slashes.
    function test_newTerms_leaveAChallengedEpochAlone() public {
        challengeAs(bo, RIVAL);
        vm.prank(governance);
        ledger.setTerms(AttributionLedger.Terms(2 days, 3 days, 5 ether, 1000, 5000));
        vm.deal(cy, BOND);
        vm.prank(cy);
        ledger.challenge{value: BOND}(1, OTHER);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Undecided);
        ledger.settle(bo);
        vm.assertEq(ledger.credit(bo), BOND - BOND / 10, "its own terms");
    }

    /// @dev 30 of 100 are a quorum of a fifth, and not one of a half.
    function test_newTerms_changeNeitherTheQuorumNorTheBondsOfAChallengedEpoch() public {
        challengeAs(bo, RIVAL);
        vm.prank(governance);
        ledger.setTerms(AttributionLedger.Terms(2 days, 3 days, 5 ether, 1000, 5000));
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        assertOutcome(1, AttributionLedger.Outcome.Overturned);
        vm.assertEq(ledger.credit(bo), BOND, "the challenger's bond");
        vm.assertEq(ledger.credit(treasury), BOND / 2, "half of the poster's");
    }

    function test_newTerms_changeNoSlashOfAChallengedEpoch() public {
        challengeAs(bo, RIVAL);
        voteAs(ada, POSTED);
        vm.warp(windowEnd + VOTE);
        ledger.resolve(1);
        vm.prank(governance);
        ledger.setTerms(AttributionLedger.Terms(2 days, 3 days, 5 ether, 1000, 5000));
        ledger.settle(bo);
        vm.assertEq(staking.stakeOf(bo).active, 28.5 ether, "five percent, not ten");
    }

    /// @dev The whole of a coalition: operator, a rival of its own, and votes on both sides. Whatever the honest do, it
    /// never has more than before, and once a root of its own is found false it has less.
    function testFuzz_selfChallenge_neverPays(uint96 yes, uint96 no, uint96 honest, bool honestForPosted, uint8 order)
        public
    {
        vm.warp(windowEnd);
        ledger.finalize(1);
        vm.prank(operator);
        ledger.withdraw();
        address puppetYes = named("puppet for");
        address puppetNo = named("puppet against");
        address honestOne = named("honest");
        stakeAs(puppetYes, bound(yes, MIN_STAKE, 1e26));
        stakeAs(puppetNo, bound(no, MIN_STAKE, 1e26));
        stakeAs(honestOne, bound(honest, MIN_STAKE, 1e26));
        uint256 before = wealth(puppetYes) + wealth(puppetNo) + operator.balance;

        postTwo();
        vm.deal(puppetNo, BOND);
        vm.prank(puppetNo);
        ledger.challenge{value: BOND}(2, RIVAL);
        if (order % 2 == 0) voteAs(puppetYes, 2, POSTED);
        voteAs(honestOne, 2, honestForPosted ? POSTED : RIVAL);
        if (order % 2 == 1) voteAs(puppetYes, 2, POSTED);
        vm.warp(windowEnd + 2 * VOTE);
        ledger.resolve(2);
        ledger.settle(puppetYes);
        ledger.settle(puppetNo);
        ledger.settle(honestOne);

        uint256 afterwards = wealth(puppetYes) + wealth(puppetNo) + operator.balance + ledger.credit(operator) - BOND;
        // The bond of the challenge came from outside and is part of what it can lose.
        vm.assertTrue(afterwards < before, "a coalition that fights itself loses");
        vm.assertLe(afterwards + BOND / 10, before, "and no less than the fee");
    }

    /// @dev Bonds in, bonds out: after everybody is settled the ledger holds what it owes, to the wei.
    function testFuzz_bonds_areConserved(uint8 votes, uint8 outcome) public {
        outcome = uint8(bound(outcome, 0, 2));
        challengeAs(cy, RIVAL);
        if (votes & 1 != 0) challengeAs(bo, OTHER);
        else voteAs(bo, votes & 2 != 0 ? POSTED : RIVAL);
        if (votes & 4 != 0) voteAs(ada, votes & 8 != 0 ? POSTED : RIVAL);
        vm.warp(windowEnd + 2 * VOTE);
        ledger.resolve(1);
        address[3] memory all = [ada, bo, cy];
        for (uint256 i; i < 3; ++i) {
            if (ledger.ballot(all[i]).epoch != 0) ledger.settle(all[i]);
        }
        uint256 owed = ledger.credit(ada) + ledger.credit(bo) + ledger.credit(cy) + ledger.credit(operator)
            + ledger.credit(treasury);
        vm.assertEq(address(ledger).balance, owed, "bonds");
        vm.assertEq(staking.totalActive() + staking.credit(treasury), 100 ether, "stake");
    }

    // Helpers

    function postOne() private {
        windowEnd = block.timestamp + WINDOW;
        post(POSTED, 40 ether);
    }

    function postTwo() private {
        windowEnd = block.timestamp + WINDOW;
        post(POSTED, 50 ether);
    }

    function stakeMoreAndPostAnew() private {
        stakeAs(named("dee"), 60 ether);
        vm.warp(windowEnd);
        ledger.finalize(1);
        postTwo();
    }

    function wealth(address account) private view returns (uint256) {
        return account.balance + ledger.credit(account) + staking.stakeOf(account).active;
    }

    function challengeAs(address challenger, bytes32 root) private {
        challengeAs(challenger, 1, root);
    }

    function challengeAs(address challenger, uint256 epoch, bytes32 root) private {
        vm.deal(challenger, BOND);
        vm.prank(challenger);
        ledger.challenge{value: BOND}(epoch, root);
    }

    function voteAs(address voter, bytes32 root) private {
        voteAs(voter, 1, root);
    }

    function voteAs(address voter, uint256 epoch, bytes32 root) private {
        vm.prank(voter);
        ledger.vote(epoch, root);
    }

    function expectNoStake(address account) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                AttributionLedger.AttributionLedger__NoStake.selector, account, windowEnd - WINDOW - 1
            )
        );
    }

    function expectAlreadyVoted(address account) private {
        vm.expectRevert(abi.encodeWithSelector(AttributionLedger.AttributionLedger__AlreadyVoted.selector, 1, account));
    }

    function expectLocked(address account) private {
        vm.expectRevert(abi.encodeWithSelector(Staking.Staking__StakeLocked.selector, account));
        vm.prank(account);
        staking.withdrawStake();
    }

    function expectNotInQuestion(uint256 epoch, AttributionLedger.Status status) private {
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotInQuestion.selector, epoch, status)
        );
    }

    function expectNotChallenged(uint256 epoch, AttributionLedger.Status status) private {
        vm.expectRevert(
            abi.encodeWithSelector(AttributionLedger.AttributionLedger__NotChallenged.selector, epoch, status)
        );
    }

    function assertStatus(uint256 epoch, AttributionLedger.Status expected) private view {
        vm.assertEq(uint256(ledger.epoch(epoch).status), uint256(expected), "status");
    }

    function assertOutcome(uint256 epoch, AttributionLedger.Outcome expected) private view {
        vm.assertEq(uint256(ledger.tally(epoch).outcome), uint256(expected), "outcome");
    }
}
