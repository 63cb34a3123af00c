// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PullPayment} from "../src/PullPayment.sol";
import {RewardPool} from "../src/RewardPool.sol";

/// @dev Refuses money with megabytes of return data, which a careless caller would copy and pay for.
contract RefusingRecipient {
    receive() external payable {
        assembly {
            revert(0, 100000)
        }
    }
}

/// @dev Burns all gas that it is given.
contract GreedyRecipient {
    receive() external payable {
        for (;;) {}
    }
}

/// @dev Claims again from inside its own payment, and keeps what the pool answered.
contract ReentrantRecipient {
    RewardPool private immutable pool;
    uint256 private cumulative;
    bytes32[] private proof;
    bytes public answer;
    bool private bubble;

    constructor(RewardPool pool_) {
        pool = pool_;
    }

    function arm(uint256 cumulative_, bytes32[] calldata proof_, bool bubble_) external {
        (cumulative, proof, bubble) = (cumulative_, proof_, bubble_);
    }

    receive() external payable {
        try pool.claimFor(address(this), cumulative, proof) {}
        catch (bytes memory reason) {
            if (bubble) revert();
            answer = reason;
        }
    }
}

/// @dev Withdraws again from inside its own withdrawal, and keeps what the contract answered.
contract ReentrantCreditor {
    PullPayment private immutable debtor;
    bytes public answer;

    constructor(PullPayment debtor_) {
        debtor = debtor_;
    }

    function withdraw() external {
        debtor.withdraw();
    }

    receive() external payable {
        try debtor.withdraw() {}
        catch (bytes memory reason) {
            answer = reason;
        }
    }
}
