// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {DatanetAccess} from "./DatanetAccess.sol";

/// @title Datanets and their published versions
/// @notice A version is the root of an OpenZeppelin standard tree over (bytes32 recordId, address contributor, uint64
/// sequence), where the sequence is the record's place in the order in which the Datanet took records. Versions are
/// numbered from 1 and never change. A Datanet has an identity before it is on any chain: contributors sign for it, and
/// every registration commits to it (see {identityOf}). Money that the contract holds belongs to requesters, grants'
/// accounts and the holders of shares; nobody else can move it: see {DatanetAccess} and {DatanetIncome}.
contract DatanetRegistry is DatanetAccess {
    struct Version {
        bytes32 root;
        bytes32 contentHash;
        uint64 recordCount;
        uint64 publishedAt;
    }

    event DatanetCreated(
        bytes32 indexed id, address indexed owner, bytes32 indexed identity, string name, string licence
    );
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

    /// @notice The identity that the records of a Datanet were signed for; zero where there is no such Datanet.
    mapping(bytes32 id => bytes32) public identity;

    /// @notice Registers a Datanet for the caller; all of its shares are the caller's. Name and licence live in the
    /// event.
    /// @param salt What its identity was derived from beside the name, when the Datanet was made.
    /// @param licence SPDX identifier under which records are contributed; a version says its own.
    function create(string calldata name, bytes32 salt, string calldata licence, Policy calldata policy_)
        external
        returns (bytes32 datanetId)
    {
        if (bytes(name).length == 0) revert DatanetRegistry__EmptyName();
        if (bytes(licence).length == 0) revert DatanetRegistry__EmptyLicence(name);

        bytes32 signedFor = identityOf(name, salt);
        datanetId = datanetIdOf(msg.sender, signedFor);
        if (_datanets[datanetId].owner != address(0)) revert DatanetRegistry__AlreadyExists(datanetId);

        _datanets[datanetId].owner = msg.sender;
        identity[datanetId] = signedFor;
        emit DatanetCreated(datanetId, msg.sender, signedFor, name, licence);
        _setPolicy(datanetId, policy_);
        _issueShares(datanetId, msg.sender);
    }

    /// @notice Publishes the next version. Owner and curators only.
    /// @param root Root over (recordId, contributor, sequence).
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

    /// @notice Whether `contributor`'s record `recordId` is in the version, as the Datanet's record number `sequence`.
    function verifyRecord(
        bytes32 id,
        uint256 number,
        bytes32 recordId,
        address contributor,
        uint64 sequence,
        bytes32[] calldata proof
    ) external view returns (bool) {
        // Hashed twice, so that no inner node can pass for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(recordId, contributor, sequence))));
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

    /// @notice The identity of a Datanet. Its maker drew the salt at random, and it is the same on every chain.
    function identityOf(string calldata name, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(name, salt));
    }

    /// @notice The id of the Datanet of an identity that `account` registered: bound to this chain and this registry.
    /// It stays the same when the owner changes. Two accounts that register one identity have two Datanets.
    function datanetIdOf(address account, bytes32 signedFor) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), account, signedFor));
    }
}
