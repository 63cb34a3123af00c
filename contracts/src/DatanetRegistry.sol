// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Datanets and their published versions
/// @notice A version is the root of an OpenZeppelin standard tree over (bytes32 recordId, address contributor). Versions
/// are numbered from 1 and never change. The contract holds no money.
contract DatanetRegistry {
    struct Version {
        bytes32 root;
        bytes32 contentHash;
        uint64 recordCount;
        uint64 publishedAt;
    }

    /// @dev One slot.
    struct Datanet {
        address owner;
        uint64 versionCount;
    }

    event DatanetCreated(bytes32 indexed id, address indexed owner, string name, string licence);
    event CuratorSet(bytes32 indexed id, address indexed account, bool allowed);
    event VersionPublished(
        bytes32 indexed id, uint256 indexed version, bytes32 root, uint64 recordCount, bytes32 contentHash
    );

    error DatanetRegistry__EmptyName();
    error DatanetRegistry__EmptyLicence(string name);
    error DatanetRegistry__AlreadyExists(bytes32 id);
    error DatanetRegistry__UnknownDatanet(bytes32 id);
    error DatanetRegistry__NotOwner(bytes32 id, address caller);
    error DatanetRegistry__NotCurator(bytes32 id, address caller);
    error DatanetRegistry__EmptyVersion(bytes32 id, bytes32 root, uint64 recordCount, bytes32 contentHash);
    error DatanetRegistry__UnknownVersion(bytes32 id, uint256 version);

    mapping(bytes32 id => Datanet) private _datanets;
    mapping(bytes32 id => mapping(uint256 number => Version)) private _versions;

    /// @notice Whether the owner lets `account` publish. The owner always may.
    mapping(bytes32 id => mapping(address account => bool)) public isCurator;

    /// @notice Creates the caller's Datanet `name`. The name and the licence live in the event.
    function create(string calldata name, string calldata licence) external returns (bytes32 datanetId) {
        if (bytes(name).length == 0) revert DatanetRegistry__EmptyName();
        if (bytes(licence).length == 0) revert DatanetRegistry__EmptyLicence(name);

        datanetId = datanetIdOf(msg.sender, name);
        if (_datanets[datanetId].owner != address(0)) revert DatanetRegistry__AlreadyExists(datanetId);

        _datanets[datanetId].owner = msg.sender;
        emit DatanetCreated(datanetId, msg.sender, name, licence);
    }

    /// @notice Lets `account` publish versions, or stops it. Owner only.
    function setCurator(bytes32 id, address account, bool allowed) external {
        if (_datanet(id).owner != msg.sender) revert DatanetRegistry__NotOwner(id, msg.sender);

        isCurator[id][account] = allowed;
        emit CuratorSet(id, account, allowed);
    }

    /// @notice Publishes the next version. Owner and curators only.
    /// @param root Root over (recordId, contributor).
    /// @param contentHash keccak256 of the version's records.jsonl.
    function publish(bytes32 id, bytes32 root, uint64 recordCount, bytes32 contentHash)
        external
        returns (uint256 number)
    {
        Datanet storage datanet = _datanet(id);
        if (datanet.owner != msg.sender && !isCurator[id][msg.sender]) {
            revert DatanetRegistry__NotCurator(id, msg.sender);
        }
        if (root == 0 || recordCount == 0 || contentHash == 0) {
            revert DatanetRegistry__EmptyVersion(id, root, recordCount, contentHash);
        }

        number = ++datanet.versionCount;
        _versions[id][number] = Version(root, contentHash, recordCount, uint64(block.timestamp));
        emit VersionPublished(id, number, root, recordCount, contentHash);
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

    /// @notice The owner, or zero when there is no such Datanet.
    function owner(bytes32 id) external view returns (address) {
        return _datanets[id].owner;
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

    /// @notice The id of `account`'s Datanet `name`: bound to this chain and this registry.
    function datanetIdOf(address account, string calldata name) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), account, name));
    }

    function _datanet(bytes32 id) private view returns (Datanet storage datanet) {
        datanet = _datanets[id];
        if (datanet.owner == address(0)) revert DatanetRegistry__UnknownDatanet(id);
    }
}
