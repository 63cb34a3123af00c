// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AttributionLedger} from "../src/AttributionLedger.sol";
import {Staking} from "../src/Staking.sol";
import {Test} from "./Test.sol";

/// @dev What validators can do, in any order, with sums kept beside the contracts: what each of them must have, what the
/// ledger must hold, and who must have won, counted here anew.
abstract contract Validators is Test {
    uint256 internal constant VALIDATORS = 5;
    uint256 internal constant BOND = 1 ether;
    uint256 private constant ROOTS = 3;

    Staking internal immutable staking;
    AttributionLedger internal immutable ledger;

    address[] public validators;

    // Ghosts. Of each validator: what is staked and not withdrawn or slashed; of all: money in and out.
    mapping(address account => uint256) public staked;
    uint256 public slashed;
    uint256 public rewardsIn;
    uint256 public rewardsOut;
    uint256 public bondsIn;
    uint256 public bondsOut;
    mapping(bytes4 actionOrRefusal => uint256) public done;

    // The vote on the epoch in question, counted by hand, and the votes that wait to be settled.
    mapping(uint256 epoch => mapping(bytes32 root => uint256)) private votes;
    mapping(uint256 epoch => uint256) private cast;
    mapping(uint256 epoch => uint256) private rivals;
    mapping(uint256 epoch => bytes32[]) private roots;
    mapping(uint256 epoch => bytes32) private winner;
    mapping(uint256 epoch => bool) private decided;

    constructor(Staking staking_, AttributionLedger ledger_) {
        (staking, ledger) = (staking_, ledger_);
        for (uint256 i; i < VALIDATORS; ++i) {
            validators.push(vm.addr(1000 + i));
        }
    }

    function stake(uint256 who, uint256 amount) external {
        address account = validator(who);
        amount = bound(amount, staking.minStake(), 1e24);
        vm.deal(account, amount);
        vm.prank(account);
        staking.stake{value: amount}();
        staked[account] += amount;
        vm.warp(block.timestamp + 1);
        ++done[this.stake.selector];
    }

    function requestUnstake(uint256 who, uint256 amount) external {
        address account = validator(who);
        uint256 active = staking.stakeOf(account).active;
        if (active == 0) return;
        amount = bound(amount, 1, active);
        if (active - amount < staking.minStake()) amount = active;
        vm.prank(account);
        staking.requestUnstake(amount);
        ++done[this.requestUnstake.selector];
    }

    /// @dev Also tries it too early, and while a vote is not settled, which must fail.
    function withdrawStake(uint256 who, bool patient) external {
        address account = validator(who);
        Staking.Stake memory found = staking.stakeOf(account);
        if (found.unbonding == 0) return;
        if (patient && block.timestamp < found.availableAt) vm.warp(found.availableAt);
        vm.prank(account);
        try staking.withdrawStake() {
            vm.assertTrue(!found.locked && block.timestamp >= found.availableAt, "stake left early");
            staked[account] -= found.unbonding;
            vm.deal(account, 0);
            ++done[this.withdrawStake.selector];
        } catch {
            vm.assertTrue(found.locked || block.timestamp < found.availableAt, "stake kept without need");
            ++done[Staking.Staking__StakeLocked.selector];
        }
    }

    function fundStakers(uint256 amount) external {
        amount = bound(amount, 1, 1e24);
        vm.deal(address(this), amount);
        staking.fund{value: amount}();
        rewardsIn += amount;
        ++done[this.fundStakers.selector];
    }

    function withdrawRewards(uint256 who) external {
        address account = validator(who);
        uint256 due = staking.stakeOf(account).rewards;
        if (due == 0) return;
        vm.deal(account, 0);
        vm.prank(account);
        staking.withdrawRewards();
        vm.assertEq(account.balance, due, "what was shown is what is paid");
        rewardsOut += due;
        ++done[this.withdrawRewards.selector];
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 10 days));
        ++done[this.wait.selector];
    }

    function challenge(uint256 who, uint256 which) external {
        if (!inQuestion()) return;
        uint256 number = ledger.epochCount();
        if (block.timestamp >= ledger.epoch(number).challengeableUntil) return;
        bytes32 root = bytes32(bound(which, 0, ROOTS - 1));
        address account = validator(who);
        if (ledger.candidate(number, root).challenger != address(0) || !canVote(account, number)) return;
        settleBefore(account);
        uint256 weight = weightOf(account, number);
        if (weight == 0) return;
        vm.deal(account, BOND);
        vm.prank(account);
        ledger.challenge{value: BOND}(number, root);
        bondsIn += BOND;
        ++rivals[number];
        roots[number].push(root);
        count(number, root, weight);
        ++done[this.challenge.selector];
    }

    function vote(uint256 who, uint256 which) external {
        if (!inQuestion()) return;
        uint256 number = ledger.epochCount();
        AttributionLedger.Epoch memory epoch = ledger.epoch(number);
        bool challenged = epoch.status == AttributionLedger.Status.Challenged;
        if (block.timestamp >= (challenged ? ledger.tally(number).voteEnd : epoch.challengeableUntil)) return;
        address account = validator(who);
        if (!canVote(account, number)) return;
        settleBefore(account);
        uint256 weight = weightOf(account, number);
        if (weight == 0) return;
        which = bound(which, 0, roots[number].length);
        bytes32 root = which == 0 ? epoch.rewardsRoot : roots[number][which - 1];
        vm.prank(account);
        ledger.vote(number, root);
        count(number, root, weight);
        ++done[this.vote.selector];
    }

    /// @return upheld Whether the epoch became final.
    function resolveVote(uint256 number) internal returns (bool upheld) {
        AttributionLedger.Epoch memory epoch = ledger.epoch(number);
        uint256 end = ledger.tally(number).voteEnd;
        if (block.timestamp < end) vm.warp(end);
        bytes32 best;
        if (cast[number] * 10_000 >= ledger.tally(number).total * 2000) {
            if (2 * votes[number][epoch.rewardsRoot] > cast[number]) best = epoch.rewardsRoot;
            bool found = best != 0;
            for (uint256 i; i < roots[number].length && !found; ++i) {
                found = 2 * votes[number][roots[number][i]] > cast[number];
                if (found) best = roots[number][i];
            }
            (decided[number], winner[number]) = (found, best);
        }
        ledger.resolve(number);
        AttributionLedger.Outcome outcome = ledger.tally(number).outcome;
        upheld = outcome == AttributionLedger.Outcome.Upheld;
        vm.assertEq(outcome != AttributionLedger.Outcome.Undecided ? 1 : 0, decided[number] ? 1 : 0, "found");
        if (decided[number]) vm.assertEq(ledger.tally(number).leadingRoot, winner[number], "winner");
        vm.assertEq(upheld ? 1 : 0, decided[number] && winner[number] == epoch.rewardsRoot ? 1 : 0, "upheld");
    }

    function settle(uint256 who) external {
        address account = validator(who);
        uint256 number = ledger.ballot(account).epoch;
        if (number == 0 || (number == ledger.epochCount() && inQuestion())) return;
        settleBefore(account);
        ++done[this.settle.selector];
    }

    function inQuestion() public view returns (bool) {
        return isStatus(AttributionLedger.Status.Pending) || isStatus(AttributionLedger.Status.Challenged);
    }

    /// @dev What the ledger must hold: credits, the bonds of the epoch in question, and what votes that are not settled
    /// will pay: the pots that are left, and nine tenths of challengers' bonds where nothing was found.
    function ledgerOwes(address[] memory creditors) external view returns (uint256 owed) {
        for (uint256 i; i < creditors.length; ++i) {
            owed += ledger.credit(creditors[i]);
        }
        uint256 last = ledger.epochCount();
        for (uint256 number = 1; number <= last; ++number) {
            owed += ledger.tally(number).pot;
        }
        for (uint256 i; i < VALIDATORS; ++i) {
            address account = validators[i];
            owed += ledger.credit(account);
            AttributionLedger.Ballot memory ballot = ledger.ballot(account);
            if (ballot.epoch == 0 || ledger.tally(ballot.epoch).outcome != AttributionLedger.Outcome.Undecided) {
                continue;
            }
            if (ledger.candidate(ballot.epoch, ballot.root).challenger == account) owed += BOND - BOND / 10;
        }
        if (inQuestion()) owed += BOND * (1 + rivals[last]);
    }

    function isStatus(AttributionLedger.Status status) internal view returns (bool) {
        uint256 number = ledger.epochCount();
        return number > 0 && ledger.epoch(number).status == status;
    }

    function validator(uint256 who) private view returns (address) {
        return validators[bound(who, 0, VALIDATORS - 1)];
    }

    function canVote(address account, uint256 number) private view returns (bool) {
        return ledger.ballot(account).epoch != number;
    }

    function weightOf(address account, uint256 number) private view returns (uint256) {
        uint256 then = staking.stakeAt(account, ledger.snapshot(number));
        return then < staked[account] ? then : staked[account];
    }

    function count(uint256 number, bytes32 root, uint256 weight) private {
        votes[number][root] += weight;
        cast[number] += weight;
        vm.assertEq(ledger.tally(number).cast, cast[number], "cast");
        vm.assertEq(ledger.candidate(number, root).weight, votes[number][root], "weight");
    }

    /// @dev Settles a decided vote and takes off, beside the contracts, what it must have lost.
    function settleBefore(address account) private {
        AttributionLedger.Ballot memory ballot = ledger.ballot(account);
        if (ballot.epoch == 0) return;
        ledger.settle(account);
        if (!decided[ballot.epoch] || ballot.root == winner[ballot.epoch]) return;
        uint256 lost = uint256(ballot.weight) * 500 / 10_000;
        staked[account] -= lost;
        slashed += lost;
        ++done[Staking.release.selector];
    }
}
