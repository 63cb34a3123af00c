// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorStorage} from "@openzeppelin/contracts/governance/extensions/GovernorStorage.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title Proposals, votes in GOPEN, and their way into the timelock
/// @notice A proposal waits a day (so that holders can delegate or leave), is voted on for two weeks, waits another day
/// in the timelock, and is then carried out by anybody. 100 GOPEN propose; a quarter of all GOPEN, for or abstaining,
/// is a quorum.
///
/// Those are the numbers of the contract that is deployed on the public chain. Its handbook names others (a week,
/// 10 000 GOPEN, 5 %, a week of timelock), which nothing on that chain enforces; and of the two sets the contract's is
/// the one that asks for five times the quorum and twice the time.
///
/// Two guards are added:
/// - A quorum is never less than {quorumFloor}. A quarter _of what is wrapped_ is next to nothing while little is
///   wrapped: the holder of the first 100 wrapped OPEN could decide alone.
/// - A quorum that is reached late prolongs the vote, so that both sides have two days to answer it.
///
/// @dev No setting, once voted in, can end governance: all of them have bounds. The constructor refuses a timelock that
/// does not obey this governor, so a deployment in which no vote could ever be carried out does not exist.
contract OpenLedgerGovernor is
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorStorage,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorPreventLateQuorum,
    GovernorTimelockControl
{
    using Checkpoints for Checkpoints.Trace208;

    event QuorumFloorSet(uint256 oldFloor, uint256 newFloor);

    error OpenLedgerGovernor__TimelockNotOurs(address timelock);
    error OpenLedgerGovernor__TimelockIsFixed();
    error OpenLedgerGovernor__OutOfRange(uint256 value, uint256 min, uint256 max);

    // The bounds are private to keep the code under the 24 576 bytes of EIP-170; {OpenLedgerGovernor__OutOfRange} names them.
    uint256 private constant MIN_VOTING_DELAY = 1 hours;
    uint256 private constant MAX_VOTING_DELAY = 30 days;
    uint256 private constant MIN_VOTING_PERIOD = 1 days;
    uint256 private constant MAX_VOTING_PERIOD = 90 days;
    uint256 private constant MAX_PROPOSAL_THRESHOLD = 1_000_000 ether;

    /// @dev In percent of all GOPEN. Undelegated GOPEN counts in the whole and cannot vote, so all of it must not be
    /// asked.
    uint256 private constant MAX_QUORUM_NUMERATOR = 50;

    /// @dev Ten times the first threshold, and a tenth of all OPEN.
    uint256 private constant MIN_QUORUM_FLOOR = 1000 ether;
    uint256 private constant MAX_QUORUM_FLOOR = 100_000_000 ether;

    Checkpoints.Trace208 private _quorumFloors;

    /// @param token GOPEN.
    /// @param timelock_ Must have been built with this governor's address.
    /// @param quorumFloor_ The least votes that are a quorum however little is wrapped, in wei. 10 000 000 OPEN, a
    /// hundredth of the supply, is meant for the public chain.
    constructor(IVotes token, TimelockController timelock_, uint256 quorumFloor_)
        Governor("OpenLedgerGovernor")
        GovernorSettings(1 days, 2 weeks, 100 ether)
        GovernorVotes(token)
        GovernorVotesQuorumFraction(25)
        GovernorPreventLateQuorum(2 days)
        GovernorTimelockControl(timelock_)
    {
        _requireOurs(timelock_);
        _setQuorumFloor(quorumFloor_);
    }

    /// @notice Sets the least votes that are a quorum for proposals whose vote has yet to start, in wei.
    function setQuorumFloor(uint256 newFloor) external onlyGovernance {
        _setQuorumFloor(newFloor);
    }

    /// @notice The least votes that are a quorum, in wei.
    function quorumFloor() external view returns (uint256) {
        return _quorumFloors.latest();
    }

    /// @notice Always refused: the other contracts obey the timelock that they were built with, so a governor with
    /// another one would govern nothing. To replace the governor, let the timelock grant its roles to the new one.
    function updateTimelock(TimelockController) public pure override {
        revert OpenLedgerGovernor__TimelockIsFixed();
    }

    /// @notice Votes, for or abstaining, that a proposal needs whose snapshot is `timepoint`, which must be past.
    function quorum(uint256 timepoint) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
        return Math.max(super.quorum(timepoint), _quorumFloors.upperLookupRecent(SafeCast.toUint48(timepoint)));
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function proposalDeadline(uint256 proposalId)
        public
        view
        override(Governor, GovernorPreventLateQuorum)
        returns (uint256)
    {
        return super.proposalDeadline(proposalId);
    }

    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override(Governor, GovernorStorage) returns (uint256) {
        return super._propose(targets, values, calldatas, description, proposer);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    function _setVotingDelay(uint48 newDelay) internal override {
        _requireWithin(newDelay, MIN_VOTING_DELAY, MAX_VOTING_DELAY);
        super._setVotingDelay(newDelay);
    }

    function _setVotingPeriod(uint32 newPeriod) internal override {
        _requireWithin(newPeriod, MIN_VOTING_PERIOD, MAX_VOTING_PERIOD);
        super._setVotingPeriod(newPeriod);
    }

    function _setProposalThreshold(uint256 newThreshold) internal override {
        _requireWithin(newThreshold, 0, MAX_PROPOSAL_THRESHOLD);
        super._setProposalThreshold(newThreshold);
    }

    function _updateQuorumNumerator(uint256 newNumerator) internal override {
        _requireWithin(newNumerator, 0, MAX_QUORUM_NUMERATOR);
        super._updateQuorumNumerator(newNumerator);
    }

    function _setQuorumFloor(uint256 newFloor) private {
        _requireWithin(newFloor, MIN_QUORUM_FLOOR, MAX_QUORUM_FLOOR);
        emit QuorumFloorSet(_quorumFloors.latest(), newFloor);
        _quorumFloors.push(clock(), SafeCast.toUint208(newFloor));
    }

    /// @dev This governor proposes and cancels, anybody executes.
    function _requireOurs(TimelockController candidate) private view {
        if (
            !candidate.hasRole(candidate.PROPOSER_ROLE(), address(this))
                || !candidate.hasRole(candidate.CANCELLER_ROLE(), address(this))
                || !candidate.hasRole(candidate.EXECUTOR_ROLE(), address(0))
        ) revert OpenLedgerGovernor__TimelockNotOurs(address(candidate));
    }

    function _requireWithin(uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert OpenLedgerGovernor__OutOfRange(value, min, max);
    }
}
