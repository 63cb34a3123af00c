// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {InferenceEscrow} from "../src/InferenceEscrow.sol";
import {VoucherDeposits} from "../src/VoucherDeposits.sol";
import {Test} from "./Test.sol";

/// @dev Everything that people can do with deposits and vouchers of three payers for two models, in any order, with sums
/// kept beside the contract. Payers sign more than they have, ask for their deposits at the worst time, and old vouchers
/// are redeemed again.
contract VoucherHandler is Test {
    uint256 private constant PAYERS = 3;

    InferenceEscrow private immutable escrow;
    address private immutable governance;
    bytes32[2] public models;

    // Ghosts, by payer: what came in, what left by withdrawal, what vouchers took.
    mapping(address payer => uint256) public deposited;
    mapping(address payer => uint256) public withdrawn;
    mapping(address payer => uint256) public taken;
    uint256 public creditsPaid;
    uint256 public sentOn;
    /// @dev The largest total that the payer ever signed for a model.
    mapping(address payer => mapping(bytes32 model => uint256)) public signed;
    VoucherDeposits.Voucher[] private old;
    mapping(bytes4 actionOrRefusal => uint256) public done;

    constructor(InferenceEscrow escrow_, bytes32[2] memory models_, address governance_) {
        (escrow, models, governance) = (escrow_, models_, governance_);
    }

    function payer(uint256 who) public pure returns (address) {
        return vm.addr(1000 + who % PAYERS);
    }

    function deposit(uint256 who, uint256 amount) external {
        amount = bound(amount, 1, 1e24);
        vm.deal(address(this), amount);
        escrow.deposit{value: amount}(payer(who));
        deposited[payer(who)] += amount;
        ++done[this.deposit.selector];
    }

    /// @dev Signs a total above the last one, up to a bit more than the deposit, and has it redeemed, alone or in a batch
    /// with an old voucher.
    function redeem(uint256 who, uint256 which, uint256 more, bool batch) external {
        address account = payer(who);
        bytes32 model = models[which % 2];
        uint256 balance = escrow.depositOf(account).balance;
        uint256 due = bound(more, 1, balance + balance / 4 + 1);
        VoucherDeposits.Voucher memory voucher =
            VoucherDeposits.Voucher(account, model, escrow.redeemed(account, model) + due, keccak256(abi.encode(more)));
        if (voucher.cumulative > signed[account][model]) signed[account][model] = voucher.cumulative;
        bool paid = batch && old.length > 0 ? tryBatch(who, voucher) : tryOne(who, voucher);
        vm.assertTrue(paid == (due <= balance), "redeemed exactly when the deposit covers it");
        if (!paid) return;
        taken[account] += due;
        old.push(voucher);
        ++done[batch ? this.replay.selector : this.redeem.selector];
    }

    /// @dev Nothing that was redeemed is redeemed again.
    function replay(uint256 which) external {
        if (old.length == 0) return;
        VoucherDeposits.Voucher memory voucher = old[which % old.length];
        uint256 who;
        while (payer(who) != voucher.payer) ++who;
        vm.assertTrue(!tryOne(who, voucher), "replayed");
        ++done[escrow.redeem.selector];
    }

    function requestWithdrawal(uint256 who, uint96 amount) external {
        amount = uint96(bound(amount, 0, escrow.depositOf(payer(who)).balance));
        vm.prank(payer(who));
        escrow.requestWithdrawal(amount);
        ++done[this.requestWithdrawal.selector];
    }

    function withdrawDeposit(uint256 who) external {
        address account = payer(who);
        VoucherDeposits.Deposit memory found = escrow.depositOf(account);
        uint256 due = found.withdrawing < found.balance ? found.withdrawing : found.balance;
        uint256 before = account.balance;
        vm.prank(account);
        try escrow.withdrawDeposit() {
            vm.assertTrue(block.timestamp >= found.availableAt && found.availableAt != 0, "not early");
            vm.assertEq(account.balance - before, due, "what was asked for, or what is left");
            withdrawn[account] += due;
            ++done[this.withdrawDeposit.selector];
        } catch {
            vm.assertTrue(due == 0 || block.timestamp < found.availableAt, "refused without need");
        }
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + bound(time, 1, 2 days));
        ++done[this.wait.selector];
    }

    function newTerms(uint256 seed) external {
        uint16 contributors = uint16(bound(seed, 5000, 10_000));
        uint16 owner = uint16(bound(seed >> 16, 0, 10_000 - contributors));
        vm.prank(governance);
        escrow.setSplit(contributors, owner, 10_000 - contributors - owner, 0, 0);
        vm.prank(governance);
        escrow.setWithdrawalDelay(uint32(bound(seed >> 32, 1 hours, 30 days)));
        ++done[this.newTerms.selector];
    }

    function sendOn(uint256 which) external {
        uint256 before = address(escrow).balance;
        try escrow.fundStakers() {} catch {}
        try escrow.fundDatanets(models[which % 2]) {} catch {}
        sentOn += before - address(escrow).balance;
        address creditor = which % 2 == 0 ? governance : named("maintainer");
        uint256 owed = escrow.credit(creditor);
        if (owed == 0) return;
        vm.prank(creditor);
        escrow.withdraw();
        creditsPaid += owed;
        ++done[this.sendOn.selector];
    }

    function tryOne(uint256 who, VoucherDeposits.Voucher memory voucher) private returns (bool) {
        bytes memory signature = sign(who, voucher);
        try escrow.redeem(voucher, signature) {
            return true;
        } catch {
            return false;
        }
    }

    function tryBatch(uint256 who, VoucherDeposits.Voucher memory voucher) private returns (bool) {
        VoucherDeposits.Voucher[] memory vouchers = new VoucherDeposits.Voucher[](3);
        bytes[] memory signatures = new bytes[](3);
        vouchers[0] = old[0];
        signatures[0] = hex"00";
        (vouchers[1], vouchers[2]) = (voucher, voucher);
        signatures[1] = sign(who, voucher);
        signatures[2] = signatures[1];
        try escrow.redeemMany(vouchers, signatures) {
            return true;
        } catch {
            return false;
        }
    }

    function sign(uint256 who, VoucherDeposits.Voucher memory voucher) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1000 + who % PAYERS, escrow.voucherIdOf(voucher));
        return abi.encodePacked(r, s, v);
    }
}
