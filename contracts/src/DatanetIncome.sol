// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DatanetRoles} from "./DatanetRoles.sol";
import {PullPayment} from "./PullPayment.sol";

/// @title A Datanet's income, owned by more than one person
/// @notice Every Datanet has {SHARES} shares, all of them its creator's at first. They change hands when the holder
/// offers them and the other account accepts, at a price if they like. Income is owed to the holders at the moment when
/// it comes in, and each holder collects its own: there is no loop over holders.
/// @dev The accumulator counts whole wei for one share, so nothing is rounded twice: what does not divide by the number
/// of shares (less than {SHARES} wei) is carried to the next payment.
abstract contract DatanetIncome is DatanetRoles, PullPayment {
    using SafeCast for uint256;

    /// @dev One slot. `perShare` is what one share has earned since the beginning.
    struct Income {
        uint128 perShare;
        uint128 carry;
    }

    /// @dev One slot. Up to `paidPerShare` the holding has been collected.
    struct Holding {
        uint128 paidPerShare;
        uint16 shares;
    }

    /// @dev One slot.
    struct Offer {
        uint128 price;
        uint64 expiresAt;
        uint16 shares;
    }

    event IncomePaid(bytes32 indexed id, address indexed from, uint256 amount);
    event IncomeCollected(bytes32 indexed id, address indexed account, uint256 amount);
    event SharesOffered(
        bytes32 indexed id, address indexed from, address indexed to, uint256 shares, uint256 price, uint256 expiresAt
    );
    event SharesTransferred(
        bytes32 indexed id, address indexed from, address indexed to, uint256 shares, uint256 price
    );

    error DatanetRegistry__NothingPaid(bytes32 id);
    error DatanetRegistry__NotEnoughShares(bytes32 id, address account, uint256 held, uint256 wanted);
    error DatanetRegistry__NoSuchOffer(bytes32 id, address from, address to, uint256 shares, uint256 price);
    error DatanetRegistry__WrongPrice(uint256 sent, uint256 price);

    /// @notice Shares of every Datanet, for ever.
    uint16 public constant SHARES = 10_000;

    mapping(bytes32 id => Income) private _incomes;
    mapping(bytes32 id => mapping(address account => Holding)) private _holdings;

    /// @notice The offer of `from` to `to`; all zero if there is none.
    mapping(bytes32 id => mapping(address from => mapping(address to => Offer))) public offers;

    /// @notice Pays income to the Datanet's shares. It cannot be taken back.
    function payIncome(bytes32 id) external payable {
        _datanet(id);
        if (msg.value == 0) revert DatanetRegistry__NothingPaid(id);
        _addIncome(id, msg.value);
    }

    /// @notice Turns the income of `account`'s shares of some Datanets into credit, which {withdraw} pays out to it.
    /// Anyone may call.
    function collectIncome(bytes32[] calldata ids, address account) external {
        for (uint256 i; i < ids.length; ++i) {
            _collect(ids[i], account);
        }
    }

    /// @notice Offers shares to `to` until `expiresAt`, for `price` wei; 0 shares cancels the offer. Their income until
    /// they are accepted belongs to the caller.
    function offerShares(bytes32 id, address to, uint16 shares, uint128 price, uint64 expiresAt) external {
        uint256 held = _holdings[id][msg.sender].shares;
        if (shares > held) revert DatanetRegistry__NotEnoughShares(id, msg.sender, held, shares);

        offers[id][msg.sender][to] = Offer(price, expiresAt, shares);
        emit SharesOffered(id, msg.sender, to, shares, price, expiresAt);
    }

    /// @notice Takes shares that `from` offers the caller, for exactly `price`. The terms are said again, so that an
    /// offer that was changed meanwhile is refused.
    function acceptShares(bytes32 id, address from, uint16 shares, uint128 price) external payable {
        Offer memory offer = offers[id][from][msg.sender];
        bool stands = offer.shares == shares && offer.price == price && block.timestamp < offer.expiresAt;
        if (shares == 0 || !stands) revert DatanetRegistry__NoSuchOffer(id, from, msg.sender, shares, price);
        if (msg.value != price) revert DatanetRegistry__WrongPrice(msg.value, price);
        uint256 held = _holdings[id][from].shares;
        if (shares > held) revert DatanetRegistry__NotEnoughShares(id, from, held, shares);

        delete offers[id][from][msg.sender];
        _collect(id, from);
        _collect(id, msg.sender);
        _holdings[id][from].shares -= shares;
        _holdings[id][msg.sender].shares += shares;
        _credit(from, price);
        emit SharesTransferred(id, from, msg.sender, shares, price);
    }

    /// @notice How many of the Datanet's {SHARES} shares `account` holds.
    function sharesOf(bytes32 id, address account) external view returns (uint256) {
        return _holdings[id][account].shares;
    }

    /// @notice Wei that {collectIncome} would credit `account` with now.
    function incomeOf(bytes32 id, address account) public view returns (uint256) {
        Holding memory holding = _holdings[id][account];
        return uint256(holding.shares) * (_incomes[id].perShare - holding.paidPerShare);
    }

    function _addIncome(bytes32 id, uint256 amount) internal {
        Income storage income = _incomes[id];
        uint256 total = amount + income.carry;
        income.perShare = (income.perShare + total / SHARES).toUint128();
        income.carry = uint128(total % SHARES);
        emit IncomePaid(id, msg.sender, amount);
    }

    function _issueShares(bytes32 id, address account) internal {
        _holdings[id][account].shares = SHARES;
        emit SharesTransferred(id, address(0), account, SHARES, 0);
    }

    function _collect(bytes32 id, address account) private {
        uint256 owed = incomeOf(id, account);
        _holdings[id][account].paidPerShare = _incomes[id].perShare;
        if (owed == 0) return;
        _credit(account, owed);
        emit IncomeCollected(id, account, owed);
    }
}
