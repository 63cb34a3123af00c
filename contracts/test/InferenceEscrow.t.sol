// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

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
        bytes memory refusal = abi.encodeWithSelector(InferenceEscrow.InferenceEscrow__ZeroAddress.selector);
        vm.expectRevert(refusal);
        new InferenceEscrow(ModelRegistry(address(0)), pool, governance);
        vm.expectRevert(refusal);
        new InferenceEscrow(models, RewardPool(address(0)), governance);
        vm.expectRevert(refusal);
        new InferenceEscrow(models, pool, address(0));
    }

    function test_quote_isTheFormula() public view {
        // 500/1000 * 2 OPEN + 250/1000 * 4 OPEN + 0.01 OPEN
        vm.assertEq(escrow.quote(modelId, 500, 250), 2 ether + PLATFORM, "quote");
        vm.assertEq(escrow.quote(modelId, 0, 0), PLATFORM, "platform fee alone");
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
        emit PullPayment.Credited(governance, 0.2 ether + PLATFORM);
        vm.expectEmit(address(escrow));
        emit InferenceEscrow.InferencePaid(INFERENCE, modelId, user, 2 ether + PLATFORM, 1.4 ether);
        payAs(user, INFERENCE, 500, 250);

        vm.assertEq(pool.totalFunded(), 1.4 ether, "contributors");
        vm.assertEq(escrow.credit(maintainer), 0.4 ether, "model owner");
        vm.assertEq(escrow.credit(governance), 0.2 ether + PLATFORM, "treasury");
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
        uint16 contributorsBps,
        uint16 ownerBps,
        uint64 platform
    ) public {
        inputPrice = uint128(bound(inputPrice, 0, 1e24));
        outputPrice = uint128(bound(outputPrice, 0, 1e24));
        contributorsBps = uint16(bound(contributorsBps, 0, 10_000));
        ownerBps = uint16(bound(ownerBps, 0, 10_000 - contributorsBps));
        setPrices(inputPrice, outputPrice);
        vm.prank(governance);
        escrow.setSplit(contributorsBps, ownerBps, 10_000 - contributorsBps - ownerBps);
        vm.prank(governance);
        escrow.setPlatformFee(platform);

        uint256 fee = payAs(user, INFERENCE, inputTokens, outputTokens);
        uint256 exact = uint256(inputTokens) * inputPrice + uint256(outputTokens) * outputPrice;
        vm.assertTrue((fee - platform) * 1000 >= exact, "never below the price");
        vm.assertTrue((fee - platform) * 1000 < exact + 1000, "and by less than a wei above it");

        uint256 credited = escrow.credit(maintainer) + escrow.credit(governance);
        vm.assertEq(pool.totalFunded() + credited, fee, "conservation");
        vm.assertEq(address(escrow).balance, credited, "the escrow holds what it owes");
        vm.assertTrue(pool.totalFunded() >= (fee - platform) * contributorsBps / 10_000, "remainders to contributors");
        vm.assertTrue(pool.totalFunded() <= (fee - platform) * contributorsBps / 10_000 + 2, "and only remainders");
    }

    function test_setSplit_changesPaymentsToCome() public {
        payAs(user, INFERENCE, 500, 250);
        vm.expectEmit(address(escrow));
        emit InferenceEscrow.SplitSet(5000, 3000, 2000);
        vm.prank(governance);
        escrow.setSplit(5000, 3000, 2000);
        (uint256 contributors, uint256 owner, uint256 treasury) = escrow.split();
        vm.assertTrue(contributors == 5000 && owner == 3000 && treasury == 2000, "split");
        vm.assertEq(escrow.credit(maintainer), 0.4 ether, "what was paid stays");

        payAs(user, keccak256("next"), 500, 250);
        vm.assertEq(escrow.credit(maintainer), 1 ether, "0.4 and 0.6");
    }

    function testFuzz_setSplit_mustSumToTheWhole(uint16 contributorsBps, uint16 ownerBps, uint16 treasuryBps) public {
        if (uint256(contributorsBps) + ownerBps + treasuryBps != 10_000) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    InferenceEscrow.InferenceEscrow__WrongSplit.selector, contributorsBps, ownerBps, treasuryBps
                )
            );
        }
        vm.prank(governance);
        escrow.setSplit(contributorsBps, ownerBps, treasuryBps);
    }

    function test_setTreasury_earlierCreditStays() public {
        payAs(user, INFERENCE, 500, 250);
        vm.expectEmit(address(escrow));
        emit InferenceEscrow.TreasurySet(stranger);
        vm.prank(governance);
        escrow.setTreasury(stranger);
        payAs(user, keccak256("next"), 500, 250);
        vm.assertEq(escrow.credit(governance), 0.2 ether + PLATFORM, "old treasury");
        vm.assertEq(escrow.credit(stranger), 0.2 ether + PLATFORM, "new treasury");

        vm.expectRevert(abi.encodeWithSelector(InferenceEscrow.InferenceEscrow__ZeroAddress.selector));
        vm.prank(governance);
        escrow.setTreasury(address(0));
    }

    function test_setPlatformFee() public {
        vm.expectEmit(address(escrow));
        emit InferenceEscrow.PlatformFeeSet(3 ether);
        vm.prank(governance);
        escrow.setPlatformFee(3 ether);
        vm.assertEq(escrow.quote(modelId, 0, 0), 3 ether, "quote");
    }

    function test_governanceOnly() public {
        bytes memory refusal =
            abi.encodeWithSelector(InferenceEscrow.InferenceEscrow__NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        escrow.setSplit(10_000, 0, 0);
        vm.expectRevert(refusal);
        escrow.setPlatformFee(1);
        vm.expectRevert(refusal);
        escrow.setTreasury(address(this));
    }

    function test_withdraw_paysEachTheirOwn() public {
        payAs(user, INFERENCE, 500, 250);
        vm.prank(maintainer);
        escrow.withdraw();
        vm.assertEq(maintainer.balance, 0.4 ether, "maintainer");
        vm.assertEq(address(escrow).balance, escrow.credit(governance), "the treasury's part stays");

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
        vm.assertEq(address(creditor).balance, 0.2 ether + PLATFORM, "paid once");
        vm.assertEq(address(escrow).balance, 0.4 ether, "the owner's part stays");
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
