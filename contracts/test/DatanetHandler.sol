// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetAccess} from "../src/DatanetAccess.sol";
import {DatanetIncome} from "../src/DatanetIncome.sol";
import {DatanetRegistry} from "../src/DatanetRegistry.sol";
import {Test} from "./Test.sol";

/// @dev Everything that people can do with the money of two Datanets, in any order, with sums kept beside the contract.
contract DatanetHandler is Test {
    uint256 private constant PEOPLE = 4;

    DatanetRegistry private immutable datanets;
    address private immutable maintainer;
    bytes32[2] public ids;
    address[] public people;

    // Ghosts: what must be true, computed without asking the contract.
    uint256 public paidIn;
    uint256 public paidOut;
    /// @dev Wei that became income: paid in directly, or earned by a grant.
    uint256[2] public income;
    /// @dev Wei of it that became somebody's credit.
    uint256[2] public collected;
    mapping(bytes32 id => mapping(address account => bool)) public entitled;
    mapping(bytes4 action => uint256) public done;

    constructor(DatanetRegistry datanets_, bytes32[2] memory ids_, address maintainer_) {
        (datanets, maintainer, ids) = (datanets_, maintainer_, ids_);
        people.push(maintainer_);
        for (uint256 i = 1; i < PEOPLE; ++i) {
            people.push(vm.addr(i));
        }
    }

    function payIncome(uint256 which, uint256 amount) external {
        amount = bound(amount, 1, 1e24);
        vm.deal(address(this), amount);
        datanets.payIncome{value: amount}(ids[which % 2]);
        paidIn += amount;
        income[which % 2] += amount;
        ++done[this.payIncome.selector];
    }

    function request(uint256 which, uint256 who, uint128 price, uint40 period) external {
        address account = people[who % PEOPLE];
        price = uint128(bound(price, 0, 1e24));
        period = uint40(bound(period, 1 days, 60 days));
        vm.deal(account, account.balance + price);
        vm.prank(account);
        datanets.requestAccess{value: price}(ids[which % 2], period, "to learn");
        paidIn += price;
        ++done[this.request.selector];
    }

    /// @dev Decides some request, as its state allows: approves, rejects, or the requester takes it back.
    function decide(uint256 number, uint256 how) external {
        if (datanets.requestCount() == 0) return;
        number = 1 + number % datanets.requestCount();
        DatanetAccess.Request memory asked = datanets.request(number);
        if (asked.status != DatanetAccess.RequestStatus.Pending) {
            vm.prank(maintainer);
            try datanets.approveAccess(number) {
                revert("decided twice");
            } catch {
                return;
            }
        }
        if (how % 3 == 0 && block.timestamp <= asked.decideBy) {
            noteEarned(asked.id, asked.account);
            vm.prank(maintainer);
            datanets.approveAccess(number);
            entitled[asked.id][asked.account] = true;
            ++done[this.decide.selector];
        } else if (how % 3 == 1) {
            vm.prank(maintainer);
            datanets.rejectAccess(number, "no");
        } else {
            vm.prank(asked.account);
            datanets.cancelAccessRequest(number);
        }
    }

    function revoke(uint256 which, uint256 who) external {
        (bytes32 id, address account) = (ids[which % 2], people[who % PEOPLE]);
        if (datanets.grant(id, account).until <= block.timestamp) return;
        noteEarned(id, account);
        vm.prank(maintainer);
        datanets.revokeAccess(id, account, "enough");
        entitled[id][account] = false;
        ++done[this.revoke.selector];
    }

    function earn(uint256 which, uint256 who) external {
        (bytes32 id, address account) = (ids[which % 2], people[who % PEOPLE]);
        noteEarned(id, account);
        datanets.earnAccess(id, account);
        ++done[this.earn.selector];
    }

    function handOver(uint256 which, uint256 who, uint256 to, uint16 shares, uint128 price) external {
        bytes32 id = ids[which % 2];
        (address from, address receiver) = (people[who % PEOPLE], people[to % PEOPLE]);
        uint256 held = datanets.sharesOf(id, from);
        if (held == 0) return;
        shares = uint16(bound(shares, 1, held));
        price = uint128(bound(price, 0, 1e24));
        vm.prank(from);
        datanets.offerShares(id, receiver, shares, price, uint64(block.timestamp + 1));
        vm.deal(receiver, receiver.balance + price);
        noteCollected(which % 2, from);
        if (receiver != from) noteCollected(which % 2, receiver);
        vm.prank(receiver);
        datanets.acceptShares{value: price}(id, from, shares, price);
        paidIn += price;
        ++done[this.handOver.selector];
    }

    function collect(uint256 who) external {
        bytes32[] memory both = new bytes32[](2);
        (both[0], both[1]) = (ids[0], ids[1]);
        noteCollected(0, people[who % PEOPLE]);
        noteCollected(1, people[who % PEOPLE]);
        datanets.collectIncome(both, people[who % PEOPLE]);
        ++done[this.collect.selector];
    }

    function withdraw(uint256 who) external {
        address account = people[who % PEOPLE];
        uint256 owed = datanets.credit(account);
        if (owed == 0) return;
        uint256 before = account.balance;
        vm.prank(account);
        datanets.withdraw();
        vm.assertEq(account.balance - before, owed, "paid what was owed");
        paidOut += owed;
        ++done[this.withdraw.selector];
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + bound(time, 1, 20 days));
        ++done[this.wait.selector];
    }

    function noteCollected(uint256 which, address account) private {
        collected[which] += datanets.incomeOf(ids[which], account);
    }

    /// @dev What {earnAccess} must turn into income, by the grant alone.
    function noteEarned(bytes32 id, address account) private {
        DatanetAccess.Grant memory found = datanets.grant(id, account);
        if (found.unearned == 0) return;
        uint256 end = block.timestamp < found.until ? block.timestamp : found.until;
        if (end == found.from) return;
        income[id == ids[0] ? 0 : 1] += uint256(found.unearned) * (end - found.from) / (found.until - found.from);
    }
}
