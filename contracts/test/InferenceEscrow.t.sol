// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FeeSplit, IStaking} from "../src/FeeSplit.sol";
import {InferenceEscrow} from "../src/InferenceEscrow.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {PullPayment} from "../src/PullPayment.sol";
import {RewardPool} from "../src/RewardPool.sol";
import {ReentrantCreditor} from "./Recipients.sol";
import {World} from "./World.sol";

contract InferenceEscrowTest is World {
    bytes32 private constant INFERENCE = keccak256("inference");
    uint256 private constant PLATFORM = 0.01 ether;

    bytes32 private modelId;

    function setUp() public override {
        super.setUp();
        modelId = registerModel();
    }

    function test_constructor_zeroAddress_reverts() public {
        bytes memory refusal = abi.encodeWithSelector(FeeSplit.InferenceEscrow__ZeroAddress.selector);
        IStaking stake = IStaking(address(staking));
        vm.expectRevert(refusal);
        new InferenceEscrow(ModelRegistry(address(0)), pool, stake, governance);
        vm.expectRevert(refusal);
        new InferenceEscrow(models, RewardPool(address(0)), stake, governance);
        vm.expectRevert(refusal);
        new InferenceEscrow(models, pool, IStaking(address(0)), governance);
        vm.expectRevert(refusal);
        new InferenceEscrow(models, pool, stake, address(0));
    }

    function test_quote_isTheFormula() public view {
        // 500/1000 * 2 OPEN + 250/1000 * 4 OPEN + 0.01 OPEN
        vm.assertEq(escrow.quote(modelId, 500, 250), 2 ether + PLATFORM, "quote");
        vm.assertEq(escrow.quote(modelId, 0, 0), PLATFORM, "platform fee alone");
        vm.assertEq(escrow.price(modelId, 500, 250), 2 ether, "under a voucher without it");
    }

    function test_quote_roundsUpOnce() public {
        setPrices(1, 1);
        vm.assertEq(escrow.quote(modelId, 1, 1), PLATFORM + 1, "2/1000 wei is 1 wei");
        vm.assertEq(escrow.quote(modelId, 500, 500), PLATFORM + 1, "two halves are one wei, not two");
        vm.assertEq(escrow.quote(modelId, 500, 501), PLATFORM + 2, "1001/1000 wei is 2 wei");
    }

    function test_quote_unknownModel_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__UnknownModel.selector, INFERENCE));
        escrow.quote(INFERENCE, 1, 1);
    }

    function test_pay_splitsTheNet() public {
        vm.expectEmit(address(escrow));
        emit PullPayment.Credited(maintainer, 0.4 ether);
        vm.expectEmit(address(escrow));
        emit PullPayment.Credited(governance, 0.04 ether + PLATFORM);
        vm.expectEmit(address(escrow));
        emit InferenceEscrow.InferencePaid(INFERENCE, modelId, user, 2 ether + PLATFORM, 1.4 ether);
        payAs(user, INFERENCE, 500, 250);

        vm.assertEq(pool.totalFunded(), 1.4 ether, "contributors");
        vm.assertEq(escrow.credit(maintainer), 0.4 ether, "model owner");
        vm.assertEq(escrow.credit(governance), 0.04 ether + PLATFORM, "treasury");
        vm.assertEq(escrow.stakersDue(), 0.1 ether, "stakers");
        vm.assertEq(escrow.datanetsDue(modelId), 0.06 ether, "Datanets");
        InferenceEscrow.Payment memory payment = escrow.payment(INFERENCE);
        vm.assertEq(payment.payer, user, "payer");
        vm.assertEq(payment.modelId, modelId, "modelId");
        vm.assertEq(payment.fee, 2 ether + PLATFORM, "fee");
        vm.assertEq(payment.pool, 1.4 ether, "pool");
    }

    function test_pay_wrongAmount_reverts() public {
        uint256 fee = escrow.quote(modelId, 500, 250);
        expectWrongPayment(fee - 1, fee);
        expectWrongPayment(fee + 1, fee);
        expectWrongPayment(0, fee);
    }

    function test_pay_sameInferenceTwice_reverts() public {
        payAs(user, INFERENCE, 500, 250);
        uint256 fee = escrow.quote(modelId, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(InferenceEscrow.InferenceEscrow__AlreadyPaid.selector, INFERENCE, user));
        vm.prank(stranger);
        escrow.pay{value: fee}(modelId, INFERENCE, 1, 1);
    }

    /// @dev The owner raises the price just before the payment: the payer pays what it agreed to, or nothing.
    function test_pay_frontRunByAPriceChange_reverts() public {
        uint256 agreed = escrow.quote(modelId, 1000, 0);
        setPrices(200 ether, 0);
        vm.expectRevert(
            abi.encodeWithSelector(InferenceEscrow.InferenceEscrow__WrongPayment.selector, agreed, 200 ether + PLATFORM)
        );
        vm.prank(user);
        escrow.pay{value: agreed}(modelId, INFERENCE, 1000, 0);
        vm.assertEq(user.balance, 1000 ether, "user");
    }

    function test_pay_freeModelWithoutPlatformFee() public {
        setPrices(0, 0);
        vm.prank(governance);
        escrow.setPlatformFee(0);
        payAs(user, INFERENCE, 10, 10);
        vm.assertEq(escrow.payment(INFERENCE).payer, user, "recorded all the same");
    }

    /// @dev For any prices, token counts and split, every wei of the fee is in the pool or credited.
    function testFuzz_pay_conservesTheFee(
        uint128 inputPrice,
        uint128 outputPrice,
        uint32 inputTokens,
        uint32 outputTokens,
        uint256 seed,
        uint64 platform
    ) public {
        inputPrice = uint128(bound(inputPrice, 0, 1e18));
        outputPrice = uint128(bound(outputPrice, 0, 1e18));
        platform = uint64(bound(platform, 0, escrow.MAX_PLATFORM_FEE()));
        setPrices(inputPrice, outputPrice);
        FeeSplit.Split memory split = anySplit(seed);
        setSplit(split);
        vm.prank(governance);
        escrow.setPlatformFee(platform);

        uint256 fee = payAs(user, INFERENCE, inputTokens, outputTokens);
        uint256 exact = uint256(inputTokens) * inputPrice + uint256(outputTokens) * outputPrice;
        vm.assertTrue((fee - platform) * 1000 >= exact, "never below the price");
        vm.assertTrue((fee - platform) * 1000 < exact + 1000, "and by less than a wei above it");

        uint256 kept =
            escrow.credit(maintainer) + escrow.credit(governance) + escrow.stakersDue() + escrow.datanetsDue(modelId);
        vm.assertEq(pool.totalFunded() + kept, fee, "conservation");
        vm.assertEq(address(escrow).balance, kept, "the escrow holds what it owes");
        uint256 floor = (fee - platform) * split.contributors / 10_000;
        vm.assertTrue(pool.totalFunded() >= floor, "remainders to contributors");
        vm.assertLe(pool.totalFunded(), floor + 4, "and only remainders");
    }

    function test_pay_aboveWhatIsEver_reverts() public {
        setPrices(type(uint128).max, 0);
        uint256 fee = escrow.quote(modelId, type(uint32).max, 0);
        vm.deal(user, fee);
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, net(fee) * 500 / 10_000)
        );
        vm.prank(user);
        escrow.pay{value: fee}(modelId, INFERENCE, type(uint32).max, 0);
    }

    function test_fundStakers_sendsTheirPartOn() public {
        vm.expectRevert(abi.encodeWithSelector(FeeSplit.InferenceEscrow__NothingDue.selector));
        escrow.fundStakers();
        payAs(user, INFERENCE, 500, 250);
        payAs(user, keccak256("next"), 500, 250);
        vm.expectEmit(address(escrow));
        emit FeeSplit.StakersFunded(0.2 ether);
        vm.prank(stranger);
        escrow.fundStakers();
        (, uint256 queued) = staking.unearned();
        vm.assertEq(queued, 0.2 ether, "stakers");
        vm.assertEq(escrow.stakersDue(), 0, "nothing is due");
    }

    /// @dev To all Datanets of the model alike; what does not divide waits.
    function test_fundDatanets_dividesEvenly() public {
        bytes32 other = publishDatanet("knots", open());
        bytes32 first = datanetOf("seamanship");
        ModelRegistry.Registration memory given = registration(first, 1);
        given.adapterHash = keccak256("of both");
        given.sources = new ModelRegistry.Source[](2);
        given.sources[0] = ModelRegistry.Source(first < other ? first : other, 1);
        given.sources[1] = ModelRegistry.Source(first < other ? other : first, 1);
        vm.prank(maintainer);
        modelId = models.register(given);
        setPrices(101_000, 0);
        vm.expectRevert(abi.encodeWithSelector(FeeSplit.InferenceEscrow__NothingDue.selector));
        escrow.fundDatanets(modelId);

        // 3 % of 101 wei are 3.
        payAs(user, INFERENCE, 1, 0);
        vm.expectEmit(address(escrow));
        emit FeeSplit.DatanetsFunded(modelId, 2, 1);
        escrow.fundDatanets(modelId);
        vm.assertEq(address(datanets).balance, 2, "Datanets");
        vm.assertEq(escrow.datanetsDue(modelId), 1, "the rest");
        vm.expectRevert(abi.encodeWithSelector(FeeSplit.InferenceEscrow__NothingDue.selector));
        escrow.fundDatanets(modelId);
    }

    function test_setSplit_changesPaymentsToCome() public {
        payAs(user, INFERENCE, 500, 250);
        vm.expectEmit(address(escrow));
        emit FeeSplit.SplitSet(5000, 3000, 500, 0, 1500);
        vm.prank(governance);
        escrow.setSplit(5000, 3000, 500, 0, 1500);
        FeeSplit.Split memory split = escrow.split();
        vm.assertTrue(split.contributors == 5000 && split.modelOwner == 3000 && split.stakers == 500, "split");
        vm.assertTrue(split.datanets == 0 && split.treasury == 1500, "split");
        vm.assertEq(escrow.credit(maintainer), 0.4 ether, "what was paid stays");

        payAs(user, keccak256("next"), 500, 250);
        vm.assertEq(escrow.credit(maintainer), 1 ether, "0.4 and 0.6");
    }

    /// @dev Parts that do not sum to the whole, or are outside their bounds, are refused.
    function testFuzz_setSplit_bounds(uint16[5] memory bps, bool sum) public {
        FeeSplit.Split memory given = parts(
            uint16(bound(bps[0], 0, 10_000)),
            uint16(bound(bps[1], 0, 3000)),
            uint16(bound(bps[2], 0, 1000)),
            uint16(bound(bps[3], 0, 1000)),
            bps[4]
        );
        uint256 others = uint256(given.contributors) + given.modelOwner + given.stakers + given.datanets;
        if (sum && others <= 10_000) given.treasury = uint16(10_000 - others);
        if (others + given.treasury != 10_000 || given.contributors < 5000 || given.treasury > 2000) {
            expectWrongSplit(given);
        }
        setSplit(given);
    }

    function test_setSplit_eachBound_reverts() public {
        FeeSplit.Split[3] memory wrong =
            [parts(7000, 2000, 500, 300, 201), parts(4999, 4000, 1001, 0, 0), parts(7999, 0, 0, 0, 2001)];
        for (uint256 i; i < 3; ++i) {
            expectWrongSplit(wrong[i]);
            setSplit(wrong[i]);
        }
    }

    function test_setTreasury_earlierCreditStays() public {
        payAs(user, INFERENCE, 500, 250);
        vm.expectEmit(address(escrow));
        emit FeeSplit.TreasurySet(stranger);
        vm.prank(governance);
        escrow.setTreasury(stranger);
        payAs(user, keccak256("next"), 500, 250);
        vm.assertEq(escrow.credit(governance), 0.04 ether + PLATFORM, "old treasury");
        vm.assertEq(escrow.credit(stranger), 0.04 ether + PLATFORM, "new treasury");

        vm.expectRevert(abi.encodeWithSelector(FeeSplit.InferenceEscrow__ZeroAddress.selector));
        vm.prank(governance);
        escrow.setTreasury(address(0));
    }

    function test_setPlatformFee() public {
        vm.expectEmit(address(escrow));
        emit FeeSplit.PlatformFeeSet(1 ether);
        vm.prank(governance);
        escrow.setPlatformFee(1 ether);
        vm.assertEq(escrow.quote(modelId, 0, 0), 1 ether, "quote");
        vm.expectRevert(
            abi.encodeWithSelector(FeeSplit.InferenceEscrow__PlatformFeeTooHigh.selector, 1 ether + 1, 1 ether)
        );
        vm.prank(governance);
        escrow.setPlatformFee(1 ether + 1);
    }

    function test_setWithdrawalDelay_inBounds() public {
        vm.expectEmit(address(escrow));
        emit FeeSplit.WithdrawalDelaySet(2 hours);
        vm.prank(governance);
        escrow.setWithdrawalDelay(2 hours);
        vm.assertEq(escrow.withdrawalDelay(), 2 hours, "delay");
        uint32[2] memory wrong = [uint32(1 hours - 1), uint32(30 days + 1)];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(FeeSplit.InferenceEscrow__DelayOutOfRange.selector, wrong[i], 1 hours, 30 days)
            );
            vm.prank(governance);
            escrow.setWithdrawalDelay(wrong[i]);
        }
    }

    function test_governanceOnly() public {
        bytes memory refusal = abi.encodeWithSelector(FeeSplit.InferenceEscrow__NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        escrow.setSplit(10_000, 0, 0, 0, 0);
        vm.expectRevert(refusal);
        escrow.setPlatformFee(1);
        vm.expectRevert(refusal);
        escrow.setTreasury(address(this));
        vm.expectRevert(refusal);
        escrow.setWithdrawalDelay(1 days);
    }

    function test_withdraw_paysEachTheirOwn() public {
        payAs(user, INFERENCE, 500, 250);
        vm.prank(maintainer);
        escrow.withdraw();
        vm.assertEq(maintainer.balance, 0.4 ether, "maintainer");
        vm.assertEq(address(escrow).balance, 0.2 ether + PLATFORM, "everybody else's part stays");

        vm.expectRevert(abi.encodeWithSelector(PullPayment.PullPayment__NothingToWithdraw.selector, stranger));
        vm.prank(stranger);
        escrow.withdraw();
    }

    function test_withdraw_reentrant_isPaidOnce() public {
        ReentrantCreditor creditor = new ReentrantCreditor(escrow);
        vm.prank(governance);
        escrow.setTreasury(address(creditor));
        payAs(user, INFERENCE, 500, 250);
        creditor.withdraw();
        vm.assertEq(address(creditor).balance, 0.04 ether + PLATFORM, "paid once");
        vm.assertEq(address(escrow).balance, 0.56 ether, "the others' parts stay");
        assertGuarded(creditor.answer());
    }

    function payAs(address payer, bytes32 inferenceId, uint32 inputTokens, uint32 outputTokens)
        private
        returns (uint256 fee)
    {
        fee = escrow.quote(modelId, inputTokens, outputTokens);
        vm.deal(payer, fee);
        vm.prank(payer);
        escrow.pay{value: fee}(modelId, inferenceId, inputTokens, outputTokens);
    }

    function net(uint256 fee) private pure returns (uint256) {
        return fee - PLATFORM;
    }

    function anySplit(uint256 seed) private view returns (FeeSplit.Split memory) {
        uint256 contributors = bound(seed, escrow.MIN_CONTRIBUTORS_BPS(), 10_000);
        uint256 left = 10_000 - contributors;
        uint256 treasury = bound(seed >> 32, 0, left < 2000 ? left : 2000);
        left -= treasury;
        uint256 owner = bound(seed >> 64, 0, left);
        uint256 stakers = bound(seed >> 96, 0, left - owner);
        return
            parts(
                uint16(contributors), uint16(owner), uint16(stakers), uint16(left - owner - stakers), uint16(treasury)
            );
    }

    function setSplit(FeeSplit.Split memory given) private {
        vm.prank(governance);
        escrow.setSplit(given.contributors, given.modelOwner, given.stakers, given.datanets, given.treasury);
    }

    function expectWrongSplit(FeeSplit.Split memory given) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                FeeSplit.InferenceEscrow__WrongSplit.selector,
                given.contributors,
                given.modelOwner,
                given.stakers,
                given.datanets,
                given.treasury
            )
        );
    }

    function setPrices(uint128 inputPrice, uint128 outputPrice) private {
        vm.prank(maintainer);
        models.setPrices(modelId, inputPrice, outputPrice);
    }

    function expectWrongPayment(uint256 sent, uint256 quoted) private {
        vm.expectRevert(abi.encodeWithSelector(InferenceEscrow.InferenceEscrow__WrongPayment.selector, sent, quoted));
        vm.prank(user);
        escrow.pay{value: sent}(modelId, INFERENCE, 500, 250);
    }
}
