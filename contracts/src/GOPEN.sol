// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {NativeWrapper} from "./NativeWrapper.sol";

/// @title GOPEN: OPEN that votes
/// @notice One for one with the native coin, and back at any time: votes are counted as of a proposal's snapshot, so no
/// coin has to be locked while a vote runs. Tokens vote only once their holder has delegated them, to itself included.
/// @dev Time is in seconds (ERC-6372 `mode=timestamp`), so that delays mean the same on every chain.
contract GOPEN is NativeWrapper, ERC20Permit, ERC20Votes {
    constructor() ERC20("GOpen", "GOPEN") ERC20Permit("GOpen") {}

    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice The next nonce of `owner`, counted by permits and signed delegations alike.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 amount) internal override(NativeWrapper, ERC20, ERC20Votes) {
        super._update(from, to, amount);
    }
}
