// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DatanetRegistry} from "./DatanetRegistry.sol";
import {ModelRegistry} from "./ModelRegistry.sol";
import {PullPayment} from "./PullPayment.sol";
import {RewardPool} from "./RewardPool.sol";

/// @dev Where the stakers' part goes.
interface IStaking {
    function fund() external payable;
}

/// @title How what is paid for inferences is divided
/// @notice Contributors' part goes to the reward pool at once. The model owner's and the treasury's are credited. The
/// stakers' and the Datanets' wait here until anyone sends them on, which is cheaper than sending them with every
/// payment, and can hold up no payment. Governance sets the terms of payments to come, within bounds; it never touches
/// what was paid.
/// @dev Parts are rounded down; contributors get what the rounding leaves.
abstract contract FeeSplit is PullPayment {
    using SafeCast for uint256;

    /// @notice Hundredths of a percent of the net of a payment; they sum to 10 000.
    /// @param datanets To the shares of the Datanets that the model learnt from, evenly: attribution pays contributors,
    /// not the people who run a Datanet, and without a part of their own nobody would run one.
    struct Split {
        uint16 contributors;
        uint16 modelOwner;
        uint16 stakers;
        uint16 datanets;
        uint16 treasury;
    }

    event SplitSet(uint16 contributors, uint16 modelOwner, uint16 stakers, uint16 datanets, uint16 treasury);
    event PlatformFeeSet(uint256 platformFee);
    event TreasurySet(address indexed treasury);
    event WithdrawalDelaySet(uint256 withdrawalDelay);
    event StakersFunded(uint256 amount);
    event DatanetsFunded(bytes32 indexed modelId, uint256 datanets, uint256 amountEach);

    error InferenceEscrow__ZeroAddress();
    error InferenceEscrow__NotGovernance(address caller);
    error InferenceEscrow__WrongSplit(
        uint256 contributors, uint256 modelOwner, uint256 stakers, uint256 datanets, uint256 treasury
    );
    error InferenceEscrow__PlatformFeeTooHigh(uint256 platformFee, uint256 max);
    error InferenceEscrow__DelayOutOfRange(uint256 withdrawalDelay, uint256 min, uint256 max);
    error InferenceEscrow__NothingDue();

    uint256 private constant BPS = 10_000;
    uint256 private constant TOKENS_PER_PRICE = 1000;

    /// @notice Bounds of what governance can set: contributors never get less than half, the treasury never more than a
    /// fifth.
    uint256 public constant MIN_CONTRIBUTORS_BPS = 5000;
    uint256 public constant MAX_TREASURY_BPS = 2000;
    uint256 public constant MAX_PLATFORM_FEE = 1 ether;
    uint256 public constant MIN_WITHDRAWAL_DELAY = 1 hours;
    uint256 public constant MAX_WITHDRAWAL_DELAY = 30 days;

    ModelRegistry public immutable models;
    RewardPool public immutable pool;
    IStaking public immutable staking;

    /// @notice The one account that may change the terms; meant to be a timelock.
    address public immutable governance;

    // One slot, read by every payment.
    address public treasury;
    uint64 public platformFee = 0.01 ether;

    /// @notice Seconds from asking for a deposit until it can be had. Asked for before a change, the old one holds.
    uint32 public withdrawalDelay = 1 days;

    // One slot, written by every payment.
    /// @notice Wei that {fundStakers} would send on.
    uint128 public stakersDue;
    uint16 private _contributorsBps = 7000;
    uint16 private _modelOwnerBps = 2000;
    uint16 private _stakersBps = 500;
    uint16 private _datanetsBps = 300;

    /// @notice Wei that {fundDatanets} would send on for a model, but for what does not divide.
    mapping(bytes32 modelId => uint256) public datanetsDue;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert InferenceEscrow__NotGovernance(msg.sender);
        _;
    }

    /// @param governance_ Also the first treasury.
    constructor(ModelRegistry models_, RewardPool pool_, IStaking staking_, address governance_) {
        bool complete = address(models_) != address(0) && address(pool_) != address(0)
            && address(staking_) != address(0) && governance_ != address(0);
        if (!complete) revert InferenceEscrow__ZeroAddress();
        models = models_;
        pool = pool_;
        staking = staking_;
        governance = governance_;
        treasury = governance_;
    }

    /// @notice Sets how the net of payments to come is divided: see {Split}.
    function setSplit(uint16 contributors, uint16 modelOwner, uint16 stakers, uint16 datanets, uint16 treasury_)
        external
        onlyGovernance
    {
        uint256 sum = uint256(contributors) + modelOwner + stakers + datanets + treasury_;
        if (sum != BPS || contributors < MIN_CONTRIBUTORS_BPS || treasury_ > MAX_TREASURY_BPS) {
            revert InferenceEscrow__WrongSplit(contributors, modelOwner, stakers, datanets, treasury_);
        }
        _contributorsBps = contributors;
        _modelOwnerBps = modelOwner;
        _stakersBps = stakers;
        _datanetsBps = datanets;
        emit SplitSet(contributors, modelOwner, stakers, datanets, treasury_);
    }

    /// @notice Sets what the platform takes of every inference that is paid by itself, before the split, in wei.
    function setPlatformFee(uint64 platformFee_) external onlyGovernance {
        if (platformFee_ > MAX_PLATFORM_FEE) {
            revert InferenceEscrow__PlatformFeeTooHigh(platformFee_, MAX_PLATFORM_FEE);
        }
        platformFee = platformFee_;
        emit PlatformFeeSet(platformFee_);
    }

    /// @notice Sets the account that is credited with the treasury's part from now on. Earlier credit stays where it
    /// is.
    function setTreasury(address treasury_) external onlyGovernance {
        if (treasury_ == address(0)) revert InferenceEscrow__ZeroAddress();
        treasury = treasury_;
        emit TreasurySet(treasury_);
    }

    /// @notice Sets how long withdrawals of deposits yet to be asked for take, in seconds.
    function setWithdrawalDelay(uint32 withdrawalDelay_) external onlyGovernance {
        if (withdrawalDelay_ < MIN_WITHDRAWAL_DELAY || withdrawalDelay_ > MAX_WITHDRAWAL_DELAY) {
            revert InferenceEscrow__DelayOutOfRange(withdrawalDelay_, MIN_WITHDRAWAL_DELAY, MAX_WITHDRAWAL_DELAY);
        }
        withdrawalDelay = withdrawalDelay_;
        emit WithdrawalDelaySet(withdrawalDelay_);
    }

    /// @notice Sends the stakers' part of all payments so far to the staking contract. Anyone may call.
    function fundStakers() external {
        uint256 amount = stakersDue;
        if (amount == 0) revert InferenceEscrow__NothingDue();
        stakersDue = 0;
        emit StakersFunded(amount);
        staking.fund{value: amount}();
    }

    /// @notice Sends the Datanets' part of all payments for a model so far to their shares, evenly. Anyone may call.
    function fundDatanets(bytes32 modelId) external {
        ModelRegistry.Source[] memory sources = models.sources(modelId);
        uint256 count = sources.length;
        uint256 due = datanetsDue[modelId];
        if (due == 0 || due < count) revert InferenceEscrow__NothingDue();

        uint256 each = due / count;
        datanetsDue[modelId] = due - each * count;
        emit DatanetsFunded(modelId, count, each);
        DatanetRegistry datanets = models.datanets();
        for (uint256 i; i < count; ++i) {
            datanets.payIncome{value: each}(sources[i].datanetId);
        }
    }

    function split() external view returns (Split memory) {
        uint16 treasuryBps = uint16(BPS) - _contributorsBps - _modelOwnerBps - _stakersBps - _datanetsBps;
        return Split(_contributorsBps, _modelOwnerBps, _stakersBps, _datanetsBps, treasuryBps);
    }

    /// @notice What an inference costs under a voucher, in wei: (inputTokens * inputPrice + outputTokens * outputPrice)
    /// / 1000, rounded up once.
    function price(bytes32 modelId, uint32 inputTokens, uint32 outputTokens) public view returns (uint256) {
        return _net(models.terms(modelId), inputTokens, outputTokens);
    }

    /// @notice What {pay} takes: {price} plus the platform fee.
    function quote(bytes32 modelId, uint32 inputTokens, uint32 outputTokens) external view returns (uint256 fee) {
        return price(modelId, inputTokens, outputTokens) + platformFee;
    }

    /// @dev Books all parts but the contributors', which it returns: the caller must send them to the pool.
    function _divide(bytes32 modelId, address modelOwner, uint256 net, uint256 platform)
        internal
        returns (uint256 poolPart)
    {
        uint256 ownerPart = net * _modelOwnerBps / BPS;
        uint256 stakersPart = net * _stakersBps / BPS;
        uint256 datanetsPart = net * _datanetsBps / BPS;
        uint256 treasuryPart = net * (BPS - _contributorsBps - _modelOwnerBps - _stakersBps - _datanetsBps) / BPS;
        poolPart = net - ownerPart - stakersPart - datanetsPart - treasuryPart;

        if (stakersPart != 0) stakersDue = (stakersDue + stakersPart).toUint128();
        if (datanetsPart != 0) datanetsDue[modelId] += datanetsPart;
        _credit(modelOwner, ownerPart);
        _credit(treasury, treasuryPart + platform);
    }

    /// @dev Cannot overflow: two products of 32 and 128 bits.
    function _net(ModelRegistry.Terms memory terms, uint256 inputTokens, uint256 outputTokens)
        internal
        pure
        returns (uint256)
    {
        uint256 thousandfold = inputTokens * terms.inputPrice + outputTokens * terms.outputPrice;
        return (thousandfold + TOKENS_PER_PRICE - 1) / TOKENS_PER_PRICE;
    }
}
