// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetRegistry} from "./DatanetRegistry.sol";

/// @title Models: a base, an adapter, the Datanet versions it learnt from, and the prices of its answers
/// @notice A model's hashes and sources never change; its owner sets the prices and can transfer the model. The account
/// that registers it must have access to every Datanet at that time. The contract holds no money.
contract ModelRegistry {
    /// @notice A published version that a model learnt from.
    struct Source {
        bytes32 datanetId;
        uint64 version;
    }

    /// @param manifestHash Hash of the training manifest, from which the training can be run again.
    /// @param sources Ascending by datanetId, each Datanet once; 1 to {MAX_SOURCES}.
    /// @param inputPrice Wei of OPEN for 1000 input tokens.
    /// @param outputPrice Wei of OPEN for 1000 output tokens.
    struct Registration {
        bytes32 baseHash;
        bytes32 adapterHash;
        bytes32 manifestHash;
        Source[] sources;
        uint128 inputPrice;
        uint128 outputPrice;
    }

    /// @notice What {model} answers.
    struct Model {
        bytes32 baseHash;
        bytes32 adapterHash;
        bytes32 manifestHash;
        Source[] sources;
        uint128 inputPrice;
        uint128 outputPrice;
        address owner;
        uint32 number;
    }

    /// @notice What a payment needs. `number` names the model in a quarter of the room that its id takes.
    /// @dev Two slots.
    struct Terms {
        uint128 inputPrice;
        uint128 outputPrice;
        address owner;
        uint32 number;
    }

    struct Hashes {
        bytes32 base;
        bytes32 adapter;
        bytes32 manifest;
    }

    event ModelRegistered(
        bytes32 indexed modelId,
        address indexed owner,
        uint32 number,
        bytes32 baseHash,
        bytes32 adapterHash,
        bytes32 manifestHash
    );
    event ModelLearntFrom(bytes32 indexed modelId, bytes32 indexed datanetId, uint64 version);
    event PricesSet(bytes32 indexed modelId, uint128 inputPrice, uint128 outputPrice);
    event OwnershipOffered(bytes32 indexed modelId, address indexed owner, address indexed to);
    event OwnershipTransferred(bytes32 indexed modelId, address indexed from, address indexed to);

    error ModelRegistry__ZeroHash(bytes32 baseHash, bytes32 adapterHash, bytes32 manifestHash);
    error ModelRegistry__SourceCount(uint256 count, uint256 max);
    error ModelRegistry__SourcesNotAscending(bytes32 before, bytes32 datanetId);
    error ModelRegistry__UnknownDatanetVersion(bytes32 datanetId, uint256 version);
    error ModelRegistry__NoAccess(bytes32 datanetId, address caller);
    error ModelRegistry__AlreadyRegistered(bytes32 modelId);
    error ModelRegistry__UnknownModel(bytes32 modelId);
    error ModelRegistry__NotOwner(bytes32 modelId, address caller);
    error ModelRegistry__NotOffered(bytes32 modelId, address caller);

    /// @notice Bounds every loop over a model's Datanets, here and in the escrow.
    uint256 public constant MAX_SOURCES = 8;

    DatanetRegistry public immutable datanets;

    /// @notice How many models were registered; they are numbered from 1.
    uint32 public modelCount;

    /// @notice Id of the model of a number, zero when there is none.
    mapping(uint32 number => bytes32 modelId) public modelIdOf;

    /// @notice Who may become the owner by accepting; zero when nobody was asked.
    mapping(bytes32 modelId => address) public pendingOwner;

    mapping(bytes32 modelId => Terms) private _terms;
    mapping(bytes32 modelId => Hashes) private _hashes;
    mapping(bytes32 modelId => Source[]) private _sources;

    constructor(DatanetRegistry datanets_) {
        datanets = datanets_;
    }

    /// @notice Registers the caller's model. Its Datanet versions must have been published, and if a Datanet requires
    /// permission, the caller must have access to it now.
    /// @return modelId Bound to this chain, this registry, the caller, the adapter and the manifest.
    function register(Registration calldata registration) external returns (bytes32 modelId) {
        Hashes memory hashes = Hashes(registration.baseHash, registration.adapterHash, registration.manifestHash);
        if (hashes.base == 0 || hashes.adapter == 0 || hashes.manifest == 0) {
            revert ModelRegistry__ZeroHash(hashes.base, hashes.adapter, hashes.manifest);
        }
        modelId = keccak256(abi.encode(block.chainid, address(this), msg.sender, hashes.adapter, hashes.manifest));
        if (_terms[modelId].owner != address(0)) revert ModelRegistry__AlreadyRegistered(modelId);

        uint32 number = ++modelCount;
        modelIdOf[number] = modelId;
        _hashes[modelId] = hashes;
        _terms[modelId] = Terms(registration.inputPrice, registration.outputPrice, msg.sender, number);
        emit ModelRegistered(modelId, msg.sender, number, hashes.base, hashes.adapter, hashes.manifest);
        emit PricesSet(modelId, registration.inputPrice, registration.outputPrice);
        _setSources(modelId, registration.sources);
    }

    /// @notice Changes the prices from the next payment on. Owner only.
    function setPrices(bytes32 modelId, uint128 inputPrice, uint128 outputPrice) external {
        Terms storage found = _ownTerms(modelId);
        found.inputPrice = inputPrice;
        found.outputPrice = outputPrice;
        emit PricesSet(modelId, inputPrice, outputPrice);
    }

    /// @notice Offers the model to `to`, who must accept it; zero cancels the offer. Owner only.
    function transferOwnership(bytes32 modelId, address to) external {
        _ownTerms(modelId);
        pendingOwner[modelId] = to;
        emit OwnershipOffered(modelId, msg.sender, to);
    }

    /// @notice Takes the model that was offered to the caller, and the owner's part of payments to come.
    function acceptOwnership(bytes32 modelId) external {
        if (pendingOwner[modelId] != msg.sender) revert ModelRegistry__NotOffered(modelId, msg.sender);

        delete pendingOwner[modelId];
        address from = _terms[modelId].owner;
        _terms[modelId].owner = msg.sender;
        emit OwnershipTransferred(modelId, from, msg.sender);
    }

    function model(bytes32 modelId) external view returns (Model memory) {
        Terms memory found = terms(modelId);
        Hashes memory hashes = _hashes[modelId];
        return Model({
            baseHash: hashes.base,
            adapterHash: hashes.adapter,
            manifestHash: hashes.manifest,
            sources: _sources[modelId],
            inputPrice: found.inputPrice,
            outputPrice: found.outputPrice,
            owner: found.owner,
            number: found.number
        });
    }

    /// @notice The Datanet versions that a model learnt from; empty for an unknown model.
    function sources(bytes32 modelId) external view returns (Source[] memory) {
        return _sources[modelId];
    }

    /// @notice Prices, owner and number of a model.
    function terms(bytes32 modelId) public view returns (Terms memory found) {
        found = _terms[modelId];
        if (found.owner == address(0)) revert ModelRegistry__UnknownModel(modelId);
    }

    function _setSources(bytes32 modelId, Source[] calldata given) private {
        uint256 count = given.length;
        if (count == 0 || count > MAX_SOURCES) revert ModelRegistry__SourceCount(count, MAX_SOURCES);

        bytes32 before;
        for (uint256 i; i < count; ++i) {
            Source calldata source = given[i];
            (bytes32 datanetId, uint64 version) = (source.datanetId, source.version);
            if (datanetId <= before) revert ModelRegistry__SourcesNotAscending(before, datanetId);
            if (version == 0 || version > datanets.versionCount(datanetId)) {
                revert ModelRegistry__UnknownDatanetVersion(datanetId, version);
            }
            if (!datanets.hasAccess(datanetId, msg.sender)) revert ModelRegistry__NoAccess(datanetId, msg.sender);

            before = datanetId;
            _sources[modelId].push(source);
            emit ModelLearntFrom(modelId, datanetId, version);
        }
    }

    function _ownTerms(bytes32 modelId) private view returns (Terms storage found) {
        found = _terms[modelId];
        if (found.owner == address(0)) revert ModelRegistry__UnknownModel(modelId);
        if (found.owner != msg.sender) revert ModelRegistry__NotOwner(modelId, msg.sender);
    }
}
