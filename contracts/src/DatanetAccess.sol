// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DatanetIncome} from "./DatanetIncome.sol";

/// @title Permission to train on a Datanet: asked for, paid for, granted, revoked
/// @notice An account pays with its request. Until the owner decides, the money is the requester's, and it can take it
/// back. A grant lasts for a time, and its price is earned second by second: the earned part is income of the shares,
/// and when the owner revokes the grant, the rest goes back. So nobody gains by granting and revoking at once, an owner
/// who revokes late returns little, and a requester, which may have learnt everything on the first day, cannot take the
/// price back.
/// @dev One grant for each account and Datanet; approving another request adds its time and its price to it.
abstract contract DatanetAccess is DatanetIncome {
    enum RequestStatus {
        None,
        Pending,
        Approved,
        Rejected,
        Cancelled
    }

    /// @dev Three slots.
    struct Request {
        bytes32 id;
        address account;
        uint40 period;
        uint40 decideBy;
        RequestStatus status;
        uint128 price;
    }

    /// @dev One slot. `unearned` is earned evenly from `from` to `until`.
    struct Grant {
        uint128 unearned;
        uint64 from;
        uint64 until;
    }

    event AccessPriceSet(bytes32 indexed id, uint128 price);
    event AccessRequested(
        uint256 indexed requestId,
        bytes32 indexed id,
        address indexed account,
        uint256 price,
        uint256 period,
        uint256 decideBy,
        string purpose
    );
    event AccessApproved(uint256 indexed requestId, bytes32 indexed id, address indexed account);
    event AccessRejected(uint256 indexed requestId, bytes32 indexed id, address indexed account, string reason);
    event AccessRequestCancelled(uint256 indexed requestId, bytes32 indexed id, address indexed account);
    event AccessGranted(bytes32 indexed id, address indexed account, uint256 until);
    event AccessEarned(bytes32 indexed id, address indexed account, uint256 amount);
    event AccessRevoked(bytes32 indexed id, address indexed account, uint256 refund, string reason);

    error DatanetRegistry__EmptyPurpose(bytes32 id);
    error DatanetRegistry__PriceTooLow(bytes32 id, uint256 sent, uint256 price);
    error DatanetRegistry__PeriodOutOfRange(uint256 period, uint256 min, uint256 max);
    error DatanetRegistry__NotPending(uint256 requestId, RequestStatus status);
    error DatanetRegistry__TooLate(uint256 requestId, uint256 decideBy);
    error DatanetRegistry__NotRequester(uint256 requestId, address caller);
    error DatanetRegistry__NoGrant(bytes32 id, address account);

    uint256 public constant MIN_PERIOD = 1 days;
    uint256 public constant MAX_PERIOD = 3650 days;

    /// @notice How long a request can be approved. The owner cannot take up a forgotten one years later.
    uint256 public constant DECISION_PERIOD = 30 days;

    /// @notice How many requests were made; they are numbered from 1.
    uint256 public requestCount;

    /// @notice Wei that a request must offer at least. The owner can grant for less, on its own initiative.
    mapping(bytes32 id => uint128) public accessPrice;

    mapping(uint256 requestId => Request) private _requests;
    mapping(bytes32 id => mapping(address account => Grant)) private _grants;

    /// @notice Sets the least that later requests must offer. Owner only.
    function setAccessPrice(bytes32 id, uint128 price) external onlyOwner(id) {
        accessPrice[id] = price;
        emit AccessPriceSet(id, price);
    }

    /// @notice Requests access for `period` seconds, and pays the caller's offer for it.
    /// @param purpose The intended use of the records; it is written to the event.
    function requestAccess(bytes32 id, uint40 period, string calldata purpose)
        external
        payable
        returns (uint256 requestId)
    {
        _datanet(id);
        if (bytes(purpose).length == 0) revert DatanetRegistry__EmptyPurpose(id);
        if (msg.value < accessPrice[id]) revert DatanetRegistry__PriceTooLow(id, msg.value, accessPrice[id]);
        _requirePeriod(period);

        requestId = ++requestCount;
        uint40 decideBy = uint40(block.timestamp + DECISION_PERIOD);
        // No overflow: no account ever holds 2^128 wei.
        _requests[requestId] = Request(id, msg.sender, period, decideBy, RequestStatus.Pending, uint128(msg.value));
        emit AccessRequested(requestId, id, msg.sender, msg.value, period, decideBy, purpose);
    }

    /// @notice Approves a request, from now or from the end of the account's present grant. Owner only.
    function approveAccess(uint256 requestId) external {
        Request memory asked = _requirePending(requestId);
        _requireOwner(asked.id);
        if (block.timestamp > asked.decideBy) revert DatanetRegistry__TooLate(requestId, asked.decideBy);

        _requests[requestId].status = RequestStatus.Approved;
        emit AccessApproved(requestId, asked.id, asked.account);
        _grant(asked.id, asked.account, asked.period, asked.price);
    }

    /// @notice Rejects a request; its price becomes the requester's credit. Owner only.
    function rejectAccess(uint256 requestId, string calldata reason) external {
        Request memory asked = _requirePending(requestId);
        _requireOwner(asked.id);

        _requests[requestId].status = RequestStatus.Rejected;
        _credit(asked.account, asked.price);
        emit AccessRejected(requestId, asked.id, asked.account, reason);
    }

    /// @notice Cancels an undecided request; its price becomes the requester's credit. Only the requester may call it;
    /// anyone may once the request can no longer be approved.
    function cancelAccessRequest(uint256 requestId) external {
        Request memory asked = _requirePending(requestId);
        if (msg.sender != asked.account && block.timestamp <= asked.decideBy) {
            revert DatanetRegistry__NotRequester(requestId, msg.sender);
        }
        _requests[requestId].status = RequestStatus.Cancelled;
        _credit(asked.account, asked.price);
        emit AccessRequestCancelled(requestId, asked.id, asked.account);
    }

    /// @notice Grants access that nobody asked or paid for. Owner only.
    function grantAccess(bytes32 id, address account, uint40 period) external onlyOwner(id) {
        _requirePeriod(period);
        _grant(id, account, period, 0);
    }

    /// @notice Ends a grant now. The part of its price that is not earned yet becomes the account's credit. Owner only.
    /// Models that were registered under it stay registered.
    function revokeAccess(bytes32 id, address account, string calldata reason) external onlyOwner(id) {
        Grant memory found = _earn(id, account);
        if (found.until <= block.timestamp) revert DatanetRegistry__NoGrant(id, account);

        delete _grants[id][account];
        _credit(account, found.unearned);
        emit AccessRevoked(id, account, found.unearned, reason);
    }

    /// @notice Turns the part of a grant's price that is earned by now into income of the shares. Anyone may call, at
    /// any time.
    function earnAccess(bytes32 id, address account) external {
        _earn(id, account);
    }

    /// @notice Whether `account` may name the Datanet in a model it registers: the owner, curators, accounts with a
    /// grant that has not expired, contributors if the policy says so, and everybody if access is open.
    function hasAccess(bytes32 id, address account) external view returns (bool) {
        Datanet storage datanet = _datanet(id);
        return !datanet.permissionedAccess || datanet.owner == account || block.timestamp < _grants[id][account].until
            || isCurator[id][account] || (datanet.contributorsHaveAccess && isContributor[id][account]);
    }

    /// @notice The account's grant; all zero when it has none or it was revoked.
    function grant(bytes32 id, address account) external view returns (Grant memory) {
        return _grants[id][account];
    }

    /// @notice A request; all zero when there is none of this number.
    function request(uint256 requestId) external view returns (Request memory) {
        return _requests[requestId];
    }

    /// @dev Adds to what is left of an earlier grant, so that time that was paid for is never lost by renewing early.
    function _grant(bytes32 id, address account, uint40 period, uint128 price) private {
        Grant memory found = _earn(id, account);
        if (found.until <= block.timestamp) found = Grant(0, uint64(block.timestamp), uint64(block.timestamp));
        found.unearned += price;
        found.until += period;
        _grants[id][account] = found;
        emit AccessGranted(id, account, found.until);
    }

    function _earn(bytes32 id, address account) private returns (Grant memory found) {
        found = _grants[id][account];
        if (found.unearned == 0) {
            // Time of a grant without a price passes all the same: what is added later is earned from then on.
            if (found.until > block.timestamp) found.from = uint64(block.timestamp);
            return found;
        }
        uint256 now_ = block.timestamp < found.until ? block.timestamp : found.until;
        if (now_ == found.from) return found;

        // Rounded down, and all that is left at the end: the whole price, neither more nor less.
        uint256 earned = uint256(found.unearned) * (now_ - found.from) / (found.until - found.from);
        found.unearned -= uint128(earned);
        found.from = uint64(now_);
        _grants[id][account] = found;
        if (earned == 0) return found;
        _addIncome(id, earned);
        emit AccessEarned(id, account, earned);
    }

    function _requirePending(uint256 requestId) private view returns (Request memory found) {
        found = _requests[requestId];
        if (found.status != RequestStatus.Pending) revert DatanetRegistry__NotPending(requestId, found.status);
    }

    function _requireOwner(bytes32 id) private view {
        if (_datanets[id].owner != msg.sender) revert DatanetRegistry__NotOwner(id, msg.sender);
    }

    function _requirePeriod(uint256 period) private pure {
        if (period < MIN_PERIOD || period > MAX_PERIOD) {
            revert DatanetRegistry__PeriodOutOfRange(period, MIN_PERIOD, MAX_PERIOD);
        }
    }
}
