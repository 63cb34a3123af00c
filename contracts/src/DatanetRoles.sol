// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Who may do what with a Datanet
/// @notice The owner decides; curators publish versions and admit contributors; contributors give records. The role of
/// the owner is control alone: income follows the shares, which are somebody's own (see {DatanetIncome}).
abstract contract DatanetRoles {
    /// @notice What a Datanet asks of others.
    /// @param permissionedContribution Records are taken from listed contributors, curators and the owner only.
    /// @param permissionedAccess A model may name the Datanet only if its registrant has access (see {hasAccess}).
    /// @param contributorsHaveAccess Listed contributors need no grant.
    struct Policy {
        bool permissionedContribution;
        bool permissionedAccess;
        bool contributorsHaveAccess;
    }

    /// @dev One slot. The policy is spelt out: a struct inside would begin a slot of its own.
    struct Datanet {
        address owner;
        uint64 versionCount;
        bool permissionedContribution;
        bool permissionedAccess;
        bool contributorsHaveAccess;
    }

    event PolicySet(
        bytes32 indexed id, bool permissionedContribution, bool permissionedAccess, bool contributorsHaveAccess
    );
    event CuratorSet(bytes32 indexed id, address indexed account, bool allowed);
    event ContributorSet(bytes32 indexed id, address indexed account, bool allowed);
    event OwnershipOffered(bytes32 indexed id, address indexed owner, address indexed to);
    event OwnershipTransferred(bytes32 indexed id, address indexed from, address indexed to);

    error DatanetRegistry__UnknownDatanet(bytes32 id);
    error DatanetRegistry__NotOwner(bytes32 id, address caller);
    error DatanetRegistry__NotCurator(bytes32 id, address caller);
    error DatanetRegistry__NotOffered(bytes32 id, address caller);

    mapping(bytes32 id => Datanet) internal _datanets;

    /// @notice Whether the owner lets `account` publish and admit contributors. The owner always may.
    mapping(bytes32 id => mapping(address account => bool)) public isCurator;

    /// @notice Whether `account` is on the list of contributors.
    mapping(bytes32 id => mapping(address account => bool)) public isContributor;

    /// @notice Who may become the owner by accepting; zero when nobody was asked.
    mapping(bytes32 id => address) public pendingOwner;

    modifier onlyOwner(bytes32 id) {
        if (_datanet(id).owner != msg.sender) revert DatanetRegistry__NotOwner(id, msg.sender);
        _;
    }

    modifier onlyCurator(bytes32 id) {
        if (_datanet(id).owner != msg.sender && !isCurator[id][msg.sender]) {
            revert DatanetRegistry__NotCurator(id, msg.sender);
        }
        _;
    }

    /// @notice Lets `account` publish versions and admit contributors, or stops it. Owner only.
    function setCurator(bytes32 id, address account, bool allowed) external onlyOwner(id) {
        isCurator[id][account] = allowed;
        emit CuratorSet(id, account, allowed);
    }

    /// @notice Puts accounts on the list of contributors, or takes them off it. Owner and curators only.
    function setContributors(bytes32 id, address[] calldata accounts, bool allowed) external onlyCurator(id) {
        for (uint256 i; i < accounts.length; ++i) {
            isContributor[id][accounts[i]] = allowed;
            emit ContributorSet(id, accounts[i], allowed);
        }
    }

    /// @notice Opens or closes the Datanet. Owner only. Grants, versions and registered models stay what they are.
    function setPolicy(bytes32 id, Policy calldata policy_) external onlyOwner(id) {
        _setPolicy(id, policy_);
    }

    /// @notice Offers the owner's role to `to`, who must accept it; zero cancels the offer. Owner only.
    function transferOwnership(bytes32 id, address to) external onlyOwner(id) {
        pendingOwner[id] = to;
        emit OwnershipOffered(id, msg.sender, to);
    }

    /// @notice Accepts the role that was offered to the caller. Shares of the income stay with their holders.
    function acceptOwnership(bytes32 id) external {
        if (pendingOwner[id] != msg.sender) revert DatanetRegistry__NotOffered(id, msg.sender);

        delete pendingOwner[id];
        address from = _datanets[id].owner;
        _datanets[id].owner = msg.sender;
        emit OwnershipTransferred(id, from, msg.sender);
    }

    /// @notice The owner, or zero when there is no such Datanet.
    function owner(bytes32 id) public view returns (address) {
        return _datanets[id].owner;
    }

    function policy(bytes32 id) external view returns (Policy memory) {
        Datanet storage datanet = _datanet(id);
        return Policy(datanet.permissionedContribution, datanet.permissionedAccess, datanet.contributorsHaveAccess);
    }

    /// @notice Whether the Datanet takes records of `account`. Records are taken off chain: this is what intake must
    /// ask.
    function mayContribute(bytes32 id, address account) external view returns (bool) {
        Datanet storage datanet = _datanet(id);
        return !datanet.permissionedContribution || datanet.owner == account || isCurator[id][account]
            || isContributor[id][account];
    }

    function _setPolicy(bytes32 id, Policy calldata policy_) internal {
        Datanet storage datanet = _datanets[id];
        datanet.permissionedContribution = policy_.permissionedContribution;
        datanet.permissionedAccess = policy_.permissionedAccess;
        datanet.contributorsHaveAccess = policy_.contributorsHaveAccess;
        emit PolicySet(id, policy_.permissionedContribution, policy_.permissionedAccess, policy_.contributorsHaveAccess);
    }

    function _datanet(bytes32 id) internal view returns (Datanet storage datanet) {
        datanet = _datanets[id];
        if (datanet.owner == address(0)) revert DatanetRegistry__UnknownDatanet(id);
    }
}
