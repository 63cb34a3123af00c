// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VoucherDeposits} from "../src/VoucherDeposits.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {World} from "./World.sol";

/// @notice Gas of whole transactions over trees of 10 000 leaves: every call below is one transaction, with its 21 000, its
/// calldata and cold storage. The numbers are written to contracts/.gas-snapshot; the limits are the project's goals.
/// @dev The first `BATCH` accounts have claimed the epoch before; the others have never held a coin.
/// forge-config: default.isolate = true
contract GasTest is World {
    uint256 private constant LEAVES = 10_000;
    uint256 private constant BATCH = 100;
    uint256 private constant FRESH = 5000;
    uint256 private constant FIRST = 1 ether;
    uint256 private constant SECOND = 3 ether;

    function setUp() public override {
        super.setUp();
        fund(2 * SECOND * LEAVES);
        bytes32[] memory tree = rewards(FIRST);
        postAndFinalize(tree[0], FIRST * LEAVES);
        claimBatch(tree, 0, FIRST);
        postAndFinalize(rewards(SECOND)[0], SECOND * LEAVES);
        vm.prank(operator);
        ledger.withdraw();
    }

    function test_gas_post() public {
        post(keccak256("rewards"), 2 * SECOND * LEAVES);
        record("post an epoch", 60_000);
    }

    function test_gas_finalize() public {
        uint256 epoch = post(keccak256("rewards"), 2 * SECOND * LEAVES);
        vm.warp(block.timestamp + WINDOW);
        ledger.finalize(epoch);
        record("finalize an epoch", 170_000);
    }

    function test_gas_attest() public {
        stakeAs(user, 100 ether);
        uint256 epoch = post(keccak256("rewards"), 2 * SECOND * LEAVES);
        vm.prank(user);
        ledger.vote(epoch, keccak256("rewards"));
        record("attest an epoch", 190_000);
    }

    function test_gas_challengeVoteResolveSettle() public {
        stakeAs(user, 60 ether);
        stakeAs(mara, 40 ether);
        uint256 epoch = post(keccak256("rewards"), 2 * SECOND * LEAVES);
        vm.deal(mara, BOND);
        vm.prank(mara);
        ledger.challenge{value: BOND}(epoch, keccak256("other rewards"));
        record("challenge an epoch", 225_000);
        vm.prank(user);
        ledger.vote(epoch, keccak256("other rewards"));
        record("vote on a challenged epoch", 135_000);
        vm.warp(block.timestamp + WINDOW + VOTE);
        ledger.resolve(epoch);
        record("resolve, overturned", 140_000);
        ledger.settle(user);
        record("settle a vote that won", 80_000);
    }

    function test_gas_settleSlashed() public {
        stakeAs(user, 60 ether);
        stakeAs(mara, 40 ether);
        uint256 epoch = post(keccak256("rewards"), 2 * SECOND * LEAVES);
        vm.prank(user);
        ledger.vote(epoch, keccak256("rewards"));
        vm.deal(mara, BOND);
        vm.prank(mara);
        ledger.challenge{value: BOND}(epoch, keccak256("other rewards"));
        vm.warp(block.timestamp + WINDOW + VOTE);
        ledger.resolve(epoch);
        ledger.settle(mara);
        record("settle a vote that lost", 160_000);
    }

    function test_gas_stakeAndFund() public {
        stakeAs(user, 60 ether);
        stakeAs(user, 60 ether);
        vm.deal(user, 60 ether);
        vm.prank(user);
        staking.stake{value: 60 ether}();
        record("stake, next", 110_000);
        vm.warp(block.timestamp + 7 days);
        vm.deal(address(this), 2 ether);
        staking.fund{value: 1 ether}();
        staking.fund{value: 1 ether}();
        record("pay stakers their part", 40_000);
        vm.warp(block.timestamp + 14 days);
        vm.prank(user);
        staking.withdrawRewards();
        record("withdraw rewards", 160_000);
    }

    function test_gas_claim_first() public {
        bytes32[] memory proof = MerkleTree.proof(rewards(SECOND), FRESH);
        pool.claimFor(account(FRESH), SECOND, proof);
        record("claim, first, account created by it", 100_000);
    }

    function test_gas_claim_next() public {
        bytes32[] memory proof = MerkleTree.proof(rewards(SECOND), 0);
        vm.prank(account(0));
        pool.claim(SECOND, proof);
        record("claim, next", 58_000);
    }

    function test_gas_claimMany_first() public {
        claimBatch(rewards(SECOND), FRESH, SECOND);
        record("claimMany of 100, first, accounts created by it", 75_000 * BATCH);
    }

    function test_gas_claimMany_next() public {
        claimBatch(rewards(SECOND), 0, SECOND);
        record("claimMany of 100, next", 31_000 * BATCH);
    }

    function test_gas_payForAnInference() public {
        bytes32 modelId = registerModel();
        uint256 fee = escrow.quote(modelId, 500, 250);
        for (uint256 i; i < 2; ++i) {
            vm.prank(user);
            escrow.pay{value: fee}(modelId, bytes32(i), 500, 250);
        }
        record("pay for an inference", 143_000);
    }

    /// @dev The second of a payer and model, as most are.
    function test_gas_redeem() public {
        bytes32 modelId = registerModel();
        redeem(modelId, 1, 1 ether);
        redeem(modelId, 1, 2 ether);
        record("redeem a voucher", 130_000);
    }

    /// @dev Of a hundred payers for one model, each its second.
    function test_gas_redeemMany() public {
        bytes32 modelId = registerModel();
        redeem(modelId, BATCH, 1 ether);
        redeem(modelId, BATCH, 2 ether);
        record("redeemMany of 100", 60_000 * BATCH);
    }

    function redeem(bytes32 modelId, uint256 payers, uint256 cumulative) private {
        VoucherDeposits.Voucher[] memory vouchers = new VoucherDeposits.Voucher[](payers);
        bytes[] memory signatures = new bytes[](payers);
        vm.deal(user, 10 ether * payers);
        for (uint256 i; i < payers; ++i) {
            vouchers[i] = VoucherDeposits.Voucher(vm.addr(i + 1), modelId, cumulative, bytes32(cumulative));
            vm.prank(user);
            escrow.deposit{value: 5 ether}(vm.addr(i + 1));
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(i + 1, escrow.voucherIdOf(vouchers[i]));
            signatures[i] = abi.encodePacked(r, s, v);
        }
        if (payers == 1) escrow.redeem(vouchers[0], signatures[0]);
        else escrow.redeemMany(vouchers, signatures);
    }

    function account(uint256 index) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("account", index)))));
    }

    function rewards(uint256 cumulative) private view returns (bytes32[] memory) {
        bytes32[] memory leaves = new bytes32[](LEAVES);
        for (uint256 i; i < LEAVES; ++i) {
            leaves[i] = rewardLeaf(account(i), cumulative);
        }
        return MerkleTree.build(leaves);
    }

    function claimBatch(bytes32[] memory tree, uint256 start, uint256 cumulative) private {
        address[] memory accounts = new address[](BATCH);
        uint256[] memory cumulatives = new uint256[](BATCH);
        bytes32[][] memory proofs = new bytes32[][](BATCH);
        for (uint256 i; i < BATCH; ++i) {
            accounts[i] = account(start + i);
            cumulatives[i] = cumulative;
            proofs[i] = MerkleTree.proof(tree, start + i);
        }
        pool.claimMany(accounts, cumulatives, proofs);
    }

    function record(string memory what, uint256 limit) private {
        vm.assertLe(vm.snapshotGasLastCall(what), limit, what);
    }
}
