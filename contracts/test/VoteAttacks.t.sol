// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {GOPEN} from "../src/GOPEN.sol";
import {OpenLedgerGovernor} from "../src/OpenLedgerGovernor.sol";
import {OpenLedgerTimelock} from "../src/OpenLedgerTimelock.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";

/// @dev Borrows coins for one transaction: wraps them, delegates, does its worst, unwraps, and gives them back.
contract FlashVoter {
    GOPEN private immutable gopen;
    bytes public answer;
    bool public done;

    constructor(GOPEN gopen_) {
        gopen = gopen_;
    }

    function attack(address target, bytes calldata call) external payable {
        gopen.deposit{value: msg.value}();
        gopen.delegate(address(this));
        (done, answer) = target.call(call);
        gopen.withdraw(msg.value);
        (bool returned,) = msg.sender.call{value: msg.value}("");
        require(returned);
    }

    receive() external payable {}
}

/// @notice Votes that nobody should have, and each attack's end.
contract VoteAttacksTest is GovernanceWorld {
    uint256 private constant LOAN = 10_000_000 ether;
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    bytes32 private constant DELEGATION = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");

    FlashVoter private flash;
    Proposal private theft;

    function setUp() public override {
        super.setUp();
        flash = new FlashVoter(gopen);
        theft = proposal(address(escrow), abi.encodeCall(escrow.setTreasury, (stranger)));
        vm.deal(address(this), LOAN);
    }

    receive() external payable {}

    // Borrowed votes.

    function test_flashLoan_cannotPropose() public {
        Proposal memory made = theft;
        flash.attack{value: LOAN}(
            address(governor),
            abi.encodeCall(governor.propose, (made.targets, made.values, made.calldatas, made.description))
        );
        vm.assertTrue(!flash.done(), "refused");
        assertAnswer(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, address(flash), 0, 100 ether)
        );
    }

    function test_flashLoan_duringTheVote_weighsNothing() public {
        uint256 id = propose(theft);
        openVote(id);
        flash.attack{value: LOAN}(address(governor), abi.encodeCall(governor.castVote, (id, FOR)));
        vm.assertTrue(flash.done(), "anybody may vote");
        assertAnswer(abi.encode(0));
        assertVotes(id, 0, 0);
    }

    /// @dev In the very second of the snapshot: what counts is what was held when that second ended.
    function test_flashLoan_atTheSnapshot_weighsNothing() public {
        uint256 id = propose(theft);
        vm.warp(governor.proposalSnapshot(id));
        flash.attack{value: LOAN}(address(gopen), abi.encodeCall(gopen.delegate, (stranger)));
        vm.assertTrue(flash.done(), "delegated");
        openVote(id);
        vm.assertEq(vote(stranger, id, FOR), 0, "weight of what was borrowed");
        vm.assertEq(vote(address(flash), id, FOR), 0, "weight of what was borrowed");
    }

    /// @dev Nor can a loan at the snapshot push up the quorum, and so sink a vote.
    function test_flashLoan_atTheSnapshot_doesNotRaiseTheQuorum() public {
        uint256 id = propose(theft);
        vm.warp(governor.proposalSnapshot(id));
        flash.attack{value: LOAN}(address(gopen), abi.encodeCall(gopen.delegate, (stranger)));
        openVote(id);
        vm.assertEq(governor.quorum(governor.proposalSnapshot(id)), gopen.totalSupply() / 4, "quorum");
    }

    // Votes counted twice.

    function test_doubleVote_byTransfer_weighsNothing() public {
        uint256 id = propose(theft);
        openVote(id);
        vote(anna, id, FOR);
        vm.prank(anna);
        gopen.transfer(stranger, 60_000 ether);
        vm.prank(stranger);
        gopen.delegate(stranger);
        vm.warp(block.timestamp + 1);
        vm.assertEq(gopen.getVotes(stranger), 60_000 ether, "votes of today");
        vm.assertEq(vote(stranger, id, FOR), 0, "votes as of the snapshot");
        assertVotes(id, 60_000 ether, 0);
    }

    function test_doubleVote_byDelegation_weighsNothing() public {
        uint256 id = propose(theft);
        openVote(id);
        vote(anna, id, FOR);
        vm.prank(anna);
        gopen.delegate(stranger);
        vm.warp(block.timestamp + 1);
        vm.assertEq(vote(stranger, id, FOR), 0, "votes as of the snapshot");
    }

    function test_doubleVote_byWrappingAgain_weighsNothing() public {
        uint256 id = propose(theft);
        openVote(id);
        vote(anna, id, FOR);
        vm.prank(anna);
        gopen.withdraw(60_000 ether);
        vm.prank(anna);
        (bool sent,) = stranger.call{value: 60_000 ether}("");
        vm.assertTrue(sent, "coins moved");
        wrap(stranger, 0);
        vm.prank(stranger);
        gopen.deposit{value: 60_000 ether}();
        vm.assertEq(vote(stranger, id, FOR), 0, "votes as of the snapshot");
    }

    function test_doubleVote_byTheSameAccount_reverts() public {
        uint256 id = propose(theft);
        openVote(id);
        vote(anna, id, FOR);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, anna));
        vm.prank(anna);
        governor.castVote(id, FOR);
    }

    function test_doubleVote_byReplayOfASignature_reverts() public {
        uint256 id = propose(theft);
        uint256 other = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0))));
        openVote(id);
        bytes memory signature = ballotOf("ben", id, AGAINST, 0);
        vm.prank(stranger);
        governor.castVoteBySig(id, AGAINST, ben, signature);
        assertVotes(id, 0, 40_000 ether);

        expectInvalidSignature(ben);
        governor.castVoteBySig(id, AGAINST, ben, signature);
        expectInvalidSignature(ben);
        governor.castVoteBySig(other, AGAINST, ben, signature);
    }

    function test_vote_withAForgedOrAlteredSignature_reverts() public {
        uint256 id = propose(theft);
        openVote(id);
        bytes memory forged = ballotOf("stranger", id, FOR, 0);
        expectInvalidSignature(ben);
        governor.castVoteBySig(id, FOR, ben, forged);
        bytes memory against = ballotOf("ben", id, AGAINST, 0);
        expectInvalidSignature(ben);
        governor.castVoteBySig(id, FOR, ben, against);
    }

    // Delegation.

    function test_delegate_inALoop_doublesNothing() public {
        vm.prank(anna);
        gopen.delegate(ben);
        vm.prank(ben);
        gopen.delegate(anna);
        vm.assertEq(gopen.getVotes(anna), 40_000 ether, "ben's votes, and no longer her own");
        vm.assertEq(gopen.getVotes(ben), 60_000 ether, "anna's votes, and no longer his own");
    }

    function test_delegate_toOneselfAgain_changesNothing() public {
        for (uint256 i; i < 3; ++i) {
            vm.prank(anna);
            gopen.delegate(anna);
        }
        vm.assertEq(gopen.getVotes(anna), 60_000 ether, "votes");
        vm.assertEq(gopen.numCheckpoints(anna), 1, "checkpoints");
    }

    function testFuzz_delegate_inAnyOrder_keepsTheSum(uint8[24] memory moves) public {
        address[4] memory people = [anna, ben, cleo, stranger];
        wrap(stranger, 7 ether);
        for (uint256 i; i < moves.length; ++i) {
            address from = people[moves[i] & 3];
            address to = people[(moves[i] >> 2) & 3];
            if (moves[i] >> 7 == 1) {
                uint256 held = gopen.balanceOf(from);
                vm.prank(from);
                gopen.transfer(to, held / 3);
            } else {
                vm.prank(from);
                gopen.delegate(to);
            }
        }
        uint256 votes;
        for (uint256 i; i < people.length; ++i) {
            votes += gopen.getVotes(people[i]);
        }
        vm.assertEq(votes, gopen.totalSupply(), "everybody has delegated: votes are tokens");
    }

    function test_delegate_byReplayOrAfterItsEnd_reverts() public {
        uint256 expiry = block.timestamp + 1 hours;
        (uint8 v, bytes32 r, bytes32 s) = delegationOf("anna", ben, 0, expiry);
        vm.prank(stranger);
        gopen.delegateBySig(ben, 0, expiry, v, r, s);
        vm.assertEq(gopen.getVotes(ben), 100_000 ether, "votes");
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, anna, 1));
        gopen.delegateBySig(ben, 0, expiry, v, r, s);

        (v, r, s) = delegationOf("anna", stranger, 1, expiry);
        vm.warp(expiry + 1);
        vm.expectRevert(abi.encodeWithSelector(IVotes.VotesExpiredSignature.selector, expiry));
        gopen.delegateBySig(stranger, 1, expiry, v, r, s);
    }

    /// @dev A fresh depositor has tokens, and not one vote before it delegates.
    function test_deposit_withoutDelegation_hasNoVotes() public {
        vm.prank(user);
        gopen.deposit{value: 500 ether}();
        vm.assertEq(gopen.balanceOf(user), 500 ether, "tokens");
        vm.assertEq(gopen.getVotes(user), 0, "votes");
    }

    // Quorum.

    /// @dev On the public chain a quarter of what is wrapped is a quorum: whoever wraps first decides alone.
    function test_quorum_whileLittleIsWrapped_isTheFloor() public {
        GOPEN small = new GOPEN();
        OpenLedgerTimelock waiting = new OpenLedgerTimelock(nextAddress(1));
        OpenLedgerGovernor early = new OpenLedgerGovernor(small, waiting, FLOOR);
        vm.deal(stranger, 100 ether);
        vm.prank(stranger);
        small.deposit{value: 100 ether}();
        vm.prank(stranger);
        small.delegate(stranger);
        vm.warp(block.timestamp + 1);

        Proposal memory made = theft;
        vm.prank(stranger);
        uint256 id = early.propose(made.targets, made.values, made.calldatas, made.description);
        vm.warp(early.proposalSnapshot(id) + 1);
        vm.prank(stranger);
        early.castVote(id, FOR);
        vm.assertEq(early.quorum(early.proposalSnapshot(id)), FLOOR, "a quarter would be 25 OPEN");
        vm.warp(early.proposalDeadline(id) + 1);
        vm.assertEq(uint256(early.state(id)), uint256(IGovernor.ProposalState.Defeated), "all votes that there are");
    }

    function testFuzz_quorum_isAQuarterButNeverBelowTheFloor(uint96 more) public {
        uint256 extra = bound(more, 0, 500_000_000 ether);
        vm.deal(user, extra);
        vm.prank(user);
        gopen.deposit{value: extra}();
        uint256 quarter = gopen.totalSupply() / 4;
        uint256 now_ = block.timestamp;
        vm.warp(now_ + 1);
        vm.assertEq(governor.quorum(now_), quarter > FLOOR ? quarter : FLOOR, "quorum");
    }

    /// @dev A lower floor is no help to a vote that is under way.
    function test_quorum_ofARunningVote_doesNotMove() public {
        vm.prank(anna);
        gopen.withdraw(60_000 ether);
        vm.prank(ben);
        gopen.withdraw(25_000 ether);
        uint256 running = propose(theft);
        uint256 atSnapshot = governor.proposalSnapshot(running);
        uint256 lowering = governorProposal(abi.encodeCall(governor.setQuorumFloor, (1000 ether)));
        openVote(running);
        vm.assertEq(governor.quorum(atSnapshot), FLOOR, "before");
        vote(ben, lowering, FOR);
        closeVote(lowering);
        governor.queue(lowering);
        vm.warp(governor.proposalEta(lowering));
        governor.execute(lowering);
        vm.assertEq(governor.quorumFloor(), 1000 ether, "the floor is lower now");
        vm.assertEq(governor.quorum(atSnapshot), FLOOR, "after");
    }

    /// @dev A large holder who waits for the last second gives the others two days to answer.
    function test_lateQuorum_prolongsTheVote() public {
        uint256 id = propose(theft);
        openVote(id);
        vote(cleo, id, FOR);
        uint256 end = governor.proposalDeadline(id);
        vm.warp(end);
        vote(ben, id, FOR);
        vm.assertEq(governor.proposalDeadline(id), end + 2 days, "deadline");
        vm.warp(end + 2 days);
        vote(anna, id, AGAINST);
        closeVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_lateQuorum_prolongsOnlyOnce_andNotWhatWasReachedInTime() public {
        uint256 id = propose(theft);
        openVote(id);
        uint256 end = governor.proposalDeadline(id);
        vm.warp(end - 2 days);
        vote(ben, id, FOR);
        vm.assertEq(governor.proposalDeadline(id), end, "in time");
        vm.warp(end);
        vote(anna, id, FOR);
        vm.assertEq(governor.proposalDeadline(id), end, "the quorum was there before");
    }

    // Proposals.

    /// @dev Who copies a proposal out of the mempool could be first, and then cancel it: the id would be used up.
    function test_frontRun_ofAProposal_isStoppedByItsSuffix() public {
        wrap(stranger, 100 ether);
        vm.warp(block.timestamp + 1);
        Proposal memory made = theft;
        made.description = string.concat("Grant for mara #proposer=", Strings.toHexString(cleo));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, stranger));
        vm.prank(stranger);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
        assertState(propose(made), IGovernor.ProposalState.Pending);
    }

    /// @dev What the suffix is for: without it the attack works.
    function test_frontRun_withoutTheSuffix_usesUpTheId() public {
        wrap(stranger, 100 ether);
        vm.warp(block.timestamp + 1);
        Proposal memory made = theft;
        vm.prank(stranger);
        uint256 id = governor.propose(made.targets, made.values, made.calldatas, made.description);
        vm.prank(stranger);
        governor.cancel(id);
        expectState(id, IGovernor.ProposalState.Canceled, bytes32(0));
        vm.prank(cleo);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
    }

    function test_altered_proposal_isAnother() public {
        Proposal memory made = theft;
        uint256 id = propose(made);
        openVote(id);
        vote(anna, id, FOR);
        closeVote(id);
        made.calldatas[0] = abi.encodeCall(escrow.setTreasury, (mara));
        uint256 altered = idOf(made);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, altered));
        governor.queue(made.targets, made.values, made.calldatas, keccak256(bytes(made.description)));
    }

    function governorProposal(bytes memory call) private returns (uint256) {
        return propose(proposal(address(governor), call));
    }

    function assertAnswer(bytes memory expected) private view {
        vm.assertEq(keccak256(flash.answer()), keccak256(expected), "answer to the borrower");
    }

    function assertVotes(uint256 id, uint256 forVotes, uint256 againstVotes) private view {
        (uint256 against, uint256 inFavour,) = governor.proposalVotes(id);
        vm.assertEq(inFavour, forVotes, "votes for");
        vm.assertEq(against, againstVotes, "votes against");
    }

    function expectInvalidSignature(address voter) private {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
    }

    function ballotOf(string memory signer, uint256 id, uint8 support, uint256 nonce)
        private
        view
        returns (bytes memory)
    {
        bytes32 digest = digestOf(
            "OpenLedgerGovernor", address(governor), keccak256(abi.encode(BALLOT, id, support, ben, nonce))
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256(bytes(signer))), digest);
        return abi.encodePacked(r, s, v);
    }

    function delegationOf(string memory signer, address delegatee, uint256 nonce, uint256 expiry)
        private
        view
        returns (uint8, bytes32, bytes32)
    {
        bytes32 message = keccak256(abi.encode(DELEGATION, delegatee, nonce, expiry));
        return vm.sign(uint256(keccak256(bytes(signer))), digestOf("GOpen", address(gopen), message));
    }

    function digestOf(string memory name, address where, bytes32 message) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                where
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }
}
