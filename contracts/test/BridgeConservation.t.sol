// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    IL2ToL1MessagePasser,
    IOptimismPortal,
    OptimismBridge,
    OutputRootProof,
    WithdrawalTransaction
} from "./OptimismBridge.sol";
import {FuzzSelector, Test} from "./Test.sol";

/// @dev Answers a withdrawal's call with a revert; what was withdrawn to it stays.
contract RefusingTarget {
    fallback() external {
        revert();
    }
}

/// @dev People who deposit and withdraw in any order, with sums kept beside the bridge. One depositor is a contract, whose
/// coins are its alias's; some deposits ask for more than they bring; some OPEN is sent to the portal without a deposit.
contract BridgeHandler is OptimismBridge {
    uint256 private constant PEOPLE = 4;

    address[] public people;
    WithdrawalTransaction[] private withdrawals;
    mapping(uint256 index => uint256) private provenAt;
    mapping(uint256 index => bool) private finalized;
    address private refusing = address(new RefusingTarget());

    // Ghosts: what must be true, computed without asking the bridge.
    uint256 public minted;
    uint256 public paidOut;
    uint256 public underWay;
    uint256 public burned;
    uint256 public donated;
    mapping(bytes4 action => uint256) public done;

    constructor() {
        deployBridge();
        for (uint256 i = 1; i <= PEOPLE; ++i) {
            address account = vm.addr(i);
            people.push(account);
            open.transfer(account, open.SUPPLY() / (PEOPLE + 1));
            vm.prank(account);
            open.approve(address(portal), type(uint256).max);
        }
        open.approve(address(portal), type(uint256).max);
    }

    /// @param extra Of `value` over what the deposit brings: the L2 call then spends coins that the account has, or fails.
    function deposit(uint256 who, uint256 to, uint256 mint, uint256 value, uint8 extra) external {
        (address from, address receiver) = (person(who), person(to));
        mint = bound(mint, 0, open.balanceOf(from));
        value = bound(value, 0, mint + uint256(extra) * 1 ether);
        vm.recordLogs();
        vm.prank(from, from);
        portal.depositERC20Transaction(receiver, mint, value, 21_000, false, "");
        vm.assertEq(derive(), mint, "minted what was locked");
        minted += mint;
        ++done[this.deposit.selector];
    }

    function depositAsContract(uint256 to, uint256 mint) external {
        mint = bound(mint, 0, open.balanceOf(address(this)));
        vm.recordLogs();
        portal.depositERC20Transaction(person(to), mint, mint / 2, 21_000, false, "");
        vm.assertEq(derive(), mint, "minted what was locked");
        minted += mint;
        ++done[this.depositAsContract.selector];
    }

    /// @dev OPEN that is sent to the portal by mistake mints nothing, and belongs to nobody.
    function donate(uint256 who, uint256 amount) external {
        address from = person(who);
        amount = bound(amount, 0, open.balanceOf(from) / 100);
        vm.prank(from);
        open.transfer(address(portal), amount);
        donated += amount;
        ++done[this.donate.selector];
    }

    function withdraw(uint256 who, uint256 to, uint256 amount, bool callsARefusingContract) external {
        address sender = bound(who, 0, PEOPLE) == PEOPLE ? aliasOf(address(this)) : person(who);
        amount = bound(amount, 0, sender.balance);
        address target = callsARefusingContract ? refusing : person(to);
        bytes memory data = callsARefusingContract ? bytes("refuse") : bytes("");
        withdrawals.push(initiate(sender, target, amount, data));
        underWay += amount;
        ++done[this.withdraw.selector];
    }

    function prove(uint256 index) external {
        if (withdrawals.length == 0) return;
        index = bound(index, 0, withdrawals.length - 1);
        if (provenAt[index] != 0) return;
        prove(withdrawals[index]);
        provenAt[index] = block.timestamp;
        ++done[this.prove.selector];
    }

    /// @dev Whoever comes early or twice is refused.
    function finalize(uint256 index) external {
        if (withdrawals.length == 0) return;
        index = bound(index, 0, withdrawals.length - 1);
        WithdrawalTransaction memory withdrawal = withdrawals[index];
        bool due = provenAt[index] != 0 && block.timestamp > provenAt[index] + FINALIZATION && !finalized[index];
        uint256 before = open.balanceOf(withdrawal.target);

        try portal.finalizeWithdrawalTransaction(withdrawal) {
            vm.assertTrue(due, "finalized too early or twice");
            vm.assertEq(open.balanceOf(withdrawal.target), before + withdrawal.value, "paid out");
            finalized[index] = true;
            paidOut += withdrawal.value;
            underWay -= withdrawal.value;
            ++done[this.finalize.selector];
        } catch {
            vm.assertTrue(!due, "refused without need");
            vm.assertEq(open.balanceOf(withdrawal.target), before, "nothing paid");
            ++done[bytes4(0)];
        }
    }

    /// @dev Takes the coins of all withdrawals out of the L2's supply.
    function burn() external {
        burned += PASSER.balance;
        IL2ToL1MessagePasser(PASSER).burn();
        ++done[this.burn.selector];
    }

    function pass(uint8 time) external {
        vm.warp(block.timestamp + time);
        vm.roll(block.number + 1);
        ++done[this.pass.selector];
    }

    function locked() external view returns (uint256) {
        return open.balanceOf(address(portal));
    }

    function accountedFor() external view returns (uint256) {
        return accounted();
    }

    /// @dev Coins of everybody on the L2, the contract's alias among them.
    function circulating() external view returns (uint256 sum) {
        for (uint256 i; i < PEOPLE; ++i) {
            sum += people[i].balance;
        }
        sum += aliasOf(address(this)).balance;
    }

    function inThePasser() external view returns (uint256) {
        return PASSER.balance;
    }

    /// @dev OPEN of everybody on the L1, the portal's left out.
    function outsideOfThePortal() external view returns (uint256 sum) {
        for (uint256 i; i < PEOPLE; ++i) {
            sum += open.balanceOf(people[i]);
        }
        sum += open.balanceOf(address(this)) + open.balanceOf(refusing);
    }

    function supply() external view returns (uint256) {
        return open.totalSupply();
    }

    function person(uint256 who) private view returns (address) {
        return people[bound(who, 0, PEOPLE - 1)];
    }
}

/// @notice OPEN locked on the L1 is OPEN minted on the L2, whatever people do.
contract BridgeInvariants is Test {
    BridgeHandler private handler;

    function setUp() public {
        handler = new BridgeHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory actions = new bytes4[](8);
        actions[0] = handler.deposit.selector;
        actions[1] = handler.depositAsContract.selector;
        actions[2] = handler.donate.selector;
        actions[3] = handler.withdraw.selector;
        actions[4] = handler.prove.selector;
        actions[5] = handler.finalize.selector;
        actions[6] = handler.burn.selector;
        actions[7] = handler.pass.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), actions);
    }

    function invariant_lockedIsMintedLessPaidOut() public view {
        vm.assertEq(handler.accountedFor(), handler.minted() - handler.paidOut(), "by the portal's own account");
        vm.assertEq(handler.locked(), handler.accountedFor() + handler.donated(), "by the token's");
    }

    function invariant_lockedIsWhatCirculatesOrIsOnItsWayBack() public view {
        vm.assertEq(handler.circulating() + handler.underWay(), handler.accountedFor(), "coins of the L2");
    }

    function invariant_coinsOfWithdrawalsDoNotCirculate() public view {
        vm.assertEq(
            handler.inThePasser() + handler.burned(), handler.underWay() + handler.paidOut(), "in the message passer"
        );
    }

    function invariant_openIsNeitherMadeNorLost() public view {
        vm.assertEq(handler.outsideOfThePortal() + handler.locked(), handler.supply(), "all OPEN of the L1");
    }

    /// @dev The handler is no better than what it reaches.
    function test_handler_reachesEveryAction() public {
        handler.deposit(0, 1, 100 ether, 60 ether, 0);
        handler.deposit(1, 0, 5 ether, 250 ether, 255);
        handler.depositAsContract(2, 30 ether);
        handler.donate(3, 1 ether);
        handler.withdraw(1, 3, 20 ether, false);
        handler.withdraw(4, 0, 10 ether, true);
        handler.prove(0);
        handler.prove(1);
        handler.finalize(0);
        handler.pass(13);
        handler.finalize(0);
        handler.finalize(0);
        handler.finalize(1);
        handler.burn();

        vm.assertEq(handler.done(handler.deposit.selector), 2, "deposits");
        vm.assertEq(handler.done(handler.depositAsContract.selector), 1, "a contract's deposit");
        vm.assertEq(handler.done(handler.donate.selector), 1, "a donation");
        vm.assertEq(handler.done(handler.withdraw.selector), 2, "withdrawals");
        vm.assertEq(handler.done(handler.prove.selector), 2, "proven");
        vm.assertEq(handler.done(handler.finalize.selector), 2, "finalized");
        vm.assertEq(handler.done(bytes4(0)), 2, "refused, early and twice");
        vm.assertEq(handler.done(handler.burn.selector), 1, "burned");
        vm.assertEq(handler.minted(), 135 ether, "minted");
        vm.assertEq(handler.paidOut(), 30 ether, "paid out");
        vm.assertEq(handler.locked(), 106 ether, "locked");
        invariant_lockedIsMintedLessPaidOut();
        invariant_lockedIsWhatCirculatesOrIsOnItsWayBack();
        invariant_coinsOfWithdrawalsDoNotCirculate();
        invariant_openIsNeitherMadeNorLost();
    }
}

/// @notice Ways to take more out of the portal than went in.
contract BridgeAttacksTest is OptimismBridge {
    address private thief = named("thief");

    function setUp() public {
        deployBridge();
        open.approve(address(portal), type(uint256).max);
        portal.depositERC20Transaction(thief, 100 ether, 0, 21_000, false, "");
        vm.deal(thief, 10 ether);
    }

    function test_deposit_withEther_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IOptimismPortal.NoValue.selector));
        vm.prank(thief, thief);
        portal.depositTransaction{value: 1 ether}(thief, 1 ether, 21_000, false, "");
    }

    /// @dev A deposit that brings nothing may still ask for coins on the L2; it mints none.
    function test_deposit_withoutTokens_mintsNothing() public {
        vm.recordLogs();
        vm.prank(thief, thief);
        portal.depositTransaction(thief, 50 ether, 21_000, false, "");
        vm.assertEq(derive(), 0, "minted");
        vm.assertEq(accounted(), 100 ether, "locked");
    }

    /// @dev As the token, the portal could be made to approve anybody.
    function test_withdrawal_thatCallsTheToken_isRefused() public {
        bytes memory steal = abi.encodeCall(open.approve, (thief, type(uint256).max));
        WithdrawalTransaction memory withdrawal = initiate(thief, address(open), 0, steal);
        prove(withdrawal);
        vm.warp(block.timestamp + FINALIZATION + 1);
        vm.expectRevert(abi.encodeWithSelector(IOptimismPortal.BadTarget.selector));
        portal.finalizeWithdrawalTransaction(withdrawal);
        vm.assertEq(open.allowance(address(portal), thief), 0, "allowance");
    }

    function test_withdrawal_thatCallsThePortal_isRefused() public {
        WithdrawalTransaction memory withdrawal = initiate(thief, address(portal), 1 ether, "");
        (uint256 index, OutputRootProof memory output, bytes[] memory proof) = proposeWith(withdrawal);
        vm.expectRevert(abi.encodeWithSelector(IOptimismPortal.BadTarget.selector));
        portal.proveWithdrawalTransaction(withdrawal, index, output, proof);
    }

    /// @dev The proof of a withdrawal proves no other: not a larger one, not one to somebody else.
    function testFuzz_withdrawal_altered_isNotProven(uint256 value, address target) public {
        WithdrawalTransaction memory withdrawal = initiate(thief, thief, 1 ether, "");
        (uint256 index, OutputRootProof memory output, bytes[] memory proof) = proposeWith(withdrawal);
        vm.assume(value != 1 ether || target != thief);
        (withdrawal.value, withdrawal.target) = (value, target);
        try portal.proveWithdrawalTransaction(withdrawal, index, output, proof) {
            vm.assertTrue(false, "proven");
        } catch {}
    }

    function test_output_byAnyoneButTheProposer_reverts() public {
        uint256 number = oracle.nextBlockNumber();
        vm.prank(thief);
        try oracle.proposeL2Output(keccak256("a lie"), number, 0, 0) {
            vm.assertTrue(false, "proposed");
        } catch {}
    }
}
