// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {FeeSplit} from "./FeeSplit.sol";
import {ModelRegistry} from "./ModelRegistry.sol";

/// @title Inferences paid with signatures: a deposit, and vouchers against it
/// @notice A payer deposits once and signs, for every answer, a voucher that says how much it owes a model _in all_.
/// The holder of the newest one redeems it; only the part that no earlier voucher redeemed is paid, and never more than
/// the deposit. A voucher also names the inferences that it pays for, as the head of a hash chain over their ids and
/// fees, so that receipts can be checked against a redemption: see {redemption}.
/// @dev A voucher is redeemed whole or not at all. Vouchers pay no platform fee: it is the price of a payment by
/// itself, and a fee for each redemption would let anybody spend a model's income by redeeming voucher after voucher.
abstract contract VoucherDeposits is FeeSplit, EIP712 {
    using SafeCast for uint256;

    /// @param cumulative Wei that the payer owes the model since the beginning, all earlier vouchers included.
    /// @param inferences Head of the hash chain head' = keccak256(abi.encode(head, inferenceId, fee)) over all
    /// inferences that `cumulative` pays for, from zero.
    struct Voucher {
        address payer;
        bytes32 modelId;
        uint256 cumulative;
        bytes32 inferences;
    }

    /// @notice The payment by a voucher. Everything else about it is in its id.
    /// @dev One slot.
    struct Redemption {
        uint128 fee;
        uint128 pool;
    }

    /// @dev One slot.
    struct Deposit {
        uint96 balance;
        uint96 withdrawing;
        uint64 availableAt;
    }

    event Deposited(address indexed account, address indexed from, uint256 amount);
    event WithdrawalRequested(address indexed account, uint256 amount, uint256 availableAt);
    event DepositWithdrawn(address indexed account, uint256 amount);
    event VoucherRedeemed(
        bytes32 indexed voucherId,
        bytes32 indexed modelId,
        address indexed payer,
        uint256 cumulative,
        uint256 fee,
        uint256 pool,
        bytes32 inferences
    );

    /// @notice The voucher of a batch could not be redeemed: it is old, not signed by its payer, or above the deposit.
    event VoucherSkipped(bytes32 indexed voucherId);

    error InferenceEscrow__NothingDeposited();
    error InferenceEscrow__AboveDeposit(address account, uint256 amount, uint256 balance);
    error InferenceEscrow__NoWithdrawal(address account);
    error InferenceEscrow__WithdrawalTooEarly(address account, uint256 availableAt);
    error InferenceEscrow__NothingNew(bytes32 modelId, address payer, uint256 cumulative, uint256 redeemed);
    error InferenceEscrow__WrongSignature(bytes32 voucherId, address payer);
    error InferenceEscrow__LengthMismatch(uint256 vouchers, uint256 signatures);
    error InferenceEscrow__NothingRedeemed();

    bytes32 private constant VOUCHER_TYPEHASH =
        keccak256("Voucher(address payer,bytes32 modelId,uint256 cumulative,bytes32 inferences)");

    /// @dev Gas for checking one signature of a batch: ample for a contract wallet, too little to burn the batch's gas.
    uint256 private constant SIGNATURE_GAS = 150_000;

    /// @notice Wei of `payer`'s vouchers that were redeemed for a model since the beginning.
    mapping(address payer => mapping(bytes32 modelId => uint256)) public redeemed;

    mapping(address account => Deposit) private _deposits;
    mapping(bytes32 voucherId => Redemption) private _redemptions;

    /// @notice Adds what is sent to `account`'s deposit.
    function deposit(address account) external payable {
        if (msg.value == 0) revert InferenceEscrow__NothingDeposited();
        _deposits[account].balance = (_deposits[account].balance + msg.value).toUint96();
        emit Deposited(account, msg.sender, msg.value);
    }

    /// @notice Requests `amount` of the caller's deposit, which {withdrawDeposit} pays after the delay. It replaces an
    /// earlier request, and the delay starts again; 0 cancels the request. Vouchers are redeemed against the whole
    /// deposit until it is paid.
    function requestWithdrawal(uint96 amount) external {
        Deposit storage found = _deposits[msg.sender];
        if (amount > found.balance) revert InferenceEscrow__AboveDeposit(msg.sender, amount, found.balance);

        uint64 availableAt = amount == 0 ? 0 : uint64(block.timestamp + withdrawalDelay);
        found.withdrawing = amount;
        found.availableAt = availableAt;
        emit WithdrawalRequested(msg.sender, amount, availableAt);
    }

    /// @notice Pays the caller the requested amount, or what vouchers left of it.
    function withdrawDeposit() external nonReentrant {
        Deposit memory found = _deposits[msg.sender];
        uint96 amount = found.withdrawing < found.balance ? found.withdrawing : found.balance;
        if (amount == 0) revert InferenceEscrow__NoWithdrawal(msg.sender);
        if (block.timestamp < found.availableAt) {
            revert InferenceEscrow__WithdrawalTooEarly(msg.sender, found.availableAt);
        }

        _deposits[msg.sender] = Deposit(found.balance - amount, 0, 0);
        emit DepositWithdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @notice Redeems a voucher. Anyone may call; the money goes where a payment for the model goes.
    /// @param signature Of the payer: of its key, or what its contract accepts by ERC-1271.
    function redeem(Voucher calldata voucher, bytes calldata signature) external {
        (bytes32 modelId, address payer) = (voucher.modelId, voucher.payer);
        uint256 before = redeemed[payer][modelId];
        if (voucher.cumulative <= before) {
            revert InferenceEscrow__NothingNew(modelId, payer, voucher.cumulative, before);
        }
        uint256 due = voucher.cumulative - before;
        uint256 balance = _deposits[payer].balance;
        if (due > balance) revert InferenceEscrow__AboveDeposit(payer, due, balance);
        if (!isSigned(voucher, signature)) {
            revert InferenceEscrow__WrongSignature(voucherIdOf(voucher), payer);
        }
        uint256 poolPart = _redeem(voucher, due);
        if (poolPart != 0) pool.fund{value: poolPart}();
    }

    /// @notice Redeems many vouchers, leaving out what cannot be: no payer can spoil the batch by withdrawing, by
    /// having its voucher redeemed first, or by a wallet that changes its mind.
    function redeemMany(Voucher[] calldata vouchers, bytes[] calldata signatures) external {
        uint256 count = vouchers.length;
        if (count != signatures.length) revert InferenceEscrow__LengthMismatch(count, signatures.length);

        uint256 poolParts;
        uint256 done;
        for (uint256 i; i < count; ++i) {
            Voucher calldata voucher = vouchers[i];
            uint256 before = redeemed[voucher.payer][voucher.modelId];
            bool covered =
                voucher.cumulative > before && voucher.cumulative - before <= _deposits[voucher.payer].balance;
            if (covered && _isSignedForLittleGas(voucher, signatures[i])) {
                poolParts += _redeem(voucher, voucher.cumulative - before);
                ++done;
            } else {
                emit VoucherSkipped(voucherIdOf(voucher));
            }
        }
        if (done == 0) revert InferenceEscrow__NothingRedeemed();
        if (poolParts != 0) pool.fund{value: poolParts}();
    }

    /// @notice An account's deposit, and what of it was asked for from when. A provider should accept vouchers up to
    /// `balance - withdrawing` only, and redeem before `availableAt`.
    function depositOf(address account) external view returns (Deposit memory) {
        return _deposits[account];
    }

    /// @notice The payment by a redeemed voucher; zero if it is not redeemed. Payer, model, total and inferences need
    /// no storage, because the id commits to them.
    function redemption(bytes32 voucherId) external view returns (Redemption memory) {
        return _redemptions[voucherId];
    }

    /// @notice Whether the voucher's payer signed it.
    function isSigned(Voucher calldata voucher, bytes calldata signature) public view returns (bool) {
        return SignatureChecker.isValidSignatureNowCalldata(voucher.payer, voucherIdOf(voucher), signature);
    }

    /// @notice The digest that the payer signs (EIP-712), and the id of the voucher. It is bound to this chain and this
    /// contract.
    function voucherIdOf(Voucher calldata voucher) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(VOUCHER_TYPEHASH, voucher.payer, voucher.modelId, voucher.cumulative, voucher.inferences)
            )
        );
    }

    /// @dev Books a voucher that was checked; returns the contributors' part, which the caller must send to the pool.
    function _redeem(Voucher calldata voucher, uint256 due) private returns (uint256 poolPart) {
        (bytes32 modelId, address payer) = (voucher.modelId, voucher.payer);
        ModelRegistry.Terms memory terms = models.terms(modelId);
        redeemed[payer][modelId] = voucher.cumulative;
        // No overflow: `due` is at most the balance, a uint96.
        _deposits[payer].balance -= uint96(due);
        poolPart = _divide(modelId, terms.owner, due, 0);

        bytes32 voucherId = voucherIdOf(voucher);
        _redemptions[voucherId] = Redemption(uint128(due), uint128(poolPart));
        emit VoucherRedeemed(voucherId, modelId, payer, voucher.cumulative, due, poolPart, voucher.inferences);
    }

    function _isSignedForLittleGas(Voucher calldata voucher, bytes calldata signature) private view returns (bool) {
        try this.isSigned{gas: SIGNATURE_GAS}(voucher, signature) returns (bool signed) {
            return signed;
        } catch {
            return false;
        }
    }
}
