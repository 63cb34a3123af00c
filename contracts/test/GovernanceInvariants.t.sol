// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {GOPEN} from "../src/GOPEN.sol";
import {Test} from "./Test.sol";

/// @dev People who wrap, unwrap, pass on and delegate in any order, with sums kept beside the contract.
contract GOPENHandler is Test {
    uint256 private constant PEOPLE = 5;

    GOPEN private immutable gopen;
    address[] public people;

    // Ghosts: what must be true, computed without asking the contract.
    mapping(address account => uint256) public held;
    mapping(address account => address) public delegatee;
    uint256 public wrapped;
    mapping(bytes4 action => uint256) public done;

    constructor(GOPEN gopen_) {
        gopen = gopen_;
        for (uint256 i = 1; i <= PEOPLE; ++i) {
            people.push(vm.addr(i));
        }
    }

    function deposit(uint256 who, uint256 amount, bool bare) external {
        address account = person(who);
        amount = bound(amount, 0, 1e27);
        vm.deal(account, account.balance + amount);
        vm.prank(account);
        if (bare) {
            (bool sent,) = address(gopen).call{value: amount}("");
            vm.assertTrue(sent, "taken");
        } else {
            gopen.deposit{value: amount}();
        }
        held[account] += amount;
        wrapped += amount;
        ++done[this.deposit.selector];
    }

    function withdraw(uint256 who, uint256 amount) external {
        address account = person(who);
        amount = bound(amount, 0, held[account]);
        uint256 before = account.balance;
        vm.prank(account);
        gopen.withdraw(amount);
        vm.assertEq(account.balance, before + amount, "coins back");
        held[account] -= amount;
        wrapped -= amount;
        ++done[this.withdraw.selector];
    }

    function transfer(uint256 who, uint256 to, uint256 amount) external {
        (address from, address receiver) = (person(who), person(to));
        amount = bound(amount, 0, held[from]);
        vm.prank(from);
        gopen.transfer(receiver, amount);
        held[from] -= amount;
        held[receiver] += amount;
        ++done[this.transfer.selector];
    }

    /// @dev To anybody of the people, or to nobody.
    function delegate(uint256 who, uint256 to) external {
        address account = person(who);
        to = bound(to, 0, PEOPLE);
        address chosen = to == PEOPLE ? address(0) : people[to];
        vm.prank(account);
        gopen.delegate(chosen);
        delegatee[account] = chosen;
        ++done[this.delegate.selector];
    }

    function pass(uint32 time) external {
        vm.warp(block.timestamp + bound(time, 0, 1 days));
        ++done[this.pass.selector];
    }

    /// @dev Votes of `account` by the ghosts: tokens of everybody who delegates to it.
    function votesOf(address account) external view returns (uint256 votes) {
        for (uint256 i; i < PEOPLE; ++i) {
            if (delegatee[people[i]] == account) votes += held[people[i]];
        }
    }

    function person(uint256 who) private view returns (address) {
        return people[bound(who, 0, PEOPLE - 1)];
    }
}

contract GovernanceInvariants is Test {
    GOPEN private gopen;
    GOPENHandler private handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        gopen = new GOPEN();
        handler = new GOPENHandler(gopen);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_everyTokenHasItsCoin() public view {
        vm.assertEq(gopen.totalSupply(), handler.wrapped(), "tokens");
        vm.assertEq(address(gopen).balance, handler.wrapped(), "coins");
    }

    function invariant_tokensAreWhereTheyWereSent() public view {
        uint256 sum;
        for (uint256 i; i < 5; ++i) {
            address account = handler.people(i);
            vm.assertEq(gopen.balanceOf(account), handler.held(account), "tokens");
            sum += gopen.balanceOf(account);
        }
        vm.assertEq(sum, gopen.totalSupply(), "all tokens");
    }

    function invariant_votesAreTheTokensOfThoseWhoDelegated() public view {
        uint256 sum;
        for (uint256 i; i < 5; ++i) {
            address account = handler.people(i);
            vm.assertEq(gopen.getVotes(account), handler.votesOf(account), "votes");
            sum += gopen.getVotes(account);
        }
        vm.assertLe(sum, gopen.totalSupply(), "never more votes than tokens");
    }

    /// @dev The handler is no better than what it reaches.
    function test_handler_reachesEveryAction() public {
        handler.deposit(0, 7 ether, false);
        handler.deposit(1, 5 ether, true);
        handler.delegate(0, 1);
        handler.delegate(1, 2);
        handler.pass(60);
        handler.transfer(1, 0, 2 ether);
        handler.withdraw(0, 4 ether);
        handler.delegate(0, 5);
        bytes4[5] memory actions = [
            handler.deposit.selector,
            handler.withdraw.selector,
            handler.transfer.selector,
            handler.delegate.selector,
            handler.pass.selector
        ];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(handler.done(actions[i]) > 0, "done");
        }
        vm.assertEq(gopen.getVotes(handler.people(2)), 3 ether, "votes");
        invariant_everyTokenHasItsCoin();
        invariant_tokensAreWhereTheyWereSent();
        invariant_votesAreTheTokensOfThoseWhoDelegated();
    }
}
