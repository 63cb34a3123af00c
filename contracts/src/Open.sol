// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title OPEN on the L1. Bridged, it is the L2's native coin.
/// @notice The whole supply is minted once, to the deployer. There is no owner, no further minting and no upgrade.
contract Open is ERC20, ERC20Permit {
    uint256 public constant SUPPLY = 1_000_000_000 ether;

    constructor() ERC20("Open", "OPEN") ERC20Permit("Open") {
        _mint(msg.sender, SUPPLY);
    }
}
