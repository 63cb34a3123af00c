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
        id = datanets.create("seamanship", SALT, "CC-BY-4.0", open());
    }

    function test_create_namesTheDatanetByChainRegistryOwnerAndIdentity() public {
        bytes32 identity = keccak256(abi.encode("knots", SALT));
        bytes32 expected = keccak256(abi.encode(block.chainid, address(datanets), stranger, identity));
        vm.assertEq(datanets.identity(expected), 0, "not yet");
        vm.expectEmit(address(datanets));
        emit DatanetRegistry.DatanetCreated(expected, stranger, identity, "knots", "MIT");
        vm.expectEmit(address(datanets));
        emit DatanetRoles.PolicySet(expected, true, true, false);
        vm.prank(stranger);
        vm.assertEq(datanets.create("knots", SALT, "MIT", closed()), expected, "id");
        vm.assertEq(datanets.identityOf("knots", SALT), identity, "identityOf");
        vm.assertEq(datanets.datanetIdOf(stranger, identity), expected, "datanetIdOf");
        vm.assertEq(datanets.identity(expected), identity, "identity");
        vm.assertEq(datanets.owner(expected), stranger, "owner");
        vm.assertEq(datanets.versionCount(expected), 0, "versionCount");
    }

    function test_create_twice_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__AlreadyExists.selector, id));
        vm.prank(maintainer);
        datanets.create("seamanship", SALT, "MIT", open());
    }

    /// @dev Registering an identity does not keep anybody else from it: who copies one has a Datanet of another id.
    function testFuzz_create_identitiesCannotBeTaken(address account) public {
        vm.assume(account != maintainer);
        vm.prank(account);
        bytes32 copy = datanets.create("seamanship", SALT, "MIT", open());
        vm.assertTrue(copy != id, "id");
        vm.assertEq(datanets.identity(copy), datanets.identity(id), "identity");
        vm.assertEq(datanets.owner(id), maintainer, "owner");
    }

    /// @dev A name alone is no identity: its owner can use it again.
    function testFuzz_create_anotherSaltIsAnotherDatanet(bytes32 salt) public {
        vm.assume(salt != SALT);
        vm.prank(maintainer);
        bytes32 other = datanets.create("seamanship", salt, "MIT", open());
        vm.assertTrue(other != id && datanets.identity(other) != datanets.identity(id), "another");
    }

    /// @dev The encoding keeps the two apart: no name and salt have the identity of another name and salt.
    function testFuzz_identityOf_isOfNameAndSalt(string calldata a, bytes32 b, string calldata c, bytes32 d) public view {
        bool same = keccak256(bytes(a)) == keccak256(bytes(c)) && b == d;
        vm.assertTrue((datanets.identityOf(a, b) == datanets.identityOf(c, d)) == same, "identityOf");
    }

    function test_create_emptyNameOrLicence_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__EmptyName.selector));
        datanets.create("", SALT, "MIT", open());
        vm.expectRevert(abi.encodeWithSelector(DatanetRegistry.DatanetRegistry__EmptyLicence.selector, "knots"));
        datanets.create("knots", SALT, "", open());
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
        datanets.verifyRecord(id, 1, ROOT, mara, 1, new bytes32[](0));
    }

    /// @dev Root and proof of records 1, 2, 3 of contributors 0x11, 0x22, 0x33 with the sequences 7, 5, 9,
    /// made by OpenZeppelin's merkle-tree 1.0.8.
    function test_verifyRecord_acceptsOpenZeppelinsTree() public {
        vm.prank(maintainer);
        datanets.publish(id, 0x63493c000075540687daf6cfd5b9ff154c7eb946fc7b3fa47ea2f89309394f96, 3, CONTENT, CID, "CC-BY-4.0");
        bytes32[] memory proof = new bytes32[](2);
        proof[0] = 0x87dd1c507f71daec72eaf28e889579baccfd30f63528cef8da744afb3111af9f;
        proof[1] = 0xb0f86ee4664498878b96ed11e4aa866a94a08e4dde50ae8d87f20b2d9c48b59f;

        vm.assertTrue(datanets.verifyRecord(id, 1, bytes32(uint256(2)), address(0x22), 5, proof), "in");
        vm.assertTrue(!datanets.verifyRecord(id, 1, bytes32(uint256(2)), address(0x33), 5, proof), "not its contributor");
        vm.assertTrue(!datanets.verifyRecord(id, 1, bytes32(uint256(3)), address(0x22), 5, proof), "not its record");
        vm.assertTrue(!datanets.verifyRecord(id, 1, bytes32(uint256(2)), address(0x22), 4, proof), "not its place");
    }

    function testFuzz_verifyRecord_innerNodesAreNoRecords(bytes32[4] memory records) public {
        bytes32[] memory leaves = new bytes32[](4);
        for (uint256 i; i < 4; ++i) {
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(records[i], mara, uint64(i + 1)))));
        }
        bytes32[] memory tree = MerkleTree.build(leaves);
        vm.prank(maintainer);
        datanets.publish(id, tree[0], 4, CONTENT, CID, "CC-BY-4.0");
        for (uint256 i; i < 4; ++i) {
            vm.assertTrue(datanets.verifyRecord(id, 1, records[i], mara, uint64(i + 1), MerkleTree.proof(tree, i)), "in");
        }

        bytes32[] memory proof = new bytes32[](1);
        proof[0] = tree[2];
        address cut = address(uint160(uint256(tree[4])));
        vm.assertTrue(!datanets.verifyRecord(id, 1, tree[3], cut, 1, proof), "inner node");
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
        vm.assertEq(datanetOf("seamanship"), id, "the id is the creator's");
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
