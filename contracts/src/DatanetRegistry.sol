// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {DatanetAccess} from "./DatanetAccess.sol";

/// @title Datanets and their published versions
/// @notice A version is the root of an OpenZeppelin standard tree over (bytes32 recordId, address contributor). Versions
/// are numbered from 1 and never change. Money that the contract holds belongs to requesters, grants' accounts and the
/// holders of shares; nobody else can move it: see {DatanetAccess} and {DatanetIncome}.
contract DatanetRegistry is DatanetAccess {
    struct Version {
        bytes32 root;
        bytes32 contentHash;
        uint64 recordCount;
        uint64 publishedAt;
    }

    event DatanetCreated(bytes32 indexed id, address indexed owner, string name, string licence);
    event VersionPublished(
        bytes32 indexed id,
        uint256 indexed version,
        bytes32 root,
        uint64 recordCount,
        bytes32 contentHash,
        string cid,
        string licence
    );

    error DatanetRegistry__EmptyName();
    error DatanetRegistry__EmptyLicence(string name);
    error DatanetRegistry__AlreadyExists(bytes32 id);
    error DatanetRegistry__EmptyVersion(bytes32 id, bytes32 root, uint64 recordCount, bytes32 contentHash);
    error DatanetRegistry__VersionWithoutLicence(bytes32 id);
    error DatanetRegistry__UnknownVersion(bytes32 id, uint256 version);

    mapping(bytes32 id => mapping(uint256 number => Version)) private _versions;

    /// @notice Creates the caller's Datanet `name`; all of its shares are the caller's. Name and licence live in the event.
    /// @param licence SPDX identifier under which records are contributed; a version says its own.
    function create(string calldata name, string calldata licence, Policy calldata policy_)
        external
        returns (bytes32 datanetId)
    {
        if (bytes(name).length == 0) revert DatanetRegistry__EmptyName();
        if (bytes(licence).length == 0) revert DatanetRegistry__EmptyLicence(name);

        datanetId = datanetIdOf(msg.sender, name);
        if (_datanets[datanetId].owner != address(0)) revert DatanetRegistry__AlreadyExists(datanetId);

        _datanets[datanetId].owner = msg.sender;
        emit DatanetCreated(datanetId, msg.sender, name, licence);
        _setPolicy(datanetId, policy_);
        _issueShares(datanetId, msg.sender);
    }

    /// @notice Publishes the next version. Owner and curators only.
    /// @param root Root over (recordId, contributor).
    /// @param contentHash keccak256 of the version's records.jsonl.
    /// @param cid Where the records can be had, as a content id; may be empty. Kept in the event.
    /// @param licence SPDX identifier of this version's licence. Kept in the event.
    function publish(
        bytes32 id,
        bytes32 root,
        uint64 recordCount,
        bytes32 contentHash,
        string calldata cid,
        string calldata licence
    ) external onlyCurator(id) returns (uint256 number) {
        if (root == 0 || recordCount == 0 || contentHash == 0) {
            revert DatanetRegistry__EmptyVersion(id, root, recordCount, contentHash);
        }
        if (bytes(licence).length == 0) revert DatanetRegistry__VersionWithoutLicence(id);

        number = ++_datanets[id].versionCount;
        _versions[id][number] = Version(root, contentHash, recordCount, uint64(block.timestamp));
        emit VersionPublished(id, number, root, recordCount, contentHash, cid, licence);
    }

    /// @notice Whether `contributor`'s record `recordId` is in the version.
    function verifyRecord(bytes32 id, uint256 number, bytes32 recordId, address contributor, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        // Hashed twice, so that no inner node of 64 bytes can pass for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(recordId, contributor))));
        return MerkleProof.verifyCalldata(proof, version(id, number).root, leaf);
    }

    /// @notice The newest version's number, 0 before the first one.
    function versionCount(bytes32 id) external view returns (uint256) {
        return _datanets[id].versionCount;
    }

    function version(bytes32 id, uint256 number) public view returns (Version memory) {
        Version memory found = _versions[id][number];
        if (found.root == 0) revert DatanetRegistry__UnknownVersion(id, number);
        return found;
    }

    /// @notice The id of the Datanet `name` that `account` created: bound to this chain and this registry. It stays the same
    /// when the owner changes.
    function datanetIdOf(address account, string calldata name) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), account, name));
    }
}
