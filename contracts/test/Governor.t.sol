// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Panic} from "@openzeppelin/contracts/utils/Panic.sol";
import {AttributionLedger} from "../src/AttributionLedger.sol";
import {FeeSplit} from "../src/FeeSplit.sol";
import {OpenLedgerGovernor} from "../src/OpenLedgerGovernor.sol";
import {OpenLedgerTimelock} from "../src/OpenLedgerTimelock.sol";
import {Staking} from "../src/Staking.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";

/// @dev Executes again from inside its own execution, and keeps what the governor answered.
contract ReentrantTarget {
    OpenLedgerGovernor private immutable governor;
    bytes public answer;

    constructor(OpenLedgerGovernor governor_) {
        governor = governor_;
    }

    function act(uint256 index) external {
        (uint256 id,,,,) = governor.proposalDetailsAt(index);
        try governor.execute(id) {}
        catch (bytes memory reason) {
            answer = reason;
        }
    }
}

contract GovernorTest is GovernanceWorld {
    // The parameters of the public chain's contract.

    function test_parameters_areThoseOfThePublicChain() public view {
        vm.assertEq(governor.votingDelay(), 1 days, "voting delay");
        vm.assertEq(governor.votingPeriod(), 2 weeks, "voting period");
        vm.assertEq(governor.proposalThreshold(), 100 ether, "threshold");
        vm.assertEq(governor.quorumNumerator(), 25, "quorum in percent");
        vm.assertEq(governor.quorumDenominator(), 100, "percent");
        vm.assertEq(governor.lateQuorumVoteExtension(), 2 days, "time to answer a late quorum");
        vm.assertEq(governor.quorumFloor(), FLOOR, "floor");
        vm.assertEq(address(governor.token()), address(gopen), "token");
        vm.assertEq(governor.timelock(), address(timelock), "timelock");
        vm.assertEq(governor.clock(), block.timestamp, "clock");
        vm.assertEq(keccak256(bytes(governor.CLOCK_MODE())), keccak256("mode=timestamp"), "clock mode");
        vm.assertEq(keccak256(bytes(governor.name())), keccak256("OpenLedgerGovernor"), "name");
    }

    /// @dev The public deployment script passes 3600 s where its documents say a day.
    function test_timelock_delayIsADay_notAnHour() public {
        vm.assertEq(timelock.getMinDelay(), 1 days, "delay");
        bytes memory hour = abi.encodeCall(timelock.updateDelay, (3600));
        expectDelayOutOfRange(3600);
        vm.prank(address(timelock));
        timelock.updateDelay(3600);
        // Nor does a vote get there.
        uint256 id = passAndQueue(proposal(address(timelock), hour));
        expectDelayOutOfRange(3600);
        governor.execute(id);
    }

    // Who has which role, and that nobody else has any power.

    /// @dev The public deployment script leaves both lists empty: nothing could ever be scheduled.
    function test_timelock_governorIsProposerAndCanceller_andAnybodyExecutes() public view {
        vm.assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), address(governor)), "proposes");
        vm.assertTrue(timelock.hasRole(timelock.CANCELLER_ROLE(), address(governor)), "cancels");
        vm.assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)), "everybody executes");
        vm.assertTrue(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(timelock)), "administers itself");
    }

    function test_timelock_nobodyElseHasARole() public view {
        bytes32[4] memory roles = [
            timelock.PROPOSER_ROLE(), timelock.CANCELLER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.DEFAULT_ADMIN_ROLE()
        ];
        address[4] memory people = [address(this), operator, anna, stranger];
        for (uint256 i; i < roles.length; ++i) {
            for (uint256 j; j < people.length; ++j) {
                vm.assertTrue(!timelock.hasRole(roles[i], people[j]), "no role");
            }
        }
        vm.assertTrue(!timelock.hasRole(timelock.PROPOSER_ROLE(), address(0)), "not everybody proposes");
        vm.assertTrue(!timelock.hasRole(timelock.CANCELLER_ROLE(), address(0)), "not everybody cancels");
        vm.assertTrue(!timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(governor)), "governor is no admin");
    }

    function test_timelock_deployer_cannotGrantItselfARole() public {
        bytes32 role = timelock.PROPOSER_ROLE();
        expectUnauthorized(address(this), timelock.DEFAULT_ADMIN_ROLE());
        timelock.grantRole(role, address(this));
    }

    function testFuzz_timelock_scheduleAndCancel_byAnyoneButTheGovernor_revert(address caller) public {
        vm.assume(caller != address(governor));
        bytes32 proposer = timelock.PROPOSER_ROLE();
        bytes32 canceller = timelock.CANCELLER_ROLE();
        bytes memory data = abi.encodeCall(escrow.setPlatformFee, (1));
        expectUnauthorized(caller, proposer);
        vm.prank(caller);
        timelock.schedule(address(escrow), 0, data, 0, 0, 1 days);
        expectUnauthorized(caller, canceller);
        vm.prank(caller);
        timelock.cancel(keccak256("an operation"));
    }

    function test_timelock_withoutAGovernor_isRefused() public {
        vm.expectRevert(abi.encodeWithSelector(OpenLedgerTimelock.OpenLedgerTimelock__ZeroAddress.selector));
        new OpenLedgerTimelock(address(0));
    }

    /// @dev The public deployment never grants the governor its role; here that deployment does not exist.
    function test_governor_withATimelockOfAnother_isRefused() public {
        expectNotOurs(address(timelock));
        new OpenLedgerGovernor(gopen, timelock, FLOOR);

        address[] memory nobody = new address[](0);
        TimelockController empty = new TimelockController(1 days, nobody, nobody, address(0));
        expectNotOurs(address(empty));
        new OpenLedgerGovernor(gopen, empty, FLOOR);
    }

    function test_governor_withATimelockThatItCannotCancelIn_isRefused() public {
        TimelockController other = new TimelockController(1 days, new address[](0), new address[](1), address(this));
        other.grantRole(other.PROPOSER_ROLE(), nextAddress(0));
        expectNotOurs(address(other));
        new OpenLedgerGovernor(gopen, other, FLOOR);
    }

    function test_governor_withATimelockThatNotEverybodyExecutesIn_isRefused() public {
        address[] memory proposers = new address[](1);
        proposers[0] = nextAddress(1);
        TimelockController closed = new TimelockController(1 days, proposers, proposers, address(0));
        expectNotOurs(address(closed));
        new OpenLedgerGovernor(gopen, closed, FLOOR);
    }

    function test_governor_takesNoCoins() public {
        vm.prank(user);
        (bool sent,) = address(governor).call{value: 1 ether}("");
        vm.assertTrue(!sent, "coins in the governor would be lost");
    }

    // Nobody but a carried vote changes a parameter.

    function test_parameters_byAnyoneButTheTimelock_cannotBeSet() public {
        (address[] memory targets, bytes[] memory calls) = everySetter();
        address[6] memory callers = [address(this), address(governor), operator, anna, maintainer, stranger];
        for (uint256 i; i < targets.length; ++i) {
            for (uint256 j; j < callers.length; ++j) {
                vm.prank(callers[j]);
                (bool done, bytes memory reason) = targets[i].call(calls[i]);
                vm.assertTrue(!done, "refused");
                bytes4 expected = targets[i] == address(escrow)
                    ? FeeSplit.InferenceEscrow__NotGovernance.selector
                    : targets[i] == address(ledger)
                        ? AttributionLedger.AttributionLedger__NotGovernance.selector
                        : targets[i] == address(staking)
                            ? Staking.Staking__NotGovernance.selector
                            : targets[i] == address(timelock)
                                ? TimelockController.TimelockUnauthorizedCaller.selector
                                : IGovernor.GovernorOnlyExecutor.selector;
                vm.assertEq(
                    keccak256(reason), keccak256(abi.encodeWithSelector(expected, callers[j])), "for the right reason"
                );
            }
        }
    }

    function test_parameters_byTheTimelock_canAllBeSet() public {
        (address[] memory targets, bytes[] memory calls) = everySetter();
        Proposal memory made = Proposal(targets, new uint256[](targets.length), calls, "Everything at once");
        uint256 id = carryOut(made);
        assertState(id, IGovernor.ProposalState.Executed);

        FeeSplit.Split memory split = escrow.split();
        vm.assertEq(split.contributors, 6000, "contributors' part");
        vm.assertEq(split.modelOwner, 2500, "model owner's part");
        vm.assertEq(split.treasury, 600, "treasury's part");
        vm.assertEq(escrow.platformFee(), 0.02 ether, "platform fee");
        vm.assertEq(escrow.treasury(), mara, "treasury");
        vm.assertEq(escrow.withdrawalDelay(), 3 days, "delay of withdrawals");
        vm.assertEq(keccak256(abi.encode(ledger.terms())), keccak256(abi.encode(otherTerms())), "terms");
        vm.assertEq(ledger.treasury(), mara, "who gets what is forfeited");
        vm.assertEq(ledger.operator(), tobias, "operator");
        vm.assertEq(staking.unbondingPeriod(), 14 days, "unbonding");
        vm.assertEq(staking.minStake(), 20 ether, "least stake");
        vm.assertEq(timelock.getMinDelay(), 3 days, "delay of the timelock");
        vm.assertEq(governor.votingDelay(), 2 days, "voting delay");
        vm.assertEq(governor.votingPeriod(), 1 weeks, "voting period");
        vm.assertEq(governor.proposalThreshold(), 10_000 ether, "threshold");
        vm.assertEq(governor.quorumNumerator(), 5, "quorum");
        vm.assertEq(governor.quorumFloor(), 20_000 ether, "floor");
        vm.assertEq(governor.lateQuorumVoteExtension(), 1 days, "extension");
    }

    // The life of a proposal, step by step, for one parameter each.

    function testFuzz_life_ofAFeeSplit(uint16 contributors, uint16 owners) public {
        contributors = uint16(bound(contributors, escrow.MIN_CONTRIBUTORS_BPS(), 10_000));
        owners = uint16(bound(owners, 0, 10_000 - contributors));
        uint16 rest = 10_000 - contributors - owners;
        live(address(escrow), abi.encodeCall(escrow.setSplit, (contributors, owners, rest, 0, 0)));
        FeeSplit.Split memory split = escrow.split();
        vm.assertEq(split.contributors, contributors, "contributors' part");
        vm.assertEq(split.modelOwner, owners, "model owner's part");
        vm.assertEq(split.stakers, rest, "stakers' part");
    }

    function testFuzz_life_ofAPlatformFee(uint64 fee) public {
        fee = uint64(bound(fee, 0, escrow.MAX_PLATFORM_FEE()));
        live(address(escrow), abi.encodeCall(escrow.setPlatformFee, (fee)));
        vm.assertEq(escrow.platformFee(), fee, "platform fee");
    }

    function testFuzz_life_ofAWindow(uint256 window) public {
        AttributionLedger.Terms memory next = terms();
        next.window = uint32(bound(window, 1 hours, 30 days));
        live(address(ledger), abi.encodeCall(ledger.setTerms, (next)));
        vm.assertEq(ledger.terms().window, next.window, "window");
    }

    function testFuzz_life_ofABond(uint96 bond) public {
        AttributionLedger.Terms memory next = terms();
        next.bond = uint96(bound(bond, 0.01 ether, 100_000 ether));
        live(address(ledger), abi.encodeCall(ledger.setTerms, (next)));
        vm.assertEq(ledger.terms().bond, next.bond, "bond");
    }

    /// @dev The treasury is the timelock: its credit is collected and spent by a vote, and by nothing else.
    function test_life_ofAPaymentFromTheTreasury() public {
        bytes32 modelId = registerModel();
        uint256 fee = escrow.quote(modelId, 1000, 1000);
        vm.prank(user);
        escrow.pay{value: fee}(modelId, keccak256("inference"), 1000, 1000);
        uint256 credit = escrow.credit(address(timelock));
        vm.assertTrue(credit > 0, "the treasury earned its part");

        Proposal memory made = Proposal(new address[](2), new uint256[](2), new bytes[](2), "Pay mara's grant");
        made.targets[0] = address(escrow);
        made.calldatas[0] = abi.encodeCall(escrow.withdraw, ());
        (made.targets[1], made.values[1]) = (mara, credit);
        carryOut(made);
        vm.assertEq(mara.balance, credit, "mara");
        vm.assertEq(address(timelock).balance, 0, "treasury");
    }

    /// @dev Every state, what each refuses, and the exact second at which it ends.
    function live(address target, bytes memory data) private {
        Proposal memory made = proposal(target, data);
        uint256 expected = idOf(made);
        uint256 id = propose(made);
        vm.assertEq(id, expected, "the id is a hash that is known beforehand");

        assertState(id, IGovernor.ProposalState.Pending);
        expectState(id, IGovernor.ProposalState.Pending, IGovernor.ProposalState.Active);
        vm.prank(anna);
        governor.castVote(id, FOR);

        vm.warp(block.timestamp + 1 days);
        assertState(id, IGovernor.ProposalState.Pending);
        vm.warp(block.timestamp + 1);
        assertState(id, IGovernor.ProposalState.Active);
        vm.assertEq(vote(anna, id, FOR), 60_000 ether, "anna's weight");
        vm.assertEq(vote(ben, id, AGAINST), 40_000 ether, "ben's weight");
        vm.warp(governor.proposalDeadline(id));
        expectState(id, IGovernor.ProposalState.Active, IGovernor.ProposalState.Succeeded);
        governor.queue(id);

        vm.warp(block.timestamp + 1);
        assertState(id, IGovernor.ProposalState.Succeeded);
        expectState(id, IGovernor.ProposalState.Succeeded, IGovernor.ProposalState.Active);
        vm.prank(cleo);
        governor.castVote(id, AGAINST);
        governor.queue(id);
        assertState(id, IGovernor.ProposalState.Queued);
        vm.assertEq(governor.proposalEta(id), block.timestamp + 1 days, "due a day later");

        vm.warp(block.timestamp + 1 days - 1);
        bytes32 operation = operationOf(made);
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector,
                operation,
                bytes32(1 << uint8(TimelockController.OperationState.Ready))
            )
        );
        governor.execute(id);
        vm.warp(block.timestamp + 1);
        vm.prank(stranger);
        governor.execute(id);
        assertState(id, IGovernor.ProposalState.Executed);

        expectState(id, IGovernor.ProposalState.Executed, IGovernor.ProposalState.Queued);
        governor.execute(id);
    }

    // What does not pass.

    function test_propose_belowTheThreshold_reverts() public {
        wrap(mara, 100 ether - 1);
        vm.warp(block.timestamp + 1);
        Proposal memory made = proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0)));
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, mara, 100 ether - 1, 100 ether)
        );
        vm.prank(mara);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
    }

    function test_propose_twice_reverts() public {
        Proposal memory made = proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0)));
        uint256 id = propose(made);
        expectState(id, IGovernor.ProposalState.Pending, bytes32(0));
        vm.prank(cleo);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
    }

    function test_vote_withoutAQuorum_isDefeated() public {
        uint256 id = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0))));
        openVote(id);
        vote(cleo, id, FOR);
        closeVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_vote_moreAgainst_isDefeated() public {
        uint256 id = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0))));
        openVote(id);
        vote(ben, id, FOR);
        vote(anna, id, AGAINST);
        closeVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    /// @dev Who abstains helps the quorum and nothing else; votes against do not help it.
    function test_quorum_countsForAndAbstaining() public {
        uint256 id = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0))));
        uint256 rejected = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (1))));
        openVote(id);
        vote(cleo, id, FOR);
        vote(ben, id, ABSTAIN);
        vote(anna, rejected, AGAINST);
        closeVote(id);
        assertState(id, IGovernor.ProposalState.Succeeded);
        assertState(rejected, IGovernor.ProposalState.Defeated);
    }

    function test_cancel_byTheProposer_beforeTheVoteOnly() public {
        uint256 id = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0))));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, anna));
        vm.prank(anna);
        governor.cancel(id);
        vm.prank(cleo);
        governor.cancel(id);
        assertState(id, IGovernor.ProposalState.Canceled);

        uint256 open = propose(proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (1))));
        openVote(open);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, open, cleo));
        vm.prank(cleo);
        governor.cancel(open);
    }

    function test_execute_fromInsideItsOwnExecution_happensOnce() public {
        ReentrantTarget target = new ReentrantTarget(governor);
        uint256 id = carryOut(proposal(address(target), abi.encodeCall(target.act, (0))));
        bytes memory expected = abi.encodeWithSelector(
            IGovernor.GovernorUnexpectedProposalState.selector,
            id,
            IGovernor.ProposalState.Executed,
            only(IGovernor.ProposalState.Queued)
        );
        vm.assertEq(keccak256(target.answer()), keccak256(expected), "answer to the call from inside");
    }

    /// @dev Anybody executes in the timelock itself, and the governor knows.
    function test_execute_inTheTimelock_countsAsExecuted() public {
        Proposal memory made = proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (7)));
        uint256 id = passAndQueue(made);
        vm.prank(stranger);
        timelock.executeBatch(made.targets, made.values, made.calldatas, 0, saltOf(made));
        assertState(id, IGovernor.ProposalState.Executed);
        vm.assertEq(escrow.platformFee(), 7, "platform fee");
    }

    /// @dev Past the governor, the governor's own settings stay as they are.
    function test_execute_inTheTimelock_doesNotReachTheGovernorsSettings() public {
        Proposal memory made = proposal(address(governor), abi.encodeCall(governor.setQuorumFloor, (2000 ether)));
        passAndQueue(made);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", Panic.EMPTY_ARRAY_POP));
        timelock.executeBatch(made.targets, made.values, made.calldatas, 0, saltOf(made));
    }

    // No vote can end governance.

    function test_settings_outOfBounds_areRefused() public {
        uint256 day = 1 days;
        refuse(abi.encodeCall(governor.setVotingDelay, (uint48(1 hours - 1))), 1 hours - 1, 1 hours, 30 days);
        refuse(abi.encodeCall(governor.setVotingDelay, (uint48(30 days + 1))), 30 days + 1, 1 hours, 30 days);
        refuse(abi.encodeCall(governor.setVotingPeriod, (uint32(day - 1))), day - 1, 1 days, 90 days);
        refuse(abi.encodeCall(governor.setVotingPeriod, (uint32(90 days + 1))), 90 days + 1, 1 days, 90 days);
        refuse(abi.encodeCall(governor.setProposalThreshold, (1e24 + 1)), 1e24 + 1, 0, 1e24);
        refuse(abi.encodeCall(governor.updateQuorumNumerator, (51)), 51, 0, 50);
        refuse(abi.encodeCall(governor.setQuorumFloor, (999 ether)), 999 ether, 1000 ether, 1e26);
        refuse(abi.encodeCall(governor.setQuorumFloor, (1e26 + 1)), 1e26 + 1, 1000 ether, 1e26);
    }

    function test_timelockDelay_outOfBounds_isRefused() public {
        uint256 id = passAndQueue(proposal(address(timelock), abi.encodeCall(timelock.updateDelay, (30 days + 1))));
        expectDelayOutOfRange(30 days + 1);
        governor.execute(id);
    }

    function test_timelock_cannotBeReplaced() public {
        OpenLedgerTimelock other = new OpenLedgerTimelock(address(governor));
        uint256 id = passAndQueue(proposal(address(governor), abi.encodeCall(governor.updateTimelock, (other))));
        vm.expectRevert(abi.encodeWithSelector(OpenLedgerGovernor.OpenLedgerGovernor__TimelockIsFixed.selector));
        governor.execute(id);
    }

    /// @dev Governance can hand over to another governor, by a vote.
    function test_governor_canBeReplacedByAVote() public {
        Proposal memory made = proposal(address(timelock), "");
        made.calldatas[0] = abi.encodeCall(timelock.grantRole, (timelock.PROPOSER_ROLE(), mara));
        carryOut(made);
        vm.prank(mara);
        timelock.schedule(address(escrow), 0, abi.encodeCall(escrow.setPlatformFee, (3)), 0, 0, 1 days);
        vm.warp(block.timestamp + 1 days);
        timelock.execute(address(escrow), 0, abi.encodeCall(escrow.setPlatformFee, (3)), 0, 0);
        vm.assertEq(escrow.platformFee(), 3, "platform fee");
    }

    function otherTerms() private pure returns (AttributionLedger.Terms memory) {
        return AttributionLedger.Terms(2 hours, 3 hours, 5 ether, 700, 3000);
    }

    function everySetter() private view returns (address[] memory targets, bytes[] memory calls) {
        targets = new address[](16);
        calls = new bytes[](16);
        (targets[0], calls[0]) = (address(escrow), abi.encodeCall(escrow.setSplit, (6000, 2500, 500, 400, 600)));
        (targets[15], calls[15]) = (address(escrow), abi.encodeCall(escrow.setWithdrawalDelay, (3 days)));
        (targets[1], calls[1]) = (address(escrow), abi.encodeCall(escrow.setPlatformFee, (0.02 ether)));
        (targets[2], calls[2]) = (address(escrow), abi.encodeCall(escrow.setTreasury, (mara)));
        (targets[3], calls[3]) = (address(ledger), abi.encodeCall(ledger.setTerms, (otherTerms())));
        (targets[4], calls[4]) = (address(ledger), abi.encodeCall(ledger.setTreasury, (mara)));
        (targets[5], calls[5]) = (address(ledger), abi.encodeCall(ledger.setOperator, (tobias)));
        (targets[6], calls[6]) = (address(timelock), abi.encodeCall(timelock.updateDelay, (3 days)));
        (targets[7], calls[7]) = (address(governor), abi.encodeCall(governor.setVotingDelay, (2 days)));
        (targets[8], calls[8]) = (address(governor), abi.encodeCall(governor.setVotingPeriod, (1 weeks)));
        (targets[9], calls[9]) = (address(governor), abi.encodeCall(governor.setProposalThreshold, (10_000 ether)));
        (targets[10], calls[10]) = (address(governor), abi.encodeCall(governor.updateQuorumNumerator, (5)));
        (targets[11], calls[11]) = (address(governor), abi.encodeCall(governor.setQuorumFloor, (20_000 ether)));
        (targets[12], calls[12]) = (address(governor), abi.encodeCall(governor.setLateQuorumVoteExtension, (1 days)));
        (targets[13], calls[13]) = (address(staking), abi.encodeCall(staking.setUnbondingPeriod, (14 days)));
        (targets[14], calls[14]) = (address(staking), abi.encodeCall(staking.setMinStake, (20 ether)));
    }

    /// @dev A carried vote for the call fails at its execution.
    function refuse(bytes memory call, uint256 value, uint256 min, uint256 max) private {
        uint256 id = passAndQueue(proposal(address(governor), call));
        vm.expectRevert(
            abi.encodeWithSelector(OpenLedgerGovernor.OpenLedgerGovernor__OutOfRange.selector, value, min, max)
        );
        governor.execute(id);
    }

    function operationOf(Proposal memory made) private view returns (bytes32) {
        return timelock.hashOperationBatch(made.targets, made.values, made.calldatas, 0, saltOf(made));
    }

    function saltOf(Proposal memory made) private view returns (bytes32) {
        return bytes20(address(governor)) ^ keccak256(bytes(made.description));
    }

    function expectNotOurs(address candidate) private {
        vm.expectRevert(
            abi.encodeWithSelector(OpenLedgerGovernor.OpenLedgerGovernor__TimelockNotOurs.selector, candidate)
        );
    }

    function expectDelayOutOfRange(uint256 delay) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                OpenLedgerTimelock.OpenLedgerTimelock__DelayOutOfRange.selector, delay, 1 days, 30 days
            )
        );
    }

    function expectUnauthorized(address caller, bytes32 role) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role));
    }
}
