// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {GovernanceWorld} from "./GovernanceWorld.sol";

/// @notice Gas of whole transactions, as in Gas.t.sol. The proposal is one call with a description of 43 bytes.
/// @dev The limits are a tenth above what was measured. The public chain's own report for comparison (solc 0.8.27, averages):
/// delegate 95 600, deposit 98 000, propose 262 000, cast a vote 73 000, queue 147 000, execute 113 000.
/// forge-config: default.isolate = true
contract GovernanceGasTest is GovernanceWorld {
    function test_gas_wrapAndDelegate() public {
        vm.deal(mara, 10 ether);
        vm.prank(mara);
        gopen.deposit{value: 1 ether}();
        record("wrap OPEN as GOPEN", 110_000);
        vm.prank(mara);
        gopen.delegate(mara);
        record("delegate to oneself, first", 110_000);
    }

    function test_gas_life() public {
        Proposal memory made = change();
        propose(made);
        record("propose", 330_000);
        uint256 id = idOf(made);
        openVote(id);
        vote(cleo, id, FOR);
        record("cast a vote, the first", 110_000);
        vote(anna, id, FOR);
        record("cast a vote that reaches the quorum", 125_000);
        vote(ben, id, FOR);
        record("cast a vote after it", 90_000);
        closeVote(id);
        governor.queue(id);
        record("queue", 170_000);
        vm.warp(governor.proposalEta(id));
        governor.execute(id);
        record("execute", 120_000);
    }

    /// @dev Whoever has the proposal at hand saves reading it from storage, and pays for its calldata.
    function test_gas_life_withTheWholeProposal() public {
        Proposal memory made = change();
        uint256 id = propose(made);
        openVote(id);
        vote(anna, id, FOR);
        closeVote(id);
        bytes32 description = keccak256(bytes(made.description));
        governor.queue(made.targets, made.values, made.calldatas, description);
        record("queue, with the whole proposal", 166_000);
        vm.warp(governor.proposalEta(id));
        governor.execute(made.targets, made.values, made.calldatas, description);
        record("execute, with the whole proposal", 110_000);
    }

    function change() private view returns (Proposal memory made) {
        made = proposal(address(escrow), abi.encodeCall(escrow.setPlatformFee, (0.02 ether)));
        made.description = "Double the platform fee to 0.02 OPEN a call";
    }

    function record(string memory what, uint256 limit) private {
        vm.assertLe(vm.snapshotGasLastCall(what), limit, what);
    }
}
