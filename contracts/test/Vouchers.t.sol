// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IStaking} from "../src/FeeSplit.sol";
import {InferenceEscrow} from "../src/InferenceEscrow.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {PullPayment} from "../src/PullPayment.sol";
import {VoucherDeposits} from "../src/VoucherDeposits.sol";
import {RefusingRecipient} from "./Recipients.sol";
import {VoucherWorld} from "./VoucherWorld.sol";
import {GreedyWallet, RedeemingDepositor, ReentrantDepositor, Wallet} from "./Wallets.sol";

contract VouchersTest is VoucherWorld {
    function test_deposit_byAnyoneForAnyone() public {
        vm.expectEmit(address(escrow));
        emit VoucherDeposits.Deposited(payer, user, 5 ether);
        depositFor(payer, 5 ether);
        depositFor(payer, 2 ether);
        vm.assertEq(escrow.depositOf(payer).balance, 7 ether, "balance");
        vm.expectRevert(abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__NothingDeposited.selector));
        escrow.deposit(payer);
    }

    function test_redeem_dividesWhatIsNew() public {
        depositFor(payer, 10 ether);
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 2 ether);
        bytes32 id = escrow.voucherIdOf(voucher);
        vm.expectEmit(address(escrow));
        emit VoucherDeposits.VoucherRedeemed(id, modelId, payer, 2 ether, 2 ether, 1.4 ether, voucher.inferences);
        redeem(2 ether);
        vm.assertEq(pool.totalFunded(), 1.4 ether, "contributors");
        vm.assertEq(escrow.credit(maintainer), 0.4 ether, "model owner");
        vm.assertEq(escrow.credit(governance), 0.04 ether, "treasury: no platform fee");
        vm.assertEq(escrow.stakersDue(), 0.1 ether, "stakers");
        vm.assertEq(escrow.datanetsDue(modelId), 0.06 ether, "Datanets");
        vm.assertEq(escrow.depositOf(payer).balance, 8 ether, "deposit");
        vm.assertEq(escrow.redeemed(payer, modelId), 2 ether, "redeemed");

        redeem(3 ether);
        VoucherDeposits.Redemption memory moved = escrow.redemption(escrow.voucherIdOf(voucherOf(payer, 3 ether)));
        vm.assertEq(moved.fee, 1 ether, "only what is new");
        vm.assertEq(moved.pool, 0.7 ether, "its contributors' part");
        vm.assertEq(escrow.redemption(id).fee, 2 ether, "the earlier one stays on record");
    }

    /// @dev The id is what every EIP-712 wallet computes.
    function test_voucherId_isTheTypedDataDigest() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OpenLedger InferenceEscrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 7);
        bytes32 data = keccak256(
            abi.encode(
                keccak256("Voucher(address payer,bytes32 modelId,uint256 cumulative,bytes32 inferences)"),
                payer,
                modelId,
                uint256(7),
                voucher.inferences
            )
        );
        vm.assertEq(escrow.voucherIdOf(voucher), keccak256(abi.encodePacked(hex"1901", domain, data)), "digest");
    }

    // Replay

    function test_redeem_again_orLower_reverts() public {
        depositFor(payer, 10 ether);
        redeem(2 ether);
        expectNothingNew(2 ether);
        expectNothingNew(1 ether);
        expectNothingNew(0);
    }

    function test_redeem_voucherOfAnotherChain_reverts() public {
        depositFor(payer, 10 ether);
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 2 ether);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        bytes memory signature = sign(KEY, voucher);
        vm.chainId(here);
        expectWrongSignature(voucher, signature);
    }

    function test_redeem_voucherOfAnotherContract_reverts() public {
        InferenceEscrow other = new InferenceEscrow(models, pool, IStaking(address(staking)), governance);
        depositFor(payer, 10 ether);
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 2 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, other.voucherIdOf(voucher));
        expectWrongSignature(voucher, abi.encodePacked(r, s, v));
    }

    function testFuzz_redeem_anyOtherVoucher_reverts(
        address account,
        bytes32 model,
        uint96 cumulative,
        bytes32 inferences
    ) public {
        cumulative = uint96(bound(cumulative, 1, 10 ether));
        depositFor(payer, 10 ether);
        if (account != payer) depositFor(account, 10 ether);
        VoucherDeposits.Voucher memory signed = voucherOf(payer, 2 ether);
        bytes memory signature = sign(KEY, signed);
        VoucherDeposits.Voucher memory voucher = VoucherDeposits.Voucher(account, model, cumulative, inferences);
        vm.assume(escrow.voucherIdOf(voucher) != escrow.voucherIdOf(signed));
        // One field at a time too.
        expectWrongSignature(VoucherDeposits.Voucher(payer, modelId, 2 ether + 1, signed.inferences), signature);
        if (inferences != signed.inferences) {
            expectWrongSignature(VoucherDeposits.Voucher(payer, modelId, 2 ether, inferences), signature);
        }
        if (model != modelId) {
            expectWrongSignature(VoucherDeposits.Voucher(payer, model, 2 ether, signed.inferences), signature);
        }
        if (account != payer) {
            expectWrongSignature(VoucherDeposits.Voucher(account, modelId, 2 ether, signed.inferences), signature);
        }
        expectWrongSignature(voucher, signature);
    }

    /// @dev The other s of the same signature, a cut one, a compact one, a strange v: none is a second signature.
    function test_redeem_malleableSignature_reverts() public {
        depositFor(payer, 10 ether);
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 2 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, escrow.voucherIdOf(voucher));
        expectWrongSignature(voucher, abi.encodePacked(r, bytes32(N - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
        expectWrongSignature(voucher, abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255))));
        expectWrongSignature(voucher, abi.encodePacked(r, s));
        expectWrongSignature(voucher, abi.encodePacked(r, s, v - 27));
        expectWrongSignature(voucher, "");
    }

    function test_redeem_payerZero_reverts() public {
        depositFor(address(0), 10 ether);
        expectWrongSignature(voucherOf(address(0), 1 ether), abi.encodePacked(bytes32(0), bytes32(0), uint8(0)));
    }

    function test_redeem_aboveTheDeposit_reverts() public {
        depositFor(payer, 2 ether);
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 2 ether + 1);
        bytes memory signature = sign(KEY, voucher);
        vm.expectRevert(
            abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__AboveDeposit.selector, payer, 2 ether + 1, 2 ether)
        );
        escrow.redeem(voucher, signature);
        // The one before it can still be redeemed, and later this one, when there is more.
        redeem(2 ether);
        depositFor(payer, 1);
        escrow.redeem(voucher, signature);
        vm.assertEq(escrow.depositOf(payer).balance, 0, "to the last wei");
    }

    /// @dev One deposit, two models: who comes first is paid, and never more than there is.
    function test_redeem_oneDepositForTwoModels() public {
        depositFor(payer, 3 ether);
        redeem(2 ether);
        ModelRegistry.Registration memory given = registration(datanetOf("seamanship"), 1);
        given.adapterHash = keccak256("other");
        vm.prank(maintainer);
        modelId = models.register(given);
        vm.assertEq(escrow.redeemed(payer, modelId), 0, "totals are kept by model");
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 2 ether);
        bytes memory signature = sign(KEY, voucher);
        vm.expectRevert(
            abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__AboveDeposit.selector, payer, 2 ether, 1 ether)
        );
        escrow.redeem(voucher, signature);
        redeem(1 ether);
    }

    function test_redeem_forAnUnknownModel_reverts() public {
        depositFor(payer, 3 ether);
        modelId = keccak256("no model");
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, 1 ether);
        bytes memory signature = sign(KEY, voucher);
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelRegistry__UnknownModel.selector, modelId));
        escrow.redeem(voucher, signature);
    }

    /// @dev A voucher of less than a wei for every part moves what it can, and nothing is lost.
    function test_redeem_oneWei_goesToContributors() public {
        depositFor(payer, 1);
        redeem(1);
        vm.assertEq(pool.totalFunded(), 1, "contributors");
    }

    /// @dev Somebody pays for an inference of the voucher's id first: payments and redemptions do not meet.
    function test_redeem_idTakenByAPayment_isNoObstacle() public {
        depositFor(payer, 2 ether);
        bytes32 id = escrow.voucherIdOf(voucherOf(payer, 2 ether));
        uint256 fee = escrow.quote(modelId, 1, 1);
        vm.deal(user, fee);
        vm.prank(user);
        escrow.pay{value: fee}(modelId, id, 1, 1);
        vm.assertEq(escrow.redemption(id).fee, 0, "a payment is no redemption");
        redeem(2 ether);
        vm.assertEq(escrow.payment(id).fee, fee, "and the payment stays what it is");
    }

    // Contracts as payers

    function test_redeem_signedByAContractWallet() public {
        Wallet wallet = new Wallet(payer);
        depositFor(address(wallet), 2 ether);
        VoucherDeposits.Voucher memory voucher = voucherOf(address(wallet), 1 ether);
        bytes memory signature = sign(KEY, voucher);
        vm.assertTrue(escrow.isSigned(voucher, signature), "ERC-1271");
        escrow.redeem(voucher, signature);
        vm.assertEq(escrow.depositOf(address(wallet)).balance, 1 ether, "deposit");

        voucher = voucherOf(address(wallet), 2 ether);
        signature = sign(KEY, voucher);
        wallet.setRefuses(true);
        expectWrongSignature(voucher, signature);
    }

    // Batches

    function test_redeemMany_leavesOutWhatCannotBe() public {
        depositFor(payer, 3 ether);
        Wallet wallet = new Wallet(payer);
        depositFor(address(wallet), 1 ether);
        wallet.setRefuses(true);
        address greedy = address(new GreedyWallet());
        depositFor(greedy, 1 ether);
        uint256[] memory totals = new uint256[](6);
        (totals[1], totals[2], totals[3], totals[4]) = (1 ether, 1 ether, 3 ether, 4 ether);
        (VoucherDeposits.Voucher[] memory vouchers, bytes[] memory signatures) = batchOf(totals);
        // The one that burns gas comes first, so that the others feel it.
        vouchers[0] = voucherOf(greedy, 1 ether);
        vouchers[5] = voucherOf(address(wallet), 1 ether);
        signatures[5] = sign(KEY, vouchers[5]);

        uint256[4] memory skipped = [uint256(0), 2, 4, 5];
        for (uint256 i; i < 4; ++i) {
            vm.expectEmit(address(escrow));
            emit VoucherDeposits.VoucherSkipped(escrow.voucherIdOf(vouchers[skipped[i]]));
        }
        escrow.redeemMany{gas: 1_500_000}(vouchers, signatures);
        vm.assertEq(escrow.redeemed(payer, modelId), 3 ether, "payer");
        vm.assertEq(pool.totalFunded(), 2.1 ether, "70 % of 3");
        vm.assertEq(escrow.depositOf(address(wallet)).balance, 1 ether, "wallet");
        vm.assertEq(escrow.depositOf(greedy).balance, 1 ether, "greedy");
    }

    /// @dev A signature so long that looking at it uses up what one check is given.
    function test_redeemMany_endlessSignature_isLeftOut() public {
        Wallet wallet = new Wallet(payer);
        depositFor(address(wallet), 1 ether);
        depositFor(payer, 1 ether);
        uint256[] memory totals = new uint256[](2);
        totals[0] = 1 ether;
        (VoucherDeposits.Voucher[] memory vouchers, bytes[] memory signatures) = batchOf(totals);
        vouchers[1] = voucherOf(address(wallet), 1 ether);
        signatures[1] = new bytes(400_000);
        escrow.redeemMany(vouchers, signatures);
        vm.assertEq(escrow.redeemed(payer, modelId), 1 ether, "payer");
        vm.assertEq(escrow.depositOf(address(wallet)).balance, 1 ether, "wallet");
    }

    function test_redeemMany_nothingToRedeem_reverts() public {
        (VoucherDeposits.Voucher[] memory vouchers, bytes[] memory signatures) = batchOf(new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__NothingRedeemed.selector));
        escrow.redeemMany(vouchers, signatures);
        vm.expectRevert(abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__LengthMismatch.selector, 2, 1));
        escrow.redeemMany(vouchers, new bytes[](1));
    }

    /// @dev What a batch sends to the pool at once is the sum of what is on record for each voucher.
    function test_redeemMany_fundsTheSum() public {
        depositFor(payer, 10 ether);
        uint256[] memory totals = new uint256[](3);
        (totals[0], totals[1], totals[2]) = (1, 3 ether + 7, 10 ether);
        (VoucherDeposits.Voucher[] memory vouchers, bytes[] memory signatures) = batchOf(totals);
        escrow.redeemMany(vouchers, signatures);
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            sum += escrow.redemption(escrow.voucherIdOf(vouchers[i])).pool;
        }
        vm.assertEq(pool.totalFunded(), sum, "the pool got what is on record");
    }

    // Withdrawing

    function test_withdraw_afterTheDelay() public {
        depositFor(payer, 5 ether);
        uint256 availableAt = block.timestamp + 1 days;
        vm.expectEmit(address(escrow));
        emit VoucherDeposits.WithdrawalRequested(payer, 3 ether, availableAt);
        requestWithdrawal(3 ether);
        vm.assertEq(escrow.depositOf(payer).withdrawing, 3 ether, "withdrawing");
        vm.warp(availableAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__WithdrawalTooEarly.selector, payer, availableAt)
        );
        withdraw();
        vm.warp(availableAt);
        vm.expectEmit(address(escrow));
        emit VoucherDeposits.DepositWithdrawn(payer, 3 ether);
        withdraw();
        vm.assertEq(payer.balance, 3 ether, "payer");
        vm.assertEq(escrow.depositOf(payer).balance, 2 ether, "the rest stays");
        expectNoWithdrawal();
    }

    /// @dev The payer asks for everything when the answers are given: the vouchers are still good.
    function test_withdraw_vouchersRedeemMeanwhile() public {
        depositFor(payer, 5 ether);
        requestWithdrawal(5 ether);
        vm.warp(block.timestamp + 1 days - 1);
        redeem(4 ether);
        vm.warp(block.timestamp + 1);
        withdraw();
        vm.assertEq(payer.balance, 1 ether, "what vouchers left");

        requestWithdrawal(0);
        expectNoWithdrawal();
    }

    function test_withdraw_whenVouchersTookAll_reverts() public {
        depositFor(payer, 5 ether);
        requestWithdrawal(5 ether);
        redeem(5 ether);
        vm.warp(block.timestamp + 1 days);
        expectNoWithdrawal();
    }

    function test_requestWithdrawal_takesTheOldOnesPlace() public {
        depositFor(payer, 5 ether);
        requestWithdrawal(1 ether);
        vm.warp(block.timestamp + 1 days);
        // A waiting of a day for one coin is none for five.
        requestWithdrawal(5 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                VoucherDeposits.InferenceEscrow__WithdrawalTooEarly.selector, payer, block.timestamp + 1 days
            )
        );
        withdraw();
        requestWithdrawal(0);
        vm.assertEq(escrow.depositOf(payer).availableAt, 0, "taken back");
        expectNoWithdrawal();
        vm.expectRevert(
            abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__AboveDeposit.selector, payer, 5 ether + 1, 5 ether)
        );
        requestWithdrawal(5 ether + 1);
    }

    /// @dev Governance shortens or lengthens the delay: who has asked already waits as long as it was told.
    function test_withdraw_newDelay_leavesTheRequestAlone() public {
        depositFor(payer, 5 ether);
        requestWithdrawal(5 ether);
        vm.prank(governance);
        escrow.setWithdrawalDelay(30 days);
        vm.warp(block.timestamp + 1 days);
        withdraw();
        vm.assertEq(payer.balance, 5 ether, "payer");
    }

    function test_withdraw_reentrant_isPaidOnce() public {
        ReentrantDepositor depositor = new ReentrantDepositor(escrow);
        depositFor(address(depositor), 2 ether);
        depositFor(payer, 2 ether);
        depositor.request(1 ether);
        vm.warp(block.timestamp + 1 days);
        depositor.withdraw();
        vm.assertEq(address(depositor).balance, 1 ether, "once");
        vm.assertEq(escrow.depositOf(address(depositor)).balance, 1 ether, "the rest stays");
        assertGuarded(depositor.answer());
    }

    /// @dev What is being withdrawn has left the deposit before it is sent: no voucher takes it a second time.
    function test_withdraw_redeemingFromInside_takesNothingTwice() public {
        RedeemingDepositor depositor = new RedeemingDepositor(escrow);
        depositFor(address(depositor), 2 ether);
        depositFor(payer, 2 ether);
        depositor.request(1 ether);
        depositor.arm(voucherOf(address(depositor), 2 ether));
        vm.warp(block.timestamp + 1 days);
        depositor.withdraw();
        vm.assertEq(
            keccak256(depositor.answer()),
            keccak256(
                abi.encodeWithSelector(
                    VoucherDeposits.InferenceEscrow__AboveDeposit.selector, address(depositor), 2 ether, 1 ether
                )
            ),
            "answer to the voucher from inside"
        );
        vm.assertEq(escrow.depositOf(address(depositor)).balance, 1 ether, "the rest stays");
    }

    function test_withdraw_refusingDepositor_reverts() public {
        address refusing = address(new RefusingRecipient());
        depositFor(refusing, 2 ether);
        vm.prank(refusing);
        escrow.requestWithdrawal(2 ether);
        vm.warp(block.timestamp + 1 days);
        vm.expectRevert(abi.encodeWithSelector(PullPayment.PullPayment__TransferFailed.selector, refusing, 2 ether));
        vm.prank(refusing);
        escrow.withdrawDeposit();
        vm.assertEq(escrow.depositOf(refusing).balance, 2 ether, "nothing is lost");
    }

    /// @dev However a total is cut into vouchers, the payer pays the total, and each part gets the same but for rounding.
    function testFuzz_redeem_conservesTheTotal(uint96[4] memory steps, bool batch) public {
        uint256[] memory totals = new uint256[](4);
        uint256 total;
        for (uint256 i; i < 4; ++i) {
            total += bound(steps[i], 1, 1e26);
            totals[i] = total;
        }
        depositFor(payer, total);
        if (batch) {
            (VoucherDeposits.Voucher[] memory vouchers, bytes[] memory signatures) = batchOf(totals);
            escrow.redeemMany(vouchers, signatures);
        } else {
            for (uint256 i; i < 4; ++i) {
                redeem(totals[i]);
            }
        }
        uint256 kept =
            escrow.credit(maintainer) + escrow.credit(governance) + escrow.stakersDue() + escrow.datanetsDue(modelId);
        vm.assertEq(escrow.depositOf(payer).balance, 0, "deposit");
        vm.assertEq(pool.totalFunded() + kept, total, "conservation");
        vm.assertEq(address(escrow).balance, kept, "the escrow holds what it owes");
        vm.assertTrue(pool.totalFunded() >= total * 7000 / 10_000, "contributors");
        vm.assertLe(pool.totalFunded(), total * 7000 / 10_000 + 16, "but for rounding");
    }

    function requestWithdrawal(uint96 amount) private {
        vm.prank(payer);
        escrow.requestWithdrawal(amount);
    }

    function withdraw() private {
        vm.prank(payer);
        escrow.withdrawDeposit();
    }

    function expectNoWithdrawal() private {
        vm.expectRevert(abi.encodeWithSelector(VoucherDeposits.InferenceEscrow__NoWithdrawal.selector, payer));
        withdraw();
    }

    function expectNothingNew(uint256 cumulative) private {
        VoucherDeposits.Voucher memory voucher = voucherOf(payer, cumulative);
        bytes memory signature = sign(KEY, voucher);
        vm.expectRevert(
            abi.encodeWithSelector(
                VoucherDeposits.InferenceEscrow__NothingNew.selector, modelId, payer, cumulative, 2 ether
            )
        );
        escrow.redeem(voucher, signature);
    }

    function expectWrongSignature(VoucherDeposits.Voucher memory voucher, bytes memory signature) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                VoucherDeposits.InferenceEscrow__WrongSignature.selector, escrow.voucherIdOf(voucher), voucher.payer
            )
        );
        escrow.redeem(voucher, signature);
    }
}
