// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Open} from "../src/Open.sol";
import {Test} from "./Test.sol";

contract OpenTest is Test {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    Open private open = new Open();

    function test_supply_isMintedOnceToTheDeployer() public view {
        vm.assertEq(open.totalSupply(), 1_000_000_000 ether, "supply");
        vm.assertEq(open.balanceOf(address(this)), 1_000_000_000 ether, "deployer");
        // What the L1 bridge of a custom gas token demands.
        vm.assertEq(open.decimals(), 18, "decimals");
        vm.assertEq(keccak256(bytes(open.symbol())), keccak256("OPEN"), "symbol");
    }

    function testFuzz_permit_allowsWhatWasSigned(uint256 key, uint256 value) public {
        key = bound(key, 1, 1e60);
        permit(key, key, value);
        vm.assertEq(open.allowance(vm.addr(key), address(1)), value, "allowance");
    }

    function test_permit_ofSomebodyElse_reverts() public {
        permit(1, 2, 5);
    }

    /// @dev Account 1 may spend `ownerKey`'s OPEN, as signed by `signerKey`.
    function permit(uint256 ownerKey, uint256 signerKey, uint256 value) private {
        address owner = vm.addr(ownerKey);
        bytes32 message = keccak256(abi.encode(PERMIT, owner, address(1), value, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", open.DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signerKey, digest);
        if (signerKey != ownerKey) {
            vm.expectRevert(
                abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, vm.addr(signerKey), owner)
            );
        }
        open.permit(owner, address(1), value, block.timestamp, v, r, s);
    }
}
