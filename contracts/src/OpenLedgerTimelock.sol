// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The account that governance acts through, a day after a vote, so that everybody who disagrees can leave
/// before
/// @notice It is the `governance` of the other contracts, and the treasury. Only the governor schedules and cancels;
/// anybody executes what is due. There is no administrator but the timelock itself: its deployer has no power from the
/// first block.
/// @dev The delay is no argument, and the roles are not granted later, because both have been got wrong on the public
/// chain: its deployment script passes an hour where its documents promise a day, and leaves the timelock without a
/// proposer.
contract OpenLedgerTimelock is TimelockController {
    error OpenLedgerTimelock__ZeroAddress();
    error OpenLedgerTimelock__DelayOutOfRange(uint256 delay, uint256 min, uint256 max);

    /// @notice A vote can neither take away the time to leave, nor make the delay so long that governance ends.
    uint256 public constant MIN_DELAY = 1 days;
    uint256 public constant MAX_DELAY = 30 days;

    /// @param governor May be an address at which nothing is deployed yet: governor and timelock name each other, and
    /// the governor's constructor checks the pair.
    constructor(address governor) TimelockController(MIN_DELAY, _listOf(governor), _listOf(address(0)), address(0)) {
        if (governor == address(0)) revert OpenLedgerTimelock__ZeroAddress();
    }

    /// @inheritdoc TimelockController
    function updateDelay(uint256 newDelay) public override {
        if (newDelay < MIN_DELAY || newDelay > MAX_DELAY) {
            revert OpenLedgerTimelock__DelayOutOfRange(newDelay, MIN_DELAY, MAX_DELAY);
        }
        super.updateDelay(newDelay);
    }

    function _listOf(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}
