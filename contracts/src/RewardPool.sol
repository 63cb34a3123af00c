// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title The contributors' money
/// @notice Anyone may fund it; only a proof takes money out, and only to the account that the proof names. There is no
/// owner, no pause, no sweep, and the ledger is fixed when the pool is built. The root is of an OpenZeppelin standard
/// tree over (uint256 chainId, address pool, address account, uint256 cumulative): a leaf says what an account has
/// earned since the beginning, and a claim pays what is new in it. An epoch that is missed is therefore never lost.
contract RewardPool is ReentrancyGuardTransient {
    using SafeCast for uint256;

    event Funded(address indexed from, uint256 amount, uint256 totalFunded);
    event RootSet(bytes32 root);
    event Claimed(address indexed account, uint256 amount, uint256 cumulative);

    /// @notice `account` refused its part of a batch; it stays claimable.
    event ClaimSkipped(address indexed account, uint256 amount);

    error RewardPool__ZeroAddress();
    error RewardPool__NothingToFund();
    error RewardPool__NotLedger(address caller);
    error RewardPool__NoActiveRoot();
    error RewardPool__NothingToClaim(address account, uint256 cumulative, uint256 claimed);
    error RewardPool__InvalidProof(address account, uint256 cumulative, bytes32 root);
    error RewardPool__Insolvent(uint256 requested, uint256 available);
    error RewardPool__TransferFailed(address account, uint256 amount);
    error RewardPool__LengthMismatch(uint256 accounts, uint256 cumulatives, uint256 proofs);
    error RewardPool__NothingPaid();

    /// @dev Gas for one recipient of a batch: ample for a smart account, too little to burn the whole batch's gas.
    uint256 private constant BATCH_CALL_GAS = 50_000;

    /// @notice The one contract that sets the root, once an epoch is final.
    address public immutable ledger;

    /// @notice The root that claims are proven against, zero before the first epoch is final. Kept here rather than
    /// read from the ledger because every claim needs it.
    bytes32 public root;

    /// @notice Wei that `account` has received since the beginning.
    mapping(address account => uint256) public claimed;

    // One slot. Wei that was forced into the balance without `fund` is in neither.
    uint128 private _totalFunded;
    uint128 private _totalClaimed;

    /// @param ledger_ May be an address at which nothing is deployed yet: pool and ledger name each other, and the
    /// ledger's constructor checks the pair.
    constructor(address ledger_) {
        if (ledger_ == address(0)) revert RewardPool__ZeroAddress();
        ledger = ledger_;
    }

    /// @notice Adds money for contributors. It cannot be taken back.
    function fund() external payable {
        if (msg.value == 0) revert RewardPool__NothingToFund();

        uint128 total = _totalFunded + msg.value.toUint128();
        _totalFunded = total;
        emit Funded(msg.sender, msg.value, total);
    }

    /// @notice Replaces the root. Ledger only. Earlier roots stop counting; their allocations are in the new one's
    /// leaves.
    function setRoot(bytes32 root_) external {
        if (msg.sender != ledger) revert RewardPool__NotLedger(msg.sender);
        root = root_;
        emit RootSet(root_);
    }

    /// @notice Pays the caller the new part of its leaf's amount.
    /// @param cumulative All that the caller has earned, as its leaf says.
    function claim(uint256 cumulative, bytes32[] calldata proof) external nonReentrant {
        _claim(msg.sender, cumulative, proof);
    }

    /// @notice Pays `account` the new part of its leaf's amount. Anyone may pay the gas; only `account` gets the money.
    function claimFor(address account, uint256 cumulative, bytes32[] calldata proof) external nonReentrant {
        _claim(account, cumulative, proof);
    }

    /// @notice Pays many accounts. An account that has earned nothing new, or that refuses the money, is skipped and
    /// does not fail the others; a false proof fails all.
    function claimMany(address[] calldata accounts, uint256[] calldata cumulatives, bytes32[][] calldata proofs)
        external
        nonReentrant
    {
        uint256 count = accounts.length;
        if (count != cumulatives.length || count != proofs.length) {
            revert RewardPool__LengthMismatch(count, cumulatives.length, proofs.length);
        }

        bytes32 root_ = _activeRoot();
        uint256[] memory amounts = new uint256[](count);
        uint256 total;
        for (uint256 i; i < count; ++i) {
            if (cumulatives[i] <= claimed[accounts[i]]) continue;
            amounts[i] = _record(accounts[i], cumulatives[i], proofs[i], root_);
            total += amounts[i];
        }
        _addClaimed(total);

        // Everything is recorded as paid before the first wei leaves; what a recipient refuses is taken back below.
        uint256 refused;
        for (uint256 i; i < count; ++i) {
            if (amounts[i] == 0) continue;
            if (_send(accounts[i], amounts[i], BATCH_CALL_GAS)) {
                emit Claimed(accounts[i], amounts[i], cumulatives[i]);
            } else {
                claimed[accounts[i]] -= amounts[i];
                refused += amounts[i];
                emit ClaimSkipped(accounts[i], amounts[i]);
            }
        }
        if (refused == total) revert RewardPool__NothingPaid();
        if (refused != 0) _totalClaimed -= refused.toUint128();
    }

    /// @notice Everything that was ever paid in with {fund}.
    function totalFunded() external view returns (uint256) {
        return _totalFunded;
    }

    /// @notice Everything that was ever paid out. Never above {totalFunded}.
    function totalClaimed() external view returns (uint256) {
        return _totalClaimed;
    }

    function _claim(address account, uint256 cumulative, bytes32[] calldata proof) private {
        uint256 amount = _record(account, cumulative, proof, _activeRoot());
        _addClaimed(amount);
        emit Claimed(account, amount, cumulative);

        if (!_send(account, amount, gasleft())) revert RewardPool__TransferFailed(account, amount);
    }

    /// @dev Checks the leaf and records it as paid; returns what is new in it.
    function _record(address account, uint256 cumulative, bytes32[] calldata proof, bytes32 root_)
        private
        returns (uint256)
    {
        uint256 previous = claimed[account];
        if (cumulative <= previous) revert RewardPool__NothingToClaim(account, cumulative, previous);

        // Hashed twice, so that no inner node of 64 bytes can pass for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(block.chainid, address(this), account, cumulative))));
        if (!MerkleProof.verifyCalldata(proof, root_, leaf)) {
            revert RewardPool__InvalidProof(account, cumulative, root_);
        }

        claimed[account] = cumulative;
        return cumulative - previous;
    }

    /// @dev The solvency check: whatever the tree says, no more leaves than came in.
    function _addClaimed(uint256 amount) private {
        uint256 alreadyClaimed = _totalClaimed;
        uint256 available = _totalFunded - alreadyClaimed;
        if (amount > available) revert RewardPool__Insolvent(amount, available);

        // No overflow: at most _totalFunded, which is a uint128.
        _totalClaimed = uint128(alreadyClaimed + amount);
    }

    /// @dev Copies no return data, so that a recipient cannot make the caller pay for memory.
    function _send(address account, uint256 amount, uint256 gasLimit) private returns (bool sent) {
        assembly ("memory-safe") {
            sent := call(gasLimit, account, amount, 0, 0, 0, 0)
        }
    }

    function _activeRoot() private view returns (bytes32 root_) {
        root_ = root;
        if (root_ == 0) revert RewardPool__NoActiveRoot();
    }
}
