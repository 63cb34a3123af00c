// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetRegistry} from "../src/DatanetRegistry.sol";
import {DatanetRoles} from "../src/DatanetRoles.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {World} from "./World.sol";

/// @notice Creating, roles, versions. Access and income have files of their own.
contract DatanetRegistryTest is World {
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant CONTENT = keccak256("content");
    string private constant CID = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

    bytes32 private id;

    function setUp() public override {
        super.setUp();
        vm.prank(maintainer);
        id = datanets.create("seamanship", "CC-BY-4.0", open());
    }

    function test_create_namesTheDatanetByChainRegistryOwnerAndName() public {
        bytes32 expected = keccak256(abi.encode(block.chainid, address(datanets), stranger, "knots"));
        vm.expectEmit(address(datanets));
        emit DatanetRegistry.DatanetCreated(expected, stranger, "knots", "MIT");
        vm.expectEmit(address(datanets));
        emit DatanetRoles.PolicySet(expected, true, true, false);
        vm.prank(stranger);
        vm.assertEq(datanets.create("knots", "MIT", closed()), expected, "id");
        vm.assertEq(datanets.datanetIdOf(stranger, "knots"), expected, "datanetIdOf");
        vm.assertEq(datanets.owner(expected), stranger, "owner");
        vm.assertEq(datanets.versionCount(expected), 0, "versionCount");
    }

    function test_create_twice_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__AlreadyExists.selector, id));
        vm.prank(maintainer);
        datanets.create("seamanship", "MIT", open());
    }

    /// @dev Taking a name does not keep anybody else from using it.
    function testFuzz_create_namesAreTheirOwners(address account) public {
        vm.assume(account != maintainer);
        vm.prank(account);
        vm.assertTrue(datanets.create("seamanship", "MIT", open()) != id, "id");
        vm.assertEq(datanets.owner(id), maintainer, "owner");
    }

    function test_create_emptyNameOrLicence_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__EmptyName.selector));
        datanets.create("", "MIT", open());
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__EmptyLicence.selector, "knots"));
        datanets.create("knots", "", open());
    }

    function test_publish_numbersVersionsFromOne() public {
        vm.expectEmit(address(datanets));
        emit DatanetRegistry.VersionPublished(id, 1, ROOT, 144, CONTENT, CID, "CC-BY-4.0");
        vm.prank(maintainer);
        vm.assertEq(datanets.publish(id, ROOT, 144, CONTENT, CID, "CC-BY-4.0"), 1, "first");
        vm.prank(maintainer);
        vm.assertEq(datanets.publish(id, CONTENT, 145, ROOT, CID, "CC-BY-4.0"), 2, "second");

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
        emit DatanetRoles.CuratorSet(id, tobias, true);
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        vm.assertTrue(datanets.isCurator(id, tobias), "isCurator");

        vm.prank(tobias);
        datanets.publish(id, ROOT, 1, CONTENT, CID, "CC-BY-4.0");
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
        bytes memory refusal = abi.encodeWithSelector(DatanetRoles.DatanetRegistry__UnknownDatanet.selector, ROOT);
        vm.expectRevert(refusal);
        datanets.publish(ROOT, ROOT, 1, CONTENT, CID, "CC-BY-4.0");
        vm.expectRevert(refusal);
        datanets.setCurator(ROOT, tobias, true);
        vm.assertEq(datanets.owner(ROOT), address(0), "owner");
    }

    function test_setCurator_byCurator_reverts() public {
        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotOwner.selector, id, tobias));
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
        datanets.publish(
            id, 0xe39dddffebd75b429f9daa71c2a56414a5ac059ce8094a814e949e7da4384cb3, 3, CONTENT, CID, "CC-BY-4.0"
        );
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
        datanets.publish(id, tree[0], 4, CONTENT, CID, "CC-BY-4.0");
        for (uint256 i; i < 4; ++i) {
            vm.assertTrue(datanets.verifyRecord(id, 1, records[i], mara, MerkleTree.proof(tree, i)), "in");
        }

        bytes32[] memory proof = new bytes32[](1);
        proof[0] = tree[2];
        address cut = address(uint160(uint256(tree[4])));
        vm.assertTrue(!datanets.verifyRecord(id, 1, tree[3], cut, proof), "inner node");
    }

    function test_publish_withoutLicence_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__VersionWithoutLicence.selector, id));
        vm.prank(maintainer);
        datanets.publish(id, ROOT, 1, CONTENT, CID, "");
    }

    function test_setPolicy_byTheOwnerOnly() public {
        vm.expectEmit(address(datanets));
        emit DatanetRoles.PolicySet(id, false, true, true);
        vm.prank(maintainer);
        datanets.setPolicy(id, DatanetRoles.Policy(false, true, true));
        DatanetRoles.Policy memory policy = datanets.policy(id);
        vm.assertTrue(!policy.permissionedContribution && policy.permissionedAccess, "policy");
        vm.assertTrue(policy.contributorsHaveAccess, "contributorsHaveAccess");
        vm.assertEq(datanets.owner(id), maintainer, "the owner shares the slot");
        vm.assertEq(datanets.versionCount(id), 0, "and so does the count");

        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotOwner.selector, id, stranger));
        vm.prank(stranger);
        datanets.setPolicy(id, open());
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__UnknownDatanet.selector, ROOT));
        datanets.policy(ROOT);
    }

    /// @dev Open Datanets take records from anyone, others from the owner, curators and the list.
    function test_mayContribute_followsThePolicy() public {
        vm.assertTrue(datanets.mayContribute(id, stranger), "open");
        vm.prank(maintainer);
        datanets.setPolicy(id, closed());
        vm.assertTrue(datanets.mayContribute(id, maintainer), "owner");
        vm.assertTrue(!datanets.mayContribute(id, stranger), "stranger");
        vm.assertTrue(!datanets.mayContribute(id, mara), "not yet");

        vm.prank(maintainer);
        datanets.setCurator(id, tobias, true);
        vm.assertTrue(datanets.mayContribute(id, tobias), "curator");
        admit(tobias, true);
        vm.assertTrue(datanets.isContributor(id, mara) && datanets.mayContribute(id, mara), "admitted by a curator");
        admit(maintainer, false);
        vm.assertTrue(!datanets.mayContribute(id, mara), "dismissed by the owner");

        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotCurator.selector, id, mara));
        admit(mara, true);
    }

    function test_transferOwnership_needsConsent() public {
        vm.expectEmit(address(datanets));
        emit DatanetRoles.OwnershipOffered(id, maintainer, mara);
        vm.prank(maintainer);
        datanets.transferOwnership(id, mara);
        vm.assertEq(datanets.owner(id), maintainer, "not yet");
        expectNotOffered(stranger);

        vm.expectEmit(address(datanets));
        emit DatanetRoles.OwnershipTransferred(id, maintainer, mara);
        vm.prank(mara);
        datanets.acceptOwnership(id);
        vm.assertEq(datanets.owner(id), mara, "owner");
        vm.assertEq(datanets.pendingOwner(id), address(0), "nobody is asked any more");
        expectNotOffered(mara);
        expectNotCurator(maintainer);
        vm.prank(mara);
        datanets.publish(id, ROOT, 1, CONTENT, CID, "MIT");
        vm.assertEq(datanets.sharesOf(id, maintainer), datanets.SHARES(), "control is not income");
        vm.assertEq(datanets.datanetIdOf(maintainer, "seamanship"), id, "the id is the creator's");
    }

    function test_transferOwnership_takenBack_andByOthers() public {
        vm.prank(maintainer);
        datanets.transferOwnership(id, mara);
        vm.prank(maintainer);
        datanets.transferOwnership(id, address(0));
        expectNotOffered(mara);
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotOwner.selector, id, mara));
        vm.prank(mara);
        datanets.transferOwnership(id, mara);
    }

    /// @dev Nobody becomes the owner of what does not exist, although nobody was asked there.
    function testFuzz_acceptOwnership_uninvited_reverts(bytes32 any, address account) public {
        vm.assume(account != address(0));
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotOffered.selector, any, account));
        vm.prank(account);
        datanets.acceptOwnership(any);
    }

    function admit(address caller, bool allowed) private {
        address[] memory accounts = new address[](1);
        accounts[0] = mara;
        vm.prank(caller);
        datanets.setContributors(id, accounts, allowed);
    }

    function expectNotOffered(address account) private {
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotOffered.selector, id, account));
        vm.prank(account);
        datanets.acceptOwnership(id);
    }

    function expectNotCurator(address account) private {
        vm.expectRevert(abi.encodeWithSelector(DatanetRoles.DatanetRegistry__NotCurator.selector, id, account));
        vm.prank(account);
        datanets.publish(id, ROOT, 1, CONTENT, CID, "CC-BY-4.0");
    }

    function expectEmptyVersion(bytes32 root, uint64 recordCount, bytes32 contentHash) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                DatanetRegistry.DatanetRegistry__EmptyVersion.selector, id, root, recordCount, contentHash
            )
        );
        vm.prank(maintainer);
        datanets.publish(id, root, recordCount, contentHash, CID, "CC-BY-4.0");
    }
}
