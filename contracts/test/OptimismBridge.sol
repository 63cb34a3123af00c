// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Open} from "../src/Open.sol";
import {Test, Vm} from "./Test.sol";

struct WithdrawalTransaction {
    uint256 nonce;
    address sender;
    address target;
    uint256 value;
    uint256 gasLimit;
    bytes data;
}

struct OutputRootProof {
    bytes32 version;
    bytes32 stateRoot;
    bytes32 messagePasserStorageRoot;
    bytes32 latestBlockhash;
}

interface IOptimismPortal {
    event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);
    event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);

    error BadTarget();
    error NoValue();

    function initialize(address oracle, address systemConfig, address superchainConfig) external;
    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes calldata data)
        external
        payable;
    function depositERC20Transaction(
        address to,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external;
    function proveWithdrawalTransaction(
        WithdrawalTransaction calldata withdrawal,
        uint256 outputIndex,
        OutputRootProof calldata output,
        bytes[] calldata proof
    ) external;
    function finalizeWithdrawalTransaction(WithdrawalTransaction calldata withdrawal) external;
}

interface IL2OutputOracle {
    function initialize(
        uint256 submissionInterval,
        uint256 blockTime,
        uint256 startingBlock,
        uint256 startingTimestamp,
        address proposer,
        address challenger,
        uint256 finalizationSeconds
    ) external;
    function proposeL2Output(bytes32 root, uint256 blockNumber, bytes32 l1Hash, uint256 l1Number) external payable;
    function nextBlockNumber() external view returns (uint256);
    function latestOutputIndex() external view returns (uint256);
}

interface ISystemConfig {
    struct ResourceConfig {
        uint32 maxResourceLimit;
        uint8 elasticityMultiplier;
        uint8 baseFeeMaxChangeDenominator;
        uint32 minimumBaseFee;
        uint32 systemTxMaxGas;
        uint128 maximumBaseFee;
    }

    struct Addresses {
        address l1CrossDomainMessenger;
        address l1ERC721Bridge;
        address l1StandardBridge;
        address disputeGameFactory;
        address optimismPortal;
        address optimismMintableERC20Factory;
        address gasPayingToken;
    }

    function initialize(
        address owner,
        uint32 basefeeScalar,
        uint32 blobbasefeeScalar,
        bytes32 batcherHash,
        uint64 gasLimit,
        address unsafeBlockSigner,
        ResourceConfig calldata config,
        address batchInbox,
        Addresses calldata addresses
    ) external;
}

interface ISuperchainConfig {
    function initialize(address guardian, bool paused) external;
}

interface IProxyAdmin {
    function upgradeAndCall(address proxy, address implementation, bytes calldata data) external payable;
}

interface IL2ToL1MessagePasser {
    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );

    function initiateWithdrawal(address target, uint256 gasLimit, bytes calldata data) external payable;
    function burn() external;
    function messageNonce() external view returns (uint256);
}

/// @dev Optimism's bridge as it was published (contracts-bedrock 0.17.3), with OPEN as the custom gas token: the bytes that the
/// devnet runs. Both layers share one EVM here: OPEN the token is the L1's, the native coin is the L2's OPEN.
///
/// What is not Optimism's is {derive}, which does on the L2 what a deposit asks for, as the protocol says; and the state of the
/// L2 that outputs commit to, which is a trie with the one withdrawal that is to be proven.
abstract contract OptimismBridge is Test {
    uint256 internal constant FINALIZATION = 12;
    address internal constant PASSER = 0x4200000000000000000000000000000000000016;
    uint160 private constant ALIAS = uint160(0x1111000000000000000000000000000000001111);

    /// @dev Slot of the portal's `_balance`: what it has taken in and not paid out, by its own account.
    bytes32 private constant BALANCE_SLOT = bytes32(uint256(61));

    address internal proposer = named("proposer");

    Open internal open;
    IOptimismPortal internal portal;
    IL2OutputOracle internal oracle;

    function deployBridge() internal {
        vm.warp(1_800_000_000);
        open = new Open();
        address admin = create("ProxyAdmin", abi.encode(address(this)));
        address superchain = create("Proxy", abi.encode(admin));
        address config = create("Proxy", abi.encode(admin));
        oracle = IL2OutputOracle(create("Proxy", abi.encode(admin)));
        portal = IOptimismPortal(create("Proxy", abi.encode(admin)));

        IProxyAdmin owner = IProxyAdmin(admin);
        owner.upgradeAndCall(
            superchain, create("SuperchainConfig", ""), abi.encodeCall(ISuperchainConfig.initialize, (admin, false))
        );
        owner.upgradeAndCall(
            address(oracle),
            create("L2OutputOracle", ""),
            abi.encodeCall(IL2OutputOracle.initialize, (1, 1, 0, 1, proposer, admin, FINALIZATION))
        );
        owner.upgradeAndCall(
            address(portal),
            create("OptimismPortal", ""),
            abi.encodeCall(IOptimismPortal.initialize, (address(oracle), config, superchain))
        );
        // Last: it tells the portal what its token is, and the portal asks it who it is.
        owner.upgradeAndCall(config, create("SystemConfig", ""), systemConfig(admin));
        vm.etch(PASSER, vm.getDeployedCode(artifact("L2ToL1MessagePasser")));
    }

    /// @dev Locked OPEN, by the portal's own account.
    function accounted() internal view returns (uint256) {
        return uint256(vm.load(address(portal), BALANCE_SLOT));
    }

    /// @dev Does on the L2 what the deposits among the recorded logs ask for: mints to the sender, whatever becomes of the
    /// call, and makes the call. Says what was minted, and to whom.
    function derive() internal returns (uint256 minted) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IOptimismPortal.TransactionDeposited.selector) continue;
            address from = address(uint160(uint256(logs[i].topics[1])));
            address to = address(uint160(uint256(logs[i].topics[2])));
            (uint256 mint, uint256 value, bytes memory data) = decode(abi.decode(logs[i].data, (bytes)));
            minted += mint;
            vm.deal(from, from.balance + mint);
            if (value > from.balance) continue;
            vm.prank(from);
            (bool done,) = to.call{value: value}(data);
            vm.assertTrue(done, "called on the L2");
        }
    }

    /// @dev Whom a contract of the L1 is on the L2.
    function aliasOf(address account) internal pure returns (address) {
        unchecked {
            return address(uint160(account) + ALIAS);
        }
    }

    /// @dev Starts the withdrawal on the L2, by its own event.
    function initiate(address sender, address target, uint256 value, bytes memory data)
        internal
        returns (WithdrawalTransaction memory withdrawal)
    {
        withdrawal = WithdrawalTransaction(
            IL2ToL1MessagePasser(PASSER).messageNonce(), sender, target, value, 100_000, data
        );
        vm.prank(sender);
        IL2ToL1MessagePasser(PASSER).initiateWithdrawal{value: value}(target, 100_000, data);
        vm.assertEq(vm.load(PASSER, slotOf(withdrawal)), bytes32(uint256(1)), "the L2 knows the withdrawal");
    }

    /// @dev Proposes the output of an L2 whose message passer holds this one withdrawal.
    function proposeWith(WithdrawalTransaction memory withdrawal)
        internal
        returns (uint256 index, OutputRootProof memory output, bytes[] memory proof)
    {
        proof = new bytes[](1);
        proof[0] = leafOf(slotOf(withdrawal));
        output = OutputRootProof(0, keccak256("state"), keccak256(proof[0]), keccak256("block"));
        uint256 number = oracle.nextBlockNumber();
        vm.prank(proposer);
        oracle.proposeL2Output(keccak256(abi.encode(output)), number, 0, 0);
        index = oracle.latestOutputIndex();
    }

    function prove(WithdrawalTransaction memory withdrawal) internal {
        (uint256 index, OutputRootProof memory output, bytes[] memory proof) = proposeWith(withdrawal);
        portal.proveWithdrawalTransaction(withdrawal, index, output, proof);
    }

    /// @dev Where the message passer notes the withdrawal: its first mapping.
    function slotOf(WithdrawalTransaction memory withdrawal) internal pure returns (bytes32) {
        bytes32 hash = keccak256(
            abi.encode(
                withdrawal.nonce,
                withdrawal.sender,
                withdrawal.target,
                withdrawal.value,
                withdrawal.gasLimit,
                withdrawal.data
            )
        );
        return keccak256(abi.encode(hash, 0));
    }

    /// @dev The only node of a secure trie with the slot set to 1: RLP of [0x20 and the hashed slot, 0x01].
    function leafOf(bytes32 slot) private pure returns (bytes memory) {
        return bytes.concat(hex"e3a120", keccak256(abi.encode(slot)), hex"01");
    }

    /// @dev mint (32 bytes), value (32), gas limit (8), whether it creates (1), and what it is called with.
    function decode(bytes memory opaque) private pure returns (uint256 mint, uint256 value, bytes memory data) {
        assembly ("memory-safe") {
            mint := mload(add(opaque, 32))
            value := mload(add(opaque, 64))
        }
        data = new bytes(opaque.length - 73);
        for (uint256 i; i < data.length; ++i) {
            data[i] = opaque[i + 73];
        }
    }

    function systemConfig(address anybody) private view returns (bytes memory) {
        ISystemConfig.ResourceConfig memory resources = ISystemConfig.ResourceConfig({
            maxResourceLimit: 20_000_000,
            elasticityMultiplier: 10,
            baseFeeMaxChangeDenominator: 8,
            minimumBaseFee: 1 gwei,
            systemTxMaxGas: 1_000_000,
            maximumBaseFee: type(uint128).max
        });
        ISystemConfig.Addresses memory addresses = ISystemConfig.Addresses({
            l1CrossDomainMessenger: anybody,
            l1ERC721Bridge: anybody,
            l1StandardBridge: anybody,
            disputeGameFactory: address(0),
            optimismPortal: address(portal),
            optimismMintableERC20Factory: anybody,
            gasPayingToken: address(open)
        });
        return abi.encodeCall(
            ISystemConfig.initialize, (anybody, 0, 0, 0, 30_000_000, anybody, resources, anybody, addresses)
        );
    }

    function create(string memory name, bytes memory arguments) private returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(artifact(name)), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        vm.assertTrue(made != address(0), name);
    }

    function artifact(string memory name) private pure returns (string memory) {
        return
            string.concat("node_modules/@eth-optimism/contracts-bedrock/forge-artifacts/", name, ".sol/", name, ".json");
    }
}
