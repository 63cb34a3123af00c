// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title The native coin as an ERC-20, one for one
/// @notice The holder of a token can turn it back into a coin at any time; nobody can stop that, and there is no owner.
/// The contract holds at least one coin for every token: {deposit} is the only way to mint, {withdraw} the only way to
/// burn, and coins that were forced in otherwise belong to nobody.
/// @dev There is `receive` but no fallback, so that a call of a function that is not here (`permit` above all, which
/// callers of old wrappers take for granted when it does not fail) reverts instead of passing for a deposit. There is
/// neither a depositFor nor a withdrawTo: {deposit} and {transfer} do the first, {transfer} and {withdraw} the second,
/// and each further way in and out would have to be guarded.
abstract contract NativeWrapper is ERC20 {
    /// @notice `account` turned `amount` wei of coins into tokens.
    event Deposit(address indexed account, uint256 amount);

    /// @notice `account` turned `amount` wei of tokens into coins.
    event Withdrawal(address indexed account, uint256 amount);

    error NativeWrapper__TransferFailed(address account, uint256 amount);

    receive() external payable {
        deposit();
    }

    /// @notice Turns the coins that come with the call into the caller's tokens.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Turns the caller's tokens back into coins.
    /// @dev The tokens are gone before the coins leave: from inside the payment there is nothing more to withdraw.
    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        emit Withdrawal(msg.sender, amount);

        (bool sent,) = msg.sender.call{value: amount}("");
        if (!sent) revert NativeWrapper__TransferFailed(msg.sender, amount);
    }

    /// @dev Tokens that are sent to the contract itself could never be withdrawn again.
    function _update(address from, address to, uint256 amount) internal virtual override {
        if (to == address(this)) revert ERC20InvalidReceiver(to);
        super._update(from, to, amount);
    }
}
