// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GOPEN} from "../src/GOPEN.sol";
import {OpenLedgerGovernor} from "../src/OpenLedgerGovernor.sol";
import {OpenLedgerTimelock} from "../src/OpenLedgerTimelock.sol";
import {World} from "./World.sol";

/// @dev The world with real governance: a timelock governs every contract, and three people hold GOPEN.
abstract contract GovernanceWorld is World {
    struct Proposal {
        address[] targets;
        uint256[] values;
        bytes[] calldatas;
        string description;
    }

    uint256 internal constant FLOOR = 10_000 ether;
    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    /// @dev Anna and ben hold a quorum each, cleo holds just enough to propose.
    address internal anna = named("anna");
    address internal ben = named("ben");
    address internal cleo = named("cleo");

    GOPEN internal gopen;
    OpenLedgerTimelock internal timelock;
    OpenLedgerGovernor internal governor;

    function setUp() public virtual override {
        vm.warp(1_800_000_000);
        gopen = new GOPEN();
        timelock = new OpenLedgerTimelock(nextAddress(1));
        governor = new OpenLedgerGovernor(gopen, timelock, FLOOR);
        governance = address(timelock);
        super.setUp();
        wrap(anna, 60_000 ether);
        wrap(ben, 40_000 ether);
        wrap(cleo, 100 ether);
        vm.warp(block.timestamp + 1);
    }

    /// @dev Gives the account GOPEN that votes for itself.
    function wrap(address account, uint256 amount) internal {
        vm.deal(account, account.balance + amount);
        vm.prank(account);
        gopen.deposit{value: amount}();
        vm.prank(account);
        gopen.delegate(account);
    }

    function proposal(address target, bytes memory data) internal pure returns (Proposal memory made) {
        made = Proposal(new address[](1), new uint256[](1), new bytes[](1), "A change");
        made.targets[0] = target;
        made.calldatas[0] = data;
    }

    function idOf(Proposal memory made) internal view returns (uint256) {
        return governor.hashProposal(made.targets, made.values, made.calldatas, keccak256(bytes(made.description)));
    }

    function propose(Proposal memory made) internal returns (uint256 id) {
        vm.prank(cleo);
        id = governor.propose(made.targets, made.values, made.calldatas, made.description);
    }

    /// @dev To the first second in which votes count.
    function openVote(uint256 id) internal {
        vm.warp(governor.proposalSnapshot(id) + 1);
    }

    function closeVote(uint256 id) internal {
        vm.warp(governor.proposalDeadline(id) + 1);
    }

    function vote(address account, uint256 id, uint8 support) internal returns (uint256 weight) {
        vm.prank(account);
        weight = governor.castVote(id, support);
    }

    /// @dev Proposed, carried with anna's votes, queued, and due.
    function passAndQueue(Proposal memory made) internal returns (uint256 id) {
        id = propose(made);
        openVote(id);
        vote(anna, id, FOR);
        closeVote(id);
        governor.queue(id);
        vm.warp(governor.proposalEta(id));
    }

    function carryOut(Proposal memory made) internal returns (uint256 id) {
        id = passAndQueue(made);
        vm.prank(stranger);
        governor.execute(id);
    }

    function assertState(uint256 id, IGovernor.ProposalState expected) internal view {
        vm.assertEq(uint256(governor.state(id)), uint256(expected), "state of the proposal");
    }

    /// @dev A bitmap with the one state.
    function only(IGovernor.ProposalState allowed) internal pure returns (bytes32) {
        return bytes32(1 << uint8(allowed));
    }

    function expectState(uint256 id, IGovernor.ProposalState found, IGovernor.ProposalState allowed) internal {
        expectState(id, found, only(allowed));
    }

    function expectState(uint256 id, IGovernor.ProposalState found, bytes32 allowed) internal {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, id, found, allowed));
    }
}
