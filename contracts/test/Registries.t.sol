// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetRegistry} from "../src/DatanetRegistry.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {World} from "./World.sol";

contract DatanetRegistryTest is World {
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant CONTENT = keccak256("content");

    bytes32 private id;

    function setUp() public override {
        super.setUp();
        vm.prank(maintainer);
        id = datanets.create("seamanship", "CC-BY-4.0");
    }

    function test_create_namesTheDatanetByChainRegistryOwnerAndName() public {
        bytes32 expected = keccak256(abi.encode(block.chainid, address(datanets), stranger, "knots"));
        vm.expectEmit(address(datanets));
        emit DatanetRegistry.DatanetCreated(expected, stranger, "knots", "MIT");
        vm.prank(stranger);
        vm.assertEq(datanets.create("knots", "MIT"), expected, "id");
        vm.assertEq(datanets.datanetIdOf(stranger, "knots"), expected, "datanetIdOf");
        vm.assertEq(datanets.owner(expected), stranger, "owner");
        vm.assertEq(datanets.versionCount(expected), 0, "versionCount");
    }

    function test_create_twice_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__AlreadyExists.selector, id));
        vm.prank(maintainer);
        datanets.create("seamanship", "MIT");
    }

    /// @dev Taking a name does not keep anybody else from using it.
    function testFuzz_create_namesAreTheirOwners(address account) public {
        vm.assume(account != maintainer);
        vm.prank(account);
        vm.assertTrue(datanets.create("seamanship", "MIT") != id, "id");
        vm.assertEq(datanets.owner(id), maintainer, "owner");
    }

    function test_create_emptyNameOrLicence_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__EmptyName.selector));
        datanets.create("", "MIT");
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__EmptyLicence.selector, "knots"));
        datanets.create("knots", "");
    }

    function test_publish_numbersVersionsFromOne() public {
        vm.expectEmit(address(datanets));
        emit DatanetRegistry.VersionPublished(id, 1, ROOT, 144, CONTENT);
        vm.prank(maintainer);
        vm.assertEq(datanets.publish(id, ROOT, 144, CONTENT), 1, "first");
        vm.prank(maintainer);
        vm.assertEq(datanets.publish(id, CONTENT, 145, ROOT), 2, "second");

        DatanetRegistry.Version memory version = datanets.version(id, 1);
        vm.assertEq(version.root, ROOT, "root");
        vm.assertEq(version.contentHash, CONTENT, "contentHash");
        vm.assertEq(version.recordCount, 144, "recordCount");
        vm.assertEq(version.publishedAt, block.timestamp, "publishedAt");
        vm.assertEq(datanets.versionCount(id), 2, "versionCount");
    }

    function test_publish_byCurators_whileAllowed() public {
        expectNotCurator(tobias);
        vm.expectEmit(address(datanets));
        emit DatanetRegistry.CuratorSet(id, tobias, true);
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        vm.assertTrue(datanets.isCurator(id, tobias), "isCurator");

        vm.prank(tobias);
        datanets.publish(id, ROOT, 1, CONTENT);
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, false);
        expectNotCurator(tobias);
    }

    function test_publish_empty_reverts() public {
        expectEmptyVersion(0, 1, CONTENT);
        expectEmptyVersion(ROOT, 0, CONTENT);
        expectEmptyVersion(ROOT, 1, 0);
    }

    function test_unknownDatanet_reverts() public {
        bytes memory refusal = abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__UnknownDatanet.selector, ROOT);
        vm.expectRevert(refusal);
        datanets.publish(ROOT, ROOT, 1, CONTENT);
        vm.expectRevert(refusal);
        datanets.setCurator(ROOT, tobias, true);
        vm.assertEq(datanets.owner(ROOT), address(0), "owner");
    }

    function test_setCurator_byCurator_reverts() public {
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__NotOwner.selector, id, tobias));
        vm.prank(tobias);
        datanets.setCurator(id, mara, true);
    }

    function test_unknownVersion_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__UnknownVersion.selector, id, 1));
        datanets.version(id, 1);
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__UnknownVersion.selector, id, 1));
        datanets.verifyRecord(id, 1, ROOT, mara, new bytes32[](0));
    }

    /// @dev Root and proof of records 1, 2, 3 of contributors 0x11, 0x22, 0x33, made by @openzeppelin/merkle-tree 1.0.8.
    function test_verifyRecord_acceptsOpenZeppelinsTree() public {
        vm.prank(maintainer);
        datanets.publish(id, 0xe39dddffebd75b429f9daa71c2a56414a5ac059ce8094a814e949e7da4384cb3, 3, CONTENT);
        bytes32[] memory proof = new bytes32[](2);
        proof[0] = 0xd1b2c44f15f2643216af916b06e78715672c724c530d1faa1ef1226d2c5a1f33;
        proof[1] = 0xd6be3daddbc9f89c33a725a49265487c9b5379c46bf50b32fe9fa6e49d8a48e2;

        vm.assertTrue(datanets.verifyRecord(id, 1, bytes32(uint256(2)), address(0x22), proof), "in");
        vm.assertTrue(!datanets.verifyRecord(id, 1, bytes32(uint256(2)), address(0x33), proof), "not its contributor");
        vm.assertTrue(!datanets.verifyRecord(id, 1, bytes32(uint256(3)), address(0x22), proof), "not its record");
    }

    function testFuzz_verifyRecord_innerNodesAreNoRecords(bytes32[4] memory records) public {
        bytes32[] memory leaves = new bytes32[](4);
        for (uint256 i; i < 4; ++i) {
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(records[i], mara))));
        }
        bytes32[] memory tree = MerkleTree.build(leaves);
        vm.prank(maintainer);
        datanets.publish(id, tree[0], 4, CONTENT);
        for (uint256 i; i < 4; ++i) {
            vm.assertTrue(datanets.verifyRecord(id, 1, records[i], mara, MerkleTree.proof(tree, i)), "in");
        }

        bytes32[] memory proof = new bytes32[](1);
        proof[0] = tree[2];
        address cut = address(uint160(uint256(tree[4])));
        vm.assertTrue(!datanets.verifyRecord(id, 1, tree[3], cut, proof), "inner node");
    }

    function expectNotCurator(address account) private {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__NotCurator.selector, id, account));
        vm.prank(account);
        datanets.publish(id, ROOT, 1, CONTENT);
    }

    function expectEmptyVersion(bytes32 root, uint64 recordCount, bytes32 contentHash) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                DatanetRegistry.DatanetRegistry__EmptyVersion.selector, id, root, recordCount, contentHash
            )
        );
        vm.prank(maintainer);
        datanets.publish(id, root, recordCount, contentHash);
    }
}

contract ModelRegistryTest is World {
    bytes32 private datanetId;

    function setUp() public override {
        super.setUp();
        vm.prank(maintainer);
        datanetId = datanets.create("seamanship", "CC-BY-4.0");
        vm.prank(maintainer);
        datanets.publish(datanetId, keccak256("root"), 144, keccak256("content"));
    }

    function test_register_namesTheModelByChainRegistryOwnerAdapterAndManifest() public {
        ModelRegistry.Registration memory given = registration(datanetId, 1);
        bytes32 expected =
            keccak256(abi.encode(block.chainid, address(models), maintainer, given.adapterHash, given.manifestHash));
        vm.expectEmit(address(models));
        emit ModelRegistry.ModelRegistered(
            expected, maintainer, datanetId, 1, given.baseHash, given.adapterHash, given.manifestHash
        );
        vm.expectEmit(address(models));
        emit ModelRegistry.PricesSet(expected, 2 ether, 4 ether);
        vm.prank(maintainer);
        vm.assertEq(models.register(given), expected, "modelId");

        ModelRegistry.Model memory model = models.model(expected);
        vm.assertEq(model.baseHash, given.baseHash, "baseHash");
        vm.assertEq(model.adapterHash, given.adapterHash, "adapterHash");
        vm.assertEq(model.manifestHash, given.manifestHash, "manifestHash");
        vm.assertEq(model.datanetId, datanetId, "datanetId");
        vm.assertEq(model.inputPrice, 2 ether, "inputPrice");
        vm.assertEq(model.outputPrice, 4 ether, "outputPrice");
        vm.assertEq(model.owner, maintainer, "owner");
        vm.assertEq(model.datanetVersion, 1, "datanetVersion");
    }

    function test_register_twice_reverts() public {
        vm.prank(maintainer);
        bytes32 modelId = models.register(registration(datanetId, 1));
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__AlreadyRegistered.selector, modelId));
        vm.prank(maintainer);
        models.register(registration(datanetId, 1));
    }

    function testFuzz_register_versionMustBePublished(bytes32 id, uint64 version) public {
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
