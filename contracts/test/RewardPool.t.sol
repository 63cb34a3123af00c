// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {RewardPool} from "../src/RewardPool.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {GreedyRecipient, ReentrantRecipient, RefusingRecipient} from "./Recipients.sol";
import {World} from "./World.sol";

contract RewardPoolTest is World {
    function test_constructor_withoutLedger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__ZeroAddress.selector));
        new RewardPool(address(0));
    }

    function test_setRoot_byAnyoneButTheLedger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__NotLedger.selector, governance));
        vm.prank(governance);
        pool.setRoot(MANIFEST);

        vm.expectEmit(address(pool));
        emit RewardPool.RootSet(MANIFEST);
        vm.prank(address(ledger));
        pool.setRoot(MANIFEST);
        vm.assertEq(ledger.activeRoot(), MANIFEST, "activeRoot");
    }

    function test_fund_byAnyone_isCounted() public {
        vm.expectEmit(address(pool));
        emit RewardPool.Funded(stranger, 3 ether, 3 ether);
        vm.prank(stranger);
        pool.fund{value: 3 ether}();

        vm.assertEq(pool.totalFunded(), 3 ether, "funded");
        vm.assertEq(address(pool).balance, 3 ether, "balance");
    }

    function test_fund_withNothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__NothingToFund.selector));
        pool.fund();
    }

    function test_plainTransfer_isRefused() public {
        vm.prank(user);
        (bool sent,) = address(pool).call{value: 1 ether}("");
        vm.assertTrue(!sent, "a transfer without fund() would be money that nobody can claim");
    }

    function test_claim_paysTheCaller() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);

        vm.expectEmit(address(pool));
        emit RewardPool.Claimed(mara, 30 ether, 30 ether);
        vm.prank(mara);
        pool.claim(30 ether, MerkleTree.proof(tree, 0));

        vm.assertEq(mara.balance, 30 ether, "mara");
        vm.assertEq(pool.claimed(mara), 30 ether, "claimed");
        vm.assertEq(pool.totalClaimed(), 30 ether, "total");
        vm.assertEq(address(pool).balance, 70 ether, "pool");
    }

    function test_claimFor_paysTheAccountNotTheCaller() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);

        vm.prank(stranger);
        pool.claimFor(tobias, 70 ether, MerkleTree.proof(tree, 1));

        vm.assertEq(tobias.balance, 70 ether, "tobias");
        vm.assertEq(stranger.balance, 1000 ether, "stranger");
    }

    function test_claim_nextEpoch_paysOnlyWhatIsNew() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
        tree = activate(45 ether, 70 ether);

        pool.claimFor(mara, 45 ether, MerkleTree.proof(tree, 0));
        vm.assertEq(mara.balance, 45 ether, "mara");
        vm.assertEq(pool.claimed(mara), 45 ether, "claimed");
    }

    function test_claim_missedEpoch_isNotLost() public {
        activate(30 ether, 70 ether);
        bytes32[] memory tree = activate(45 ether, 71 ether);

        pool.claimFor(mara, 45 ether, MerkleTree.proof(tree, 0));
        vm.assertEq(mara.balance, 45 ether, "mara");
    }

    function test_claim_twice_reverts() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));

        vm.expectRevert(
            abi.encodeWithSelector(RewardPool.RewardPool__NothingToClaim.selector, mara, 30 ether, 30 ether)
        );
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
    }

    function test_claim_shrunkenCumulative_reverts() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
        tree = activate(20 ether, 90 ether);

        vm.expectRevert(
            abi.encodeWithSelector(RewardPool.RewardPool__NothingToClaim.selector, mara, 20 ether, 30 ether)
        );
        pool.claimFor(mara, 20 ether, MerkleTree.proof(tree, 0));
    }

    function test_claim_beforeAnyEpoch_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__NoActiveRoot.selector));
        pool.claimFor(mara, 1, new bytes32[](0));
    }

    function test_claim_falseProof_reverts() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);

        expectInvalidProof(mara, 31 ether, tree[0]);
        pool.claimFor(mara, 31 ether, MerkleTree.proof(tree, 0));
        expectInvalidProof(stranger, 30 ether, tree[0]);
        pool.claimFor(stranger, 30 ether, MerkleTree.proof(tree, 0));
        expectInvalidProof(mara, 30 ether, tree[0]);
        pool.claimFor(mara, 30 ether, new bytes32[](0));
    }

    /// @dev If leaves were hashed once over 64 bytes, an inner node (two hashes) could be claimed as (account, amount).
    function test_claim_innerNodeAsLeaf_reverts() public {
        address[] memory accounts = new address[](4);
        uint256[] memory cumulatives = new uint256[](4);
        for (uint256 i; i < 4; ++i) {
            (accounts[i], cumulatives[i]) = (vm.addr(i + 1), 1 ether);
        }
        bytes32[] memory tree = rewardTree(accounts, cumulatives);
        fund(4 ether);
        postAndFinalize(tree[0], 4 ether);

        // The inner node tree[1] hashes tree[3] and tree[4]; its proof is its sibling tree[2].
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = tree[2];
        vm.assertEq(MerkleTree.pair(MerkleTree.pair(tree[3], tree[4]), tree[2]), tree[0], "the node is in the tree");
        (bytes32 low, bytes32 high) = tree[3] < tree[4] ? (tree[3], tree[4]) : (tree[4], tree[3]);
        address account = address(uint160(uint256(low)));
        expectInvalidProof(account, uint256(high), tree[0]);
        pool.claimFor(account, uint256(high), proof);
    }

    function test_claim_rootOfAnotherChain_reverts() public {
        bytes32[] memory tree = treeOfTwo(30 ether, 70 ether);
        fund(100 ether);
        postAndFinalize(tree[0], 100 ether);

        vm.chainId(1612);
        expectInvalidProof(mara, 30 ether, tree[0]);
        pool.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
    }

    function test_claim_rootOfAnotherPool_reverts() public {
        bytes32[] memory tree = activate(30 ether, 70 ether);
        RewardPool other = new RewardPool(address(ledger));
        vm.deal(address(this), 100 ether);
        other.fund{value: 100 ether}();
        vm.prank(address(ledger));
        other.setRoot(tree[0]);

        expectInvalidProof(mara, 30 ether, tree[0]);
        other.claimFor(mara, 30 ether, MerkleTree.proof(tree, 0));
    }

    /// @dev A lying operator: the leaves sum to more than was allocated and funded.
    function test_claim_overTheFundedTotal_reverts() public {
        bytes32[] memory tree = treeOfTwo(60 ether, 70 ether);
        fund(100 ether);
        postAndFinalize(tree[0], 100 ether);
        // Money that was not paid in for contributors is not theirs either.
        vm.deal(address(pool), 1000 ether);

        pool.claimFor(mara, 60 ether, MerkleTree.proof(tree, 0));
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__Insolvent.selector, 70 ether, 40 ether));
        pool.claimFor(tobias, 70 ether, MerkleTree.proof(tree, 1));
    }

    function test_claim_refusingRecipient_reverts() public {
        address refusing = address(new RefusingRecipient());
        (, bytes32[] memory tree) = activateFor(refusing, 5 ether);

        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__TransferFailed.selector, refusing, 5 ether));
        pool.claimFor(refusing, 5 ether, MerkleTree.proof(tree, 0));
    }

    function test_claim_reentrantRecipient_isPaidOnce() public {
        ReentrantRecipient recipient = new ReentrantRecipient(pool);
        (, bytes32[] memory tree) = activateFor(address(recipient), 5 ether);
        recipient.arm(5 ether, MerkleTree.proof(tree, 0), false);

        pool.claimFor(address(recipient), 5 ether, MerkleTree.proof(tree, 0));
        vm.assertEq(address(recipient).balance, 5 ether, "paid once");
        assertGuarded(recipient.answer());
    }

    function test_claimMany_reentrantRecipient_isPaidOnce() public {
        ReentrantRecipient recipient = new ReentrantRecipient(pool);
        (address[] memory accounts, bytes32[] memory tree) = activateFor(address(recipient), 5 ether);
        recipient.arm(5 ether, MerkleTree.proof(tree, 0), true);

        claimBoth(accounts, 5 ether, tree);
        vm.assertEq(address(recipient).balance, 0, "its part was refused by itself");
        vm.assertEq(pool.claimed(address(recipient)), 0, "and stays claimable");
        vm.assertEq(mara.balance, 5 ether, "mara");
    }

    function test_claimMany_paysEveryone() public {
        (address[] memory accounts, bytes32[] memory tree) = activateFor(tobias, 5 ether);

        vm.expectEmit(address(pool));
        emit RewardPool.Claimed(tobias, 5 ether, 5 ether);
        vm.expectEmit(address(pool));
        emit RewardPool.Claimed(mara, 5 ether, 5 ether);
        claimBoth(accounts, 5 ether, tree);

        vm.assertEq(tobias.balance, 5 ether, "tobias");
        vm.assertEq(mara.balance, 5 ether, "mara");
        vm.assertEq(pool.totalClaimed(), 10 ether, "total");
    }

    function test_claimMany_refusingRecipient_doesNotBlockOthers() public {
        address refusing = address(new RefusingRecipient());
        (address[] memory accounts, bytes32[] memory tree) = activateFor(refusing, 5 ether);

        vm.expectEmit(address(pool));
        emit RewardPool.ClaimSkipped(refusing, 5 ether);
        claimBoth(accounts, 5 ether, tree);

        vm.assertEq(mara.balance, 5 ether, "mara");
        vm.assertEq(pool.claimed(refusing), 0, "still claimable");
        vm.assertEq(pool.totalClaimed(), 5 ether, "total");
    }

    function test_claimMany_greedyRecipient_cannotBurnTheBatchsGas() public {
        (address[] memory accounts, bytes32[] memory tree) = activateFor(address(new GreedyRecipient()), 5 ether);

        uint256 before = gasleft();
        claimBoth(accounts, 5 ether, tree);
        vm.assertLe(before - gasleft(), 300_000, "gas");
        vm.assertEq(mara.balance, 5 ether, "mara");
    }

    /// @dev Somebody claims for one account just before the relayer's batch arrives.
    function test_claimMany_frontRun_paysTheOthers() public {
        (address[] memory accounts, bytes32[] memory tree) = activateFor(tobias, 5 ether);
        pool.claimFor(tobias, 5 ether, MerkleTree.proof(tree, 0));

        claimBoth(accounts, 5 ether, tree);
        vm.assertEq(tobias.balance, 5 ether, "tobias");
        vm.assertEq(mara.balance, 5 ether, "mara");
    }

    function test_claimMany_sameAccountTwice_paysOnce() public {
        (address[] memory accounts, bytes32[] memory tree) = activateFor(mara, 5 ether);
        accounts[1] = mara;
        uint256[] memory cumulatives = new uint256[](2);
        bytes32[][] memory proofs = new bytes32[][](2);
        for (uint256 i; i < 2; ++i) {
            (cumulatives[i], proofs[i]) = (5 ether, MerkleTree.proof(tree, 0));
        }

        pool.claimMany(accounts, cumulatives, proofs);
        vm.assertEq(mara.balance, 5 ether, "mara");
        vm.assertEq(pool.totalClaimed(), 5 ether, "total");
    }

    function test_claimMany_falseProof_reverts() public {
        (address[] memory accounts, bytes32[] memory tree) = activateFor(tobias, 5 ether);
        expectInvalidProof(tobias, 6 ether, tree[0]);
        claimBoth(accounts, 6 ether, tree);
    }

    function test_claimMany_overTheFundedTotal_reverts() public {
        bytes32[] memory tree = treeOfTwo(60 ether, 60 ether);
        fund(100 ether);
        postAndFinalize(tree[0], 100 ether);
        address[] memory accounts = new address[](2);
        (accounts[0], accounts[1]) = (mara, tobias);

        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__Insolvent.selector, 120 ether, 100 ether));
        claimBoth(accounts, 60 ether, tree);
    }

    function test_claimMany_nothingNew_reverts() public {
        (address[] memory accounts, bytes32[] memory tree) = activateFor(tobias, 5 ether);
        claimBoth(accounts, 5 ether, tree);

        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__NothingPaid.selector));
        claimBoth(accounts, 5 ether, tree);
    }

    function test_claimMany_lengths_mustAgree() public {
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__LengthMismatch.selector, 2, 1, 2));
        pool.claimMany(new address[](2), new uint256[](1), new bytes32[][](2));
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__LengthMismatch.selector, 2, 2, 3));
        pool.claimMany(new address[](2), new uint256[](2), new bytes32[][](3));
    }

    function testFuzz_claim_paysTheDifference(uint256 first, uint256 second) public {
        first = bound(first, 1, 1e27);
        second = bound(second, first + 1, 2e27);
        bytes32[] memory tree = activate(first, 0);
        pool.claimFor(mara, first, MerkleTree.proof(tree, 0));
        tree = activate(second, 0);

        vm.prank(mara);
        pool.claim(second, MerkleTree.proof(tree, 0));
        vm.assertEq(mara.balance, second, "mara");
        vm.assertEq(address(pool).balance, 0, "pool");
    }

    /// @dev Every leaf of a tree of any size is claimable, once, and the sum is conserved.
    function testFuzz_claim_everyLeafOfAnyTree(uint256 seed, uint256 size) public {
        size = bound(size, 1, 33);
        address[] memory accounts = new address[](size);
        uint256[] memory cumulatives = new uint256[](size);
        uint256 total;
        for (uint256 i; i < size; ++i) {
            accounts[i] = address(uint160(uint256(keccak256(abi.encode(seed, i)))));
            cumulatives[i] = bound(uint256(keccak256(abi.encode(i, seed))), 1, 1e24);
            total += cumulatives[i];
        }
        bytes32[] memory tree = rewardTree(accounts, cumulatives);
        fund(total);
        postAndFinalize(tree[0], total);

        for (uint256 i; i < size; ++i) {
            pool.claimFor(accounts[i], cumulatives[i], MerkleTree.proof(tree, i));
            vm.assertEq(accounts[i].balance, cumulatives[i], "paid");
        }
        vm.assertEq(address(pool).balance, 0, "pool");
        vm.assertEq(pool.totalClaimed(), pool.totalFunded(), "total");
    }

    function testFuzz_claim_anyOtherLeaf_reverts(address account, uint256 cumulative, bytes32[] memory proof) public {
        cumulative = bound(cumulative, 1, type(uint256).max);
        bytes32[] memory tree = activate(30 ether, 70 ether);
        vm.assume(proof.length != 1);

        expectInvalidProof(account, cumulative, tree[0]);
        pool.claimFor(account, cumulative, proof);
    }

    /// @dev Funds what is missing and makes a tree for mara and tobias active.
    function activate(uint256 forMara, uint256 forTobias) private returns (bytes32[] memory tree) {
        tree = treeOfTwo(forMara, forTobias);
        fund(forMara + forTobias - pool.totalFunded());
        postAndFinalize(tree[0], forMara + forTobias);
    }

    /// @dev Makes a tree active in which `first` and mara have the same amount.
    function activateFor(address first, uint256 amount)
        private
        returns (address[] memory accounts, bytes32[] memory tree)
    {
        accounts = new address[](2);
        (accounts[0], accounts[1]) = (first, mara);
        uint256[] memory cumulatives = new uint256[](2);
        (cumulatives[0], cumulatives[1]) = (amount, amount);
        tree = rewardTree(accounts, cumulatives);
        fund(2 * amount);
        postAndFinalize(tree[0], 2 * amount);
    }

    function claimBoth(address[] memory accounts, uint256 amount, bytes32[] memory tree) private {
        uint256[] memory cumulatives = new uint256[](2);
        bytes32[][] memory proofs = new bytes32[][](2);
        for (uint256 i; i < 2; ++i) {
            (cumulatives[i], proofs[i]) = (amount, MerkleTree.proof(tree, i));
        }
        pool.claimMany(accounts, cumulatives, proofs);
    }

    function expectInvalidProof(address account, uint256 cumulative, bytes32 root) private {
        vm.expectRevert(abi.encodeWithSelector(RewardPool.RewardPool__InvalidProof.selector, account, cumulative, root));
    }
}
