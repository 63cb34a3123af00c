// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetRegistry} from "./DatanetRegistry.sol";

/// @title Models: a base, an adapter, the Datanet version it learnt from, and the prices of its answers
/// @notice Everything but the prices is fixed at registration. The contract holds no money.
contract ModelRegistry {
    /// @param manifestHash Hash of the training manifest, from which the training can be run again.
    /// @param inputPrice Wei of OPEN for 1000 input tokens.
    /// @param outputPrice Wei of OPEN for 1000 output tokens.
    struct Registration {
        bytes32 baseHash;
        bytes32 adapterHash;
        bytes32 manifestHash;
        bytes32 datanetId;
        uint64 datanetVersion;
        uint128 inputPrice;
        uint128 outputPrice;
    }

    /// @dev Six slots; prices share one, owner and version another.
    struct Model {
        bytes32 baseHash;
        bytes32 adapterHash;
        bytes32 manifestHash;
        bytes32 datanetId;
        uint128 inputPrice;
        uint128 outputPrice;
        address owner;
        uint64 datanetVersion;
    }

    event ModelRegistered(
        bytes32 indexed modelId,
        address indexed owner,
        bytes32 indexed datanetId,
        uint256 datanetVersion,
        bytes32 baseHash,
        bytes32 adapterHash,
        bytes32 manifestHash
    );
    event PricesSet(bytes32 indexed modelId, uint128 inputPrice, uint128 outputPrice);

    error ModelRegistry__ZeroHash(bytes32 baseHash, bytes32 adapterHash, bytes32 manifestHash);
    error ModelRegistry__UnknownDatanetVersion(bytes32 datanetId, uint256 version);
    error ModelRegistry__AlreadyRegistered(bytes32 modelId);
    error ModelRegistry__UnknownModel(bytes32 modelId);
    error ModelRegistry__NotOwner(bytes32 modelId, address caller);

    DatanetRegistry public immutable datanets;

    mapping(bytes32 modelId => Model) private _models;

    constructor(DatanetRegistry datanets_) {
        datanets = datanets_;
    }

    /// @notice Registers the caller's model. Its Datanet version must have been published.
    /// @return modelId Bound to this chain, this registry, the caller, the adapter and the manifest.
    function register(Registration calldata registration) external returns (bytes32 modelId) {
        if (registration.baseHash == 0 || registration.adapterHash == 0 || registration.manifestHash == 0) {
            revert ModelRegistry__ZeroHash(registration.baseHash, registration.adapterHash, registration.manifestHash);
        }
        bytes32 datanetId = registration.datanetId;
        uint64 datanetVersion = registration.datanetVersion;
        if (datanetVersion == 0 || datanetVersion > datanets.versionCount(datanetId)) {
            revert ModelRegistry__UnknownDatanetVersion(datanetId, datanetVersion);
        }

        modelId = keccak256(
            abi.encode(block.chainid, address(this), msg.sender, registration.adapterHash, registration.manifestHash)
        );
        if (_models[modelId].owner != address(0)) revert ModelRegistry__AlreadyRegistered(modelId);

        _models[modelId] = Model({
            baseHash: registration.baseHash,
            adapterHash: registration.adapterHash,
            manifestHash: registration.manifestHash,
            datanetId: datanetId,
            inputPrice: registration.inputPrice,
            outputPrice: registration.outputPrice,
            owner: msg.sender,
            datanetVersion: datanetVersion
        });
        emit ModelRegistered(
            modelId,
            msg.sender,
            datanetId,
            datanetVersion,
            registration.baseHash,
            registration.adapterHash,
            registration.manifestHash
        );
        emit PricesSet(modelId, registration.inputPrice, registration.outputPrice);
    }

    /// @notice Changes the prices from the next payment on. Owner only.
    function setPrices(bytes32 modelId, uint128 inputPrice, uint128 outputPrice) external {
        Model storage found = _model(modelId);
        if (found.owner != msg.sender) revert ModelRegistry__NotOwner(modelId, msg.sender);

        found.inputPrice = inputPrice;
        found.outputPrice = outputPrice;
        emit PricesSet(modelId, inputPrice, outputPrice);
    }

    function model(bytes32 modelId) external view returns (Model memory) {
        return _model(modelId);
    }

    function _model(bytes32 modelId) private view returns (Model storage found) {
        found = _models[modelId];
        if (found.owner == address(0)) revert ModelRegistry__UnknownModel(modelId);
    }
}
