// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {InferenceEscrow} from "../src/InferenceEscrow.sol";
import {VoucherDeposits} from "../src/VoucherDeposits.sol";

/// @dev A contract that signs by its owner's key (ERC-1271), and can change its mind.
contract Wallet is IERC1271 {
    address private immutable owner;
    bool public refuses;

    constructor(address owner_) {
        owner = owner_;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        bool signed = !refuses && ECDSA.recover(hash, signature) == owner;
        return signed ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @dev Burns all gas that it is given when it is asked about a signature.
contract GreedyWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4 answer) {
        answer = IERC1271.isValidSignature.selector;
        for (;;) {}
    }
}

/// @dev Takes its deposit out again from inside its own withdrawal, and keeps what the escrow answered.
contract ReentrantDepositor {
    InferenceEscrow private immutable escrow;
    bytes public answer;

    constructor(InferenceEscrow escrow_) {
        escrow = escrow_;
    }

    function request(uint96 amount) external {
        escrow.requestWithdrawal(amount);
    }

    function withdraw() external {
        escrow.withdrawDeposit();
    }

    receive() external payable {
        try escrow.withdrawDeposit() {}
        catch (bytes memory reason) {
            answer = reason;
        }
    }
}

/// @dev Signs everything, and from inside the withdrawal of its deposit has a voucher redeemed against the same money.
contract RedeemingDepositor is IERC1271 {
    InferenceEscrow private immutable escrow;
    VoucherDeposits.Voucher private voucher;
    bytes public answer;

    constructor(InferenceEscrow escrow_) {
        escrow = escrow_;
    }

    function arm(VoucherDeposits.Voucher calldata voucher_) external {
        voucher = voucher_;
    }

    function request(uint96 amount) external {
        escrow.requestWithdrawal(amount);
    }

    function withdraw() external {
        escrow.withdrawDeposit();
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }

    receive() external payable {
        try escrow.redeem(voucher, "") {}
        catch (bytes memory reason) {
            answer = reason;
        }
    }
}
