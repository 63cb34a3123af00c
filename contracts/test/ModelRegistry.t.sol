// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelRegistry} from "../src/ModelRegistry.sol";
import {World} from "./World.sol";

contract ModelRegistryTest is World {
    bytes32 private datanetId;

    function setUp() public override {
        super.setUp();
        datanetId = publishDatanet("seamanship", open());
    }

    function test_register_namesTheModelByChainRegistryOwnerAdapterAndManifest() public {
        ModelRegistry.Registration memory given = registration(datanetId, 1);
        bytes32 expected =
            keccak256(abi.encode(block.chainid, address(models), maintainer, given.adapterHash, given.manifestHash));
        vm.expectEmit(address(models));
        emit ModelRegistry.ModelRegistered(
            expected, maintainer, 1, given.baseHash, given.adapterHash, given.manifestHash
        );
        vm.expectEmit(address(models));
        emit ModelRegistry.PricesSet(expected, 2 ether, 4 ether);
        vm.expectEmit(address(models));
        emit ModelRegistry.ModelLearntFrom(expected, datanetId, 1);
        vm.prank(maintainer);
        vm.assertEq(models.register(given), expected, "modelId");

        ModelRegistry.Model memory model = models.model(expected);
        vm.assertEq(model.baseHash, given.baseHash, "baseHash");
        vm.assertEq(model.adapterHash, given.adapterHash, "adapterHash");
        vm.assertEq(model.manifestHash, given.manifestHash, "manifestHash");
        vm.assertEq(model.sources.length, 1, "sources");
        vm.assertEq(model.sources[0].datanetId, datanetId, "datanetId");
        vm.assertEq(model.sources[0].version, 1, "version");
        vm.assertEq(model.inputPrice, 2 ether, "inputPrice");
        vm.assertEq(model.outputPrice, 4 ether, "outputPrice");
        vm.assertEq(model.owner, maintainer, "owner");
        vm.assertEq(model.number, 1, "number");
        vm.assertEq(models.modelIdOf(1), expected, "modelIdOf");
        vm.assertEq(models.modelCount(), 1, "modelCount");
    }

    function test_register_twice_reverts() public {
        vm.prank(maintainer);
        bytes32 modelId = models.register(registration(datanetId, 1));
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__AlreadyRegistered.selector, modelId));
        vm.prank(maintainer);
        models.register(registration(datanetId, 1));
    }

    function testFuzz_register_versionMustBePublished(bytes32 id, uint64 version) public {
        vm.assume(id != 0);
        if (id != datanetId || version != 1) {
            vm.expectRevert(
                abi.encodeWithSelector(ModelRegistry.ModelRegistry__UnknownDatanetVersion.selector, id, version)
            );
        }
        models.register(registration(id, version));
    }

    function test_register_versionBounds() public {
        expectUnknownVersion(0);
        expectUnknownVersion(2);
    }

    function test_register_zeroHashes_revert() public {
        ModelRegistry.Registration memory given = registration(datanetId, 1);
        given.baseHash = 0;
        expectZeroHash(given);
        given = registration(datanetId, 1);
        given.adapterHash = 0;
        expectZeroHash(given);
        given = registration(datanetId, 1);
        given.manifestHash = 0;
        expectZeroHash(given);
    }

    function test_setPrices_byTheOwnerOnly() public {
        vm.prank(maintainer);
        bytes32 modelId = models.register(registration(datanetId, 1));
        vm.expectEmit(address(models));
        emit ModelRegistry.PricesSet(modelId, 5, 6);
        vm.prank(maintainer);
        models.setPrices(modelId, 5, 6);
        ModelRegistry.Model memory model = models.model(modelId);
        vm.assertTrue(model.inputPrice == 5 && model.outputPrice == 6, "prices");

        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__NotOwner.selector, modelId, stranger));
        vm.prank(stranger);
        models.setPrices(modelId, 0, 0);
    }

    function test_unknownModel_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__UnknownModel.selector, datanetId));
        models.model(datanetId);
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__UnknownModel.selector, datanetId));
        models.setPrices(datanetId, 1, 1);
    }

    /// @dev Several Datanets, ascending by id, each at most once, at most eight.
    function test_register_severalDatanets() public {
        ModelRegistry.Registration memory given = registration(datanetId, 1);
        given.sources = sorted(8);
        vm.prank(maintainer);
        bytes32 modelId = models.register(given);
        ModelRegistry.Source[] memory found = models.sources(modelId);
        vm.assertEq(found.length, 8, "count");
        for (uint256 i; i < 8; ++i) {
            vm.assertEq(found[i].datanetId, given.sources[i].datanetId, "datanetId");
        }

        given.adapterHash = keccak256("another");
        (given.sources[0], given.sources[1]) = (given.sources[1], given.sources[0]);
        expectNotAscending(given, given.sources[0].datanetId, given.sources[1].datanetId);
        given.sources[1] = given.sources[0];
        expectNotAscending(given, given.sources[0].datanetId, given.sources[0].datanetId);
    }

    function test_register_noneOrTooManyDatanets_reverts() public {
        ModelRegistry.Registration memory given = registration(datanetId, 1);
        for (uint256 count; count < 10; count += 9) {
            given.sources = new ModelRegistry.Source[](count);
            vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__SourceCount.selector, count, 8));
            models.register(given);
        }
    }

    /// @dev Permission is asked for at registration: the owner, curators and whoever holds a grant that has not run out.
    function test_register_withoutAccess_reverts() public {
        bytes32 id = publishDatanet("guarded", closed());
        expectNoAccess(id, mara);

        vm.prank(maintainer);
        datanets.grantAccess(id, mara, 7 days);
        vm.warp(block.timestamp + 7 days);
        expectNoAccess(id, mara);
        vm.prank(maintainer);
        datanets.grantAccess(id, mara, 7 days);
        vm.prank(mara);
        bytes32 modelId = models.register(registration(id, 1));

        vm.prank(maintainer);
        datanets.revokeAccess(id, mara, "licence broken");
        vm.assertEq(models.terms(modelId).owner, mara, "what was registered stays");
        ModelRegistry.Registration memory next = registration(id, 1);
        next.adapterHash = keccak256("next");
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__NoAccess.selector, id, mara));
        vm.prank(mara);
        models.register(next);
    }

    /// @dev One permitted Datanet does not open another.
    function test_register_oneOfTwoWithoutAccess_reverts() public {
        ModelRegistry.Registration memory given = registration(datanetId, 1);
        given.sources = sorted(2);
        vm.prank(maintainer);
        datanets.setPolicy(given.sources[1].datanetId, closed());
        vm.expectRevert(
            abi.encodeWithSelector(ModelRegistry.ModelRegistry__NoAccess.selector, given.sources[1].datanetId, mara)
        );
        vm.prank(mara);
        models.register(given);
        vm.assertEq(models.modelCount(), 0, "nothing is left of the attempt");
    }

    function test_transferOwnership_needsConsent_andMovesTheIncome() public {
        vm.prank(maintainer);
        bytes32 modelId = models.register(registration(datanetId, 1));
        vm.expectEmit(address(models));
        emit ModelRegistry.OwnershipOffered(modelId, maintainer, mara);
        vm.prank(maintainer);
        models.transferOwnership(modelId, mara);
        vm.assertEq(models.terms(modelId).owner, maintainer, "not yet");
        expectNotOffered(modelId, stranger);

        vm.expectEmit(address(models));
        emit ModelRegistry.OwnershipTransferred(modelId, maintainer, mara);
        vm.prank(mara);
        models.acceptOwnership(modelId);
        vm.assertEq(models.terms(modelId).owner, mara, "owner");
        expectNotOffered(modelId, mara);
        uint256 fee = escrow.quote(modelId, 500, 250);
        vm.prank(user);
        escrow.pay{value: fee}(modelId, keccak256("inference"), 500, 250);
        vm.assertEq(escrow.credit(mara), 0.4 ether, "the new owner's part");

        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__NotOwner.selector, modelId, maintainer));
        vm.prank(maintainer);
        models.transferOwnership(modelId, maintainer);
    }

    function expectNotOffered(bytes32 modelId, address account) private {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__NotOffered.selector, modelId, account));
        vm.prank(account);
        models.acceptOwnership(modelId);
    }

    function expectNoAccess(bytes32 id, address account) private {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__NoAccess.selector, id, account));
        vm.prank(account);
        models.register(registration(id, 1));
    }

    function expectNotAscending(ModelRegistry.Registration memory given, bytes32 before, bytes32 id) private {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__SourcesNotAscending.selector, before, id));
        vm.prank(maintainer);
        models.register(given);
    }

    /// @dev `count` open Datanets with one version each.
    function sorted(uint256 count) private returns (ModelRegistry.Source[] memory sources) {
        sources = new ModelRegistry.Source[](count);
        for (uint256 i; i < count; ++i) {
            sources[i] = ModelRegistry.Source(publishDatanet(string(abi.encodePacked("d", uint8(97 + i))), open()), 1);
            for (uint256 j = i; j > 0 && sources[j].datanetId < sources[j - 1].datanetId; --j) {
                (sources[j], sources[j - 1]) = (sources[j - 1], sources[j]);
            }
        }
    }

    function expectUnknownVersion(uint64 version) private {
        vm.expectRevert(
            abi.encodeWithSelector(ModelRegistry.ModelRegistry__UnknownDatanetVersion.selector, datanetId, version)
        );
        models.register(registration(datanetId, version));
    }

    function expectZeroHash(ModelRegistry.Registration memory given) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ModelRegistry.ModelRegistry__ZeroHash.selector, given.baseHash, given.adapterHash, given.manifestHash
            )
        );
        models.register(given);
    }
}
