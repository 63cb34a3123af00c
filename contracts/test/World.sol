// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AttributionLedger} from "../src/AttributionLedger.sol";
import {DatanetRegistry} from "../src/DatanetRegistry.sol";
import {DatanetRoles} from "../src/DatanetRoles.sol";
import {FeeSplit, IStaking} from "../src/FeeSplit.sol";
import {InferenceEscrow} from "../src/InferenceEscrow.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {RewardPool} from "../src/RewardPool.sol";
import {Staking} from "../src/Staking.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {Test} from "./Test.sol";

/// @dev All contracts deployed and wired as on the devnet, and the people who use them.
abstract contract World is Test {
    uint256 internal constant WINDOW = 1 hours;
    uint256 internal constant VOTE = 2 hours;
    uint256 internal constant BOND = 1 ether;
    uint256 internal constant SLASH_BPS = 500;
    uint256 internal constant QUORUM_BPS = 2000;
    uint256 internal constant UNBONDING = 7 days;
    uint256 internal constant MIN_STAKE = 10 ether;
    bytes32 internal constant RECEIPTS = keccak256("receipts");
    bytes32 internal constant MANIFEST = keccak256("manifest");
    bytes32 internal constant SALT = keccak256("salt");

    address internal governance = named("governance");
    address internal operator = named("operator");
    address internal maintainer = named("maintainer");
    address internal user = named("user");
    address internal mara = named("mara");
    address internal tobias = named("tobias");
    address internal stranger = named("stranger");

    DatanetRegistry internal datanets;
    ModelRegistry internal models;
    RewardPool internal pool;
    Staking internal staking;
    AttributionLedger internal ledger;
    InferenceEscrow internal escrow;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        datanets = new DatanetRegistry();
        models = new ModelRegistry(datanets);
        pool = new RewardPool(nextAddress(2));
        staking = new Staking(nextAddress(1), governance, UNBONDING, MIN_STAKE);
        ledger = new AttributionLedger(pool, staking, operator, governance, terms());
        escrow = new InferenceEscrow(models, pool, IStaking(address(staking)), governance);
        vm.deal(operator, 1000 ether);
        vm.deal(user, 1000 ether);
        vm.deal(stranger, 1000 ether);
    }

    /// @dev Address of the contract that this one creates after `skipped` others.
    function nextAddress(uint256 skipped) internal view returns (address) {
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + skipped);
    }

    function terms() internal pure returns (AttributionLedger.Terms memory) {
        return AttributionLedger.Terms({
            window: uint32(WINDOW),
            votePeriod: uint32(VOTE),
            bond: uint96(BOND),
            slashBps: uint16(SLASH_BPS),
            quorumBps: uint16(QUORUM_BPS)
        });
    }

    /// @dev Stake that has a second behind it, and so counts for what is posted next.
    function stakeAs(address account, uint256 amount) internal {
        vm.deal(account, account.balance + amount);
        vm.prank(account);
        staking.stake{value: amount}();
        vm.warp(block.timestamp + 1);
    }

    function fund(uint256 amount) internal {
        vm.deal(address(this), amount);
        pool.fund{value: amount}();
    }

    function rewardLeaf(address account, uint256 cumulative) internal view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(block.chainid, address(pool), account, cumulative))));
    }

    /// @dev A tree in which each account has the amount at its place.
    function rewardTree(address[] memory accounts, uint256[] memory cumulatives)
        internal
        view
        returns (bytes32[] memory)
    {
        bytes32[] memory leaves = new bytes32[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            leaves[i] = rewardLeaf(accounts[i], cumulatives[i]);
        }
        return MerkleTree.build(leaves);
    }

    /// @dev A tree for two: mara is leaf 0, tobias leaf 1.
    function treeOfTwo(uint256 forMara, uint256 forTobias) internal view returns (bytes32[] memory) {
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = rewardLeaf(mara, forMara);
        leaves[1] = rewardLeaf(tobias, forTobias);
        return MerkleTree.build(leaves);
    }

    function post(bytes32 rewardsRoot, uint256 total) internal returns (uint256 epoch) {
        vm.prank(operator);
        epoch = ledger.post{value: BOND}(RECEIPTS, rewardsRoot, total, 3, MANIFEST);
    }

    function postAndFinalize(bytes32 rewardsRoot, uint256 total) internal returns (uint256 epoch) {
        epoch = post(rewardsRoot, total);
        vm.warp(block.timestamp + WINDOW);
        ledger.finalize(epoch);
    }

    function open() internal pure returns (DatanetRoles.Policy memory) {
        return DatanetRoles.Policy(false, false, false);
    }

    /// @dev Contribution and access by permission; contributors need a grant like everybody else.
    function closed() internal pure returns (DatanetRoles.Policy memory) {
        return DatanetRoles.Policy(true, true, false);
    }

    /// @dev Id of the maintainer's Datanet of a name.
    function datanetOf(string memory name) internal view returns (bytes32) {
        return datanets.datanetIdOf(maintainer, datanets.identityOf(name, SALT));
    }

    /// @dev The maintainer's Datanet with one version.
    function publishDatanet(string memory name, DatanetRoles.Policy memory policy) internal returns (bytes32 id) {
        vm.prank(maintainer);
        id = datanets.create(name, SALT, "CC-BY-4.0", policy);
        vm.prank(maintainer);
        datanets.publish(id, keccak256("root"), 144, keccak256("content"), "", "CC-BY-4.0");
    }

    function parts(uint16 contributors, uint16 modelOwner, uint16 stakers, uint16 forDatanets, uint16 treasury)
        internal
        pure
        returns (FeeSplit.Split memory)
    {
        return FeeSplit.Split(contributors, modelOwner, stakers, forDatanets, treasury);
    }

    /// @dev A Datanet with one version and a model on it at 2 and 4 OPEN per 1000 tokens.
    function registerModel() internal returns (bytes32 modelId) {
        bytes32 datanetId = publishDatanet("seamanship", open());
        vm.prank(maintainer);
        modelId = models.register(registration(datanetId, 1));
    }

    function registration(bytes32 datanetId, uint64 version) internal pure returns (ModelRegistry.Registration memory) {
        return ModelRegistry.Registration({
            baseHash: keccak256("base"),
            adapterHash: keccak256("adapter"),
            manifestHash: keccak256("training manifest"),
            sources: source(datanetId, version),
            inputPrice: 2 ether,
            outputPrice: 4 ether
        });
    }

    function source(bytes32 datanetId, uint64 version) internal pure returns (ModelRegistry.Source[] memory one) {
        one = new ModelRegistry.Source[](1);
        one[0] = ModelRegistry.Source(datanetId, version);
    }

    function assertGuarded(bytes memory answer) internal pure {
        bytes4 guard = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        vm.assertEq(keccak256(answer), keccak256(abi.encodeWithSelector(guard)), "answer to the call from inside");
    }
}
