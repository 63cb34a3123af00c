// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AttributionLedger} from "../src/AttributionLedger.sol";
import {InferenceEscrow} from "../src/InferenceEscrow.sol";
import {RewardPool} from "../src/RewardPool.sol";
import {Staking} from "../src/Staking.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {ReentrantRecipient, RefusingRecipient} from "./Recipients.sol";
import {Validators} from "./Validators.sol";

/// @dev Everything that people can do with the money, in any order, with sums kept beside the contracts. One contributor
/// refuses money, one claims from inside its own payment, and the operator may post trees that promise too much.
contract Handler is Validators {
    uint256 private constant ACCOUNTS = 6;

    RewardPool private immutable pool;
    InferenceEscrow private immutable escrow;
    bytes32 public immutable modelId;
    address private immutable operator;
    address private immutable governance;
    address private immutable payer = named("payer");

    address[] public accounts;
    uint256[] private posted = new uint256[](ACCOUNTS);
    uint256[] private active = new uint256[](ACCOUNTS);
    bytes32[] private activeTree;
    uint256 private inferences;

    // Ghosts: what must be true, computed without asking the contracts.
    uint256 public funded;
    uint256 public fees;
    uint256 public withdrawn;
    uint256 public activeTotal;
    mapping(address account => uint256) public highest;

    constructor(
        RewardPool pool_,
        Staking staking_,
        AttributionLedger ledger_,
        InferenceEscrow escrow_,
        bytes32 modelId_,
        address operator_,
        address governance_
    ) Validators(staking_, ledger_) {
        (pool, escrow, modelId) = (pool_, escrow_, modelId_);
        (operator, governance) = (operator_, governance_);
        accounts.push(address(new RefusingRecipient()));
        accounts.push(address(new ReentrantRecipient(pool_)));
        for (uint256 i = 2; i < ACCOUNTS; ++i) {
            accounts.push(vm.addr(i));
        }
    }

    function fund(uint256 amount) external {
        amount = bound(amount, 1, 1e24);
        vm.deal(address(this), amount);
        pool.fund{value: amount}();
        funded += amount;
        ++done[this.fund.selector];
    }

    function pay(uint32 inputTokens, uint32 outputTokens) external {
        uint256 fee = escrow.quote(modelId, inputTokens, outputTokens);
        uint256 before = pool.totalFunded();
        vm.deal(payer, fee);
        vm.prank(payer);
        escrow.pay{value: fee}(modelId, bytes32(++inferences), inputTokens, outputTokens);
        fees += fee;
        funded += pool.totalFunded() - before;
        ++done[this.pay.selector];
    }

    /// @param lie Makes the tree promise four times what the epoch says that it allocates.
    function post(uint256 seed, bool lie) external {
        if (inQuestion()) return;
        uint256 unallocated = pool.totalFunded() - activeTotal;
        if (unallocated == 0) return;

        uint256 total = activeTotal;
        for (uint256 i; i < ACCOUNTS; ++i) {
            uint256 part = bound(uint256(keccak256(abi.encode(seed, i))), 0, unallocated / ACCOUNTS);
            posted[i] = active[i] + part * (lie ? 4 : 1);
            total += part;
        }
        if (total == activeTotal) return;
        vm.deal(operator, BOND);
        vm.prank(operator);
        ledger.post{value: BOND}(keccak256("receipts"), buildTree(posted)[0], total, 1, keccak256("manifest"));
        bondsIn += BOND;
        ++done[this.post.selector];
    }

    function resolve() external {
        if (!isStatus(AttributionLedger.Status.Challenged)) return;
        uint256 number = ledger.epochCount();
        uint256 total = ledger.epoch(number).totalAllocated;
        if (resolveVote(number)) becomeActive(total);
        ++done[this.resolve.selector];
    }

    function finalize() external {
        if (!isStatus(AttributionLedger.Status.Pending)) return;
        uint256 number = ledger.epochCount();
        AttributionLedger.Epoch memory epoch = ledger.epoch(number);
        if (block.timestamp < epoch.challengeableUntil) vm.warp(epoch.challengeableUntil);
        ledger.finalize(number);
        becomeActive(epoch.totalAllocated);
        ++done[this.finalize.selector];
    }

    function claim(uint256 index) external {
        if (activeTree.length == 0) return;
        index = bound(index, 0, ACCOUNTS - 1);
        address account = accounts[index];
        bytes32[] memory proof = MerkleTree.proof(activeTree, index);
        if (index == 1) ReentrantRecipient(payable(account)).arm(active[index], proof, false);
        uint256 due = active[index] > pool.claimed(account) ? active[index] - pool.claimed(account) : 0;
        uint256 left = pool.totalFunded() - pool.totalClaimed();

        try pool.claimFor(account, active[index], proof) {
            vm.assertTrue(index != 0 && due > 0 && due <= left, "paid only what was due and there");
            ++done[this.claim.selector];
        } catch (bytes memory reason) {
            bytes4 expected = due == 0
                ? RewardPool.RewardPool__NothingToClaim.selector
                : due > left
                    ? RewardPool.RewardPool__Insolvent.selector
                    : RewardPool.RewardPool__TransferFailed.selector;
            vm.assertEq(bytes32(bytes4(reason)), bytes32(expected), "refused for the right reason");
            vm.assertTrue(due == 0 || due > left || index == 0, "refused without need");
            ++done[expected];
        }
    }

    function claimMany() external {
        if (activeTree.length == 0) return;
        bytes32[][] memory proofs = new bytes32[][](ACCOUNTS);
        for (uint256 i; i < ACCOUNTS; ++i) {
            proofs[i] = MerkleTree.proof(activeTree, i);
        }
        try pool.claimMany(accounts, active, proofs) {
            ++done[this.claimMany.selector];
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            vm.assertTrue(
                selector == RewardPool.RewardPool__NothingPaid.selector
                    || selector == RewardPool.RewardPool__Insolvent.selector,
                "refused for the right reason"
            );
            ++done[selector];
        }
    }

    /// @dev The operator, a validator and the escrow's two creditors collect what they are owed.
    function withdraw(uint256 who) external {
        address[4] memory creditors = [operator, validators[who % VALIDATORS], governance, named("maintainer")];
        address account = creditors[bound(who, 0, 3)];
        uint256 bonds = ledger.credit(account);
        if (bonds > 0) {
            vm.prank(account);
            ledger.withdraw();
            bondsOut += bonds;
            ++done[this.withdraw.selector];
        }
        uint256 owed = escrow.credit(account);
        if (owed > 0) {
            vm.prank(account);
            escrow.withdraw();
            withdrawn += owed;
            ++done[this.withdraw.selector];
        }
    }

    function becomeActive(uint256 total) private {
        activeTotal = total;
        activeTree = buildTree(posted);
        for (uint256 i; i < ACCOUNTS; ++i) {
            active[i] = posted[i];
            if (active[i] > highest[accounts[i]]) highest[accounts[i]] = active[i];
        }
    }

    function buildTree(uint256[] memory cumulatives) private view returns (bytes32[] memory) {
        bytes32[] memory leaves = new bytes32[](ACCOUNTS);
        for (uint256 i; i < ACCOUNTS; ++i) {
            leaves[i] = keccak256(
                bytes.concat(keccak256(abi.encode(block.chainid, address(pool), accounts[i], cumulatives[i])))
            );
        }
        return MerkleTree.build(leaves);
    }
}
