// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ModelRegistry} from "./ModelRegistry.sol";
import {PullPayment} from "./PullPayment.sol";
import {RewardPool} from "./RewardPool.sol";

/// @title Where an inference is paid for
/// @notice The contributors' part goes to the reward pool in the same transaction; the model owner's and the treasury's
/// parts are credited. Governance sets the split, the platform fee and the treasury for payments yet to come: it never
/// touches what was paid, and a payer pays exactly the quote it sent or nothing.
contract InferenceEscrow is PullPayment {
    using SafeCast for uint256;

    /// @dev Three slots.
    struct Payment {
        address payer;
        bytes32 modelId;
        uint128 fee;
        uint128 pool;
    }

    event InferencePaid(
        bytes32 indexed inferenceId, bytes32 indexed modelId, address indexed payer, uint256 fee, uint256 pool
    );
    event SplitSet(uint16 contributorsBps, uint16 modelOwnerBps, uint16 treasuryBps);
    event PlatformFeeSet(uint256 platformFee);
    event TreasurySet(address indexed treasury);

    error InferenceEscrow__ZeroAddress();
    error InferenceEscrow__NotGovernance(address caller);
    error InferenceEscrow__WrongSplit(uint256 contributorsBps, uint256 modelOwnerBps, uint256 treasuryBps);
    error InferenceEscrow__WrongPayment(uint256 sent, uint256 quoted);
    error InferenceEscrow__AlreadyPaid(bytes32 inferenceId, address payer);

    uint256 private constant BPS = 10_000;
    uint256 private constant TOKENS_PER_PRICE = 1000;

    ModelRegistry public immutable models;
    RewardPool public immutable pool;

    /// @notice The one account that may change the terms; meant to be a timelock.
    address public immutable governance;

    // One slot, read by every payment. The uint64 caps the platform fee at 18.4 OPEN. The treasury gets the rest of BPS.
    address public treasury;
    uint64 public platformFee = 0.01 ether;
    uint16 private _contributorsBps = 7000;
    uint16 private _modelOwnerBps = 2000;

    mapping(bytes32 inferenceId => Payment) private _payments;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert InferenceEscrow__NotGovernance(msg.sender);
        _;
    }

    /// @param governance_ Also the first treasury.
    constructor(ModelRegistry models_, RewardPool pool_, address governance_) {
        if (address(models_) == address(0) || address(pool_) == address(0) || governance_ == address(0)) {
            revert InferenceEscrow__ZeroAddress();
        }
        models = models_;
        pool = pool_;
        governance = governance_;
        treasury = governance_;
    }

    /// @notice Pays for one inference. The caller must send exactly {quote}.
    /// @param inferenceId Names the inference once and for all; a second payment for it fails.
    function pay(bytes32 modelId, bytes32 inferenceId, uint32 inputTokens, uint32 outputTokens) external payable {
        address payer = _payments[inferenceId].payer;
        if (payer != address(0)) revert InferenceEscrow__AlreadyPaid(inferenceId, payer);

        ModelRegistry.Model memory model = models.model(modelId);
        uint256 platform = platformFee;
        uint256 net = _net(model, inputTokens, outputTokens);
        if (msg.value != net + platform) revert InferenceEscrow__WrongPayment(msg.value, net + platform);

        // Rounded down for the two who are credited; contributors get the remainder.
        uint256 ownerPart = net * _modelOwnerBps / BPS;
        uint256 treasuryPart = net * (BPS - _contributorsBps - _modelOwnerBps) / BPS;
        uint256 poolPart = net - ownerPart - treasuryPart;

        _payments[inferenceId] = Payment(msg.sender, modelId, msg.value.toUint128(), poolPart.toUint128());
        _credit(model.owner, ownerPart);
        _credit(treasury, treasuryPart + platform);
        emit InferencePaid(inferenceId, modelId, msg.sender, msg.value, poolPart);

        if (poolPart != 0) pool.fund{value: poolPart}();
    }

    /// @notice Sets how the net of a fee is divided, in hundredths of a percent that sum to 10 000.
    function setSplit(uint16 contributorsBps, uint16 modelOwnerBps, uint16 treasuryBps) external onlyGovernance {
        if (uint256(contributorsBps) + modelOwnerBps + treasuryBps != BPS) {
            revert InferenceEscrow__WrongSplit(contributorsBps, modelOwnerBps, treasuryBps);
        }
        _contributorsBps = contributorsBps;
        _modelOwnerBps = modelOwnerBps;
        emit SplitSet(contributorsBps, modelOwnerBps, treasuryBps);
    }

    /// @notice Sets what the platform takes of every inference before the split, in wei.
    function setPlatformFee(uint64 platformFee_) external onlyGovernance {
        platformFee = platformFee_;
        emit PlatformFeeSet(platformFee_);
    }

    /// @notice Sets who is credited with the treasury's part from now on. Earlier credit stays where it is.
    function setTreasury(address treasury_) external onlyGovernance {
        if (treasury_ == address(0)) revert InferenceEscrow__ZeroAddress();
        treasury = treasury_;
        emit TreasurySet(treasury_);
    }

    /// @notice The fee in wei: (inputTokens * inputPrice + outputTokens * outputPrice) / 1000, rounded up once, plus the
    /// platform fee.
    function quote(bytes32 modelId, uint32 inputTokens, uint32 outputTokens) external view returns (uint256 fee) {
        return _net(models.model(modelId), inputTokens, outputTokens) + platformFee;
    }

    /// @notice What was paid for an inference; all zero when nothing was.
    function payment(bytes32 inferenceId) external view returns (Payment memory) {
        return _payments[inferenceId];
    }

    function split() external view returns (uint256 contributorsBps, uint256 modelOwnerBps, uint256 treasuryBps) {
        return (_contributorsBps, _modelOwnerBps, BPS - _contributorsBps - _modelOwnerBps);
    }

    /// @dev Cannot overflow: two products of 32 and 128 bits.
    function _net(ModelRegistry.Model memory model, uint256 inputTokens, uint256 outputTokens)
        private
        pure
        returns (uint256)
    {
        uint256 thousandfold = inputTokens * model.inputPrice + outputTokens * model.outputPrice;
        return (thousandfold + TOKENS_PER_PRICE - 1) / TOKENS_PER_PRICE;
    }
}
