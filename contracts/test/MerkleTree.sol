// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev OpenZeppelin's standard tree as written in @openzeppelin/merkle-tree: a heap whose last half is the leaves in
/// reverse, pairs hashed in sorted order. Only the sorting of the leaves is left out, which no verifier can see.
library MerkleTree {
    function build(bytes32[] memory leaves) internal pure returns (bytes32[] memory tree) {
        uint256 size = 2 * leaves.length - 1;
        tree = new bytes32[](size);
        for (uint256 i; i < leaves.length; ++i) {
            tree[size - 1 - i] = leaves[i];
        }
        for (uint256 i = leaves.length - 1; i > 0; --i) {
            tree[i - 1] = pair(tree[2 * i - 1], tree[2 * i]);
        }
    }

    /// @param leaf Index into the leaves that the tree was built from.
    function proof(bytes32[] memory tree, uint256 leaf) internal pure returns (bytes32[] memory path) {
        uint256 index = tree.length - 1 - leaf;
        uint256 depth;
        for (uint256 i = index; i > 0; i = (i - 1) / 2) {
            ++depth;
        }
        path = new bytes32[](depth);
        for (uint256 i; i < depth; ++i) {
            path[i] = tree[index % 2 == 0 ? index - 1 : index + 1];
            index = (index - 1) / 2;
        }
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
    }
}
