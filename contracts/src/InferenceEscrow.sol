// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FeeSplit, IStaking} from "./FeeSplit.sol";
import {ModelRegistry} from "./ModelRegistry.sol";
import {RewardPool} from "./RewardPool.sol";
import {VoucherDeposits} from "./VoucherDeposits.sol";

/// @title Where inferences are paid for
/// @notice One by one with {pay}, or from a deposit with signed vouchers (see {VoucherDeposits}). Either way the payer
/// pays exactly what it agreed to or nothing, and the money is divided as {FeeSplit} says.
contract InferenceEscrow is VoucherDeposits {
    using SafeCast for uint256;

    /// @notice What {payment} answers.
    struct Payment {
        address payer;
        bytes32 modelId;
        uint256 fee;
        uint256 pool;
    }

    /// @dev Two slots.
    struct Record {
        address payer;
        uint96 fee;
        uint96 pool;
        uint32 modelNumber;
    }

    event InferencePaid(
        bytes32 indexed inferenceId, bytes32 indexed modelId, address indexed payer, uint256 fee, uint256 pool
    );

    error InferenceEscrow__WrongPayment(uint256 sent, uint256 quoted);
    error InferenceEscrow__AlreadyPaid(bytes32 inferenceId, address payer);

    mapping(bytes32 inferenceId => Record) private _records;

    /// @param staking_ Gets the stakers' part.
    /// @param governance_ Also the first treasury.
    constructor(ModelRegistry models_, RewardPool pool_, IStaking staking_, address governance_)
        FeeSplit(models_, pool_, staking_, governance_)
        EIP712("OpenLedger InferenceEscrow", "1")
    {}

    /// @notice Pays for one inference. The caller must send exactly {quote}.
    /// @param inferenceId Names the inference once and for all; a second payment for it fails.
    function pay(bytes32 modelId, bytes32 inferenceId, uint32 inputTokens, uint32 outputTokens) external payable {
        address payer = _records[inferenceId].payer;
        if (payer != address(0)) revert InferenceEscrow__AlreadyPaid(inferenceId, payer);

        ModelRegistry.Terms memory terms = models.terms(modelId);
        uint256 platform = platformFee;
        uint256 net = _net(terms, inputTokens, outputTokens);
        if (msg.value != net + platform) revert InferenceEscrow__WrongPayment(msg.value, net + platform);

        uint256 poolPart = _divide(modelId, terms.owner, net, platform);
        // No overflow in the second cast: a part of the fee.
        _records[inferenceId] = Record(msg.sender, msg.value.toUint96(), uint96(poolPart), terms.number);
        emit InferencePaid(inferenceId, modelId, msg.sender, msg.value, poolPart);

        if (poolPart != 0) pool.fund{value: poolPart}();
    }

    /// @notice What was paid for an inference with {pay}; all zero when nothing was.
    function payment(bytes32 inferenceId) external view returns (Payment memory) {
        Record memory found = _records[inferenceId];
        return Payment(found.payer, models.modelIdOf(found.modelNumber), found.fee, found.pool);
    }
}
