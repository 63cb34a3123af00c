// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Native OPEN owed by a contract, collected by the account that it is owed to
/// @notice Nothing is ever pushed, so no recipient can block another one's payment.
abstract contract PullPayment is ReentrancyGuardTransient {
    /// @notice `account` was credited with `amount` wei.
    event Credited(address indexed account, uint256 amount);

    /// @notice `account` collected `amount` wei, all that it was owed.
    event Withdrawn(address indexed account, uint256 amount);

    error PullPayment__NothingToWithdraw(address account);
    error PullPayment__TransferFailed(address account, uint256 amount);

    /// @notice Wei that `account` can withdraw now.
    mapping(address account => uint256) public credit;

    /// @notice Sends the caller everything that it is owed.
    function withdraw() external nonReentrant {
        uint256 amount = credit[msg.sender];
        if (amount == 0) revert PullPayment__NothingToWithdraw(msg.sender);

        credit[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    function _credit(address account, uint256 amount) internal {
        if (amount == 0) return;
        credit[account] += amount;
        emit Credited(account, amount);
    }

    /// @dev The caller has taken the amount off its books before, in a function that is guarded against re-entry.
    function _pay(address account, uint256 amount) internal {
        (bool sent,) = account.call{value: amount}("");
        if (!sent) revert PullPayment__TransferFailed(account, amount);
    }
}
