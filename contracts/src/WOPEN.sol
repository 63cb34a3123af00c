// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {NativeWrapper} from "./NativeWrapper.sol";

/// @title Wrapped OPEN: the coin for contracts that only know ERC-20
/// @notice As WETH9, with a Transfer event for what is minted and burned, and without the fallback. It has no votes:
/// for those see {GOPEN}.
contract WOPEN is NativeWrapper {
    constructor() ERC20("Wrapped OPEN", "WOPEN") {}
}
