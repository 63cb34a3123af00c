// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VoucherDeposits} from "../src/VoucherDeposits.sol";
import {World} from "./World.sol";

/// @dev A model, and a payer whose key is known.
abstract contract VoucherWorld is World {
    uint256 internal constant KEY = 0xA11CE;
    /// @dev Order of the curve: s and N - s both verify in a careless check.
    uint256 internal constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    address internal payer = vm.addr(KEY);
    bytes32 internal modelId;

    function setUp() public virtual override {
        super.setUp();
        modelId = registerModel();
    }

    function depositFor(address account, uint256 amount) internal {
        vm.deal(user, amount);
        vm.prank(user);
        escrow.deposit{value: amount}(account);
    }

    function voucherOf(address account, uint256 cumulative) internal view returns (VoucherDeposits.Voucher memory) {
        return VoucherDeposits.Voucher(account, modelId, cumulative, keccak256(abi.encode("head", cumulative)));
    }

    function sign(uint256 key, VoucherDeposits.Voucher memory voucher) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, escrow.voucherIdOf(voucher));
        return abi.encodePacked(r, s, v);
    }

    /// @dev Vouchers of `payer`, one for each total.
    function batchOf(uint256[] memory cumulatives)
        internal
        view
        returns (VoucherDeposits.Voucher[] memory vouchers, bytes[] memory signatures)
    {
        vouchers = new VoucherDeposits.Voucher[](cumulatives.length);
        signatures = new bytes[](cumulatives.length);
        for (uint256 i; i < cumulatives.length; ++i) {
            vouchers[i] = voucherOf(payer, cumulatives[i]);
            signatures[i] = sign(KEY, vouchers[i]);
        }
    }

    function redeem(uint256 cumulative) internal {
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, cumulative);
        bytes memory signature = sign(KEY, voucher);
        vm.prank(stranger);
        escrow.redeem(voucher, signature);
    }
}
