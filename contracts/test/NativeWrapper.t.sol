// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {GOPEN} from "../src/GOPEN.sol";
import {NativeWrapper} from "../src/NativeWrapper.sol";
import {WOPEN} from "../src/WOPEN.sol";
import {RefusingRecipient} from "./Recipients.sol";
import {Test} from "./Test.sol";

/// @dev Withdraws again from inside its own withdrawal, and keeps what the wrapper answered.
contract ReentrantHolder {
    NativeWrapper private immutable wrapper;
    bytes public answer;

    constructor(NativeWrapper wrapper_) payable {
        wrapper = wrapper_;
        wrapper_.deposit{value: msg.value}();
    }

    function withdraw() external {
        wrapper.withdraw(wrapper.balanceOf(address(this)));
    }

    receive() external payable {
        try wrapper.withdraw(msg.value) {}
        catch (bytes memory reason) {
            answer = reason;
        }
    }
}

/// @notice What every wrapper of the coin does.
abstract contract NativeWrapperBehaviour is Test {
    NativeWrapper internal wrapper;
    address internal holder = named("holder");
    address internal other = named("other");

    function create() internal virtual returns (NativeWrapper);

    function setUp() public {
        wrapper = create();
        vm.deal(holder, type(uint96).max);
    }

    function testFuzz_deposit_isOneForOne(uint96 amount) public {
        vm.expectEmit(address(wrapper));
        emit IERC20.Transfer(address(0), holder, amount);
        vm.expectEmit(address(wrapper));
        emit NativeWrapper.Deposit(holder, amount);
        deposit(amount);
        assertHeld(amount, type(uint96).max - amount);
    }

    function testFuzz_receive_isADeposit(uint96 amount) public {
        vm.expectEmit(address(wrapper));
        emit NativeWrapper.Deposit(holder, amount);
        vm.prank(holder);
        (bool sent,) = address(wrapper).call{value: amount}("");
        vm.assertTrue(sent, "taken");
        assertHeld(amount, type(uint96).max - amount);
    }

    function testFuzz_withdraw_isOneForOne(uint96 amount, uint96 back) public {
        back = uint96(bound(back, 0, amount));
        deposit(amount);
        vm.expectEmit(address(wrapper));
        emit IERC20.Transfer(holder, address(0), back);
        vm.expectEmit(address(wrapper));
        emit NativeWrapper.Withdrawal(holder, back);
        vm.prank(holder);
        wrapper.withdraw(back);
        assertHeld(amount - back, type(uint96).max - amount + back);
    }

    function testFuzz_withdraw_moreThanHeld_reverts(uint96 amount, uint256 more) public {
        more = bound(more, uint256(amount) + 1, type(uint256).max);
        deposit(amount);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, amount, more));
        vm.prank(holder);
        wrapper.withdraw(more);
    }

    /// @dev Tokens are worth coins to whoever holds them.
    function testFuzz_withdraw_ofReceivedTokens(uint96 amount) public {
        deposit(amount);
        vm.prank(holder);
        wrapper.transfer(other, amount);
        vm.prank(other);
        wrapper.withdraw(amount);
        vm.assertEq(other.balance, amount, "coins");
        vm.assertEq(wrapper.totalSupply(), 0, "tokens");
    }

    function test_withdraw_reentrant_isPaidOnce() public {
        deposit(5 ether);
        vm.deal(address(this), 3 ether);
        ReentrantHolder reentrant = new ReentrantHolder{value: 3 ether}(wrapper);
        reentrant.withdraw();
        vm.assertEq(address(reentrant).balance, 3 ether, "its own coins");
        vm.assertEq(address(wrapper).balance, 5 ether, "the others' coins");
        vm.assertEq(
            keccak256(reentrant.answer()),
            keccak256(
                abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(reentrant), 0, 3 ether)
            ),
            "answer to the call from inside"
        );
    }

    function test_withdraw_byWhoRefusesCoins_keepsTheTokens() public {
        address refusing = address(new RefusingRecipient());
        deposit(2 ether);
        vm.prank(holder);
        wrapper.transfer(refusing, 2 ether);
        vm.expectRevert(abi.encodeWithSelector(NativeWrapper.NativeWrapper__TransferFailed.selector, refusing, 2 ether));
        vm.prank(refusing);
        wrapper.withdraw(2 ether);
        vm.assertEq(wrapper.balanceOf(refusing), 2 ether, "tokens");
        // They are not lost: somebody else can turn them into coins.
        vm.prank(refusing);
        wrapper.transfer(other, 2 ether);
        vm.prank(other);
        wrapper.withdraw(2 ether);
        vm.assertEq(other.balance, 2 ether, "coins");
    }

    function test_transfer_toTheWrapperItself_reverts() public {
        deposit(1 ether);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(wrapper)));
        vm.prank(holder);
        wrapper.transfer(address(wrapper), 1 ether);
    }

    function test_forcedCoins_mintNothing() public {
        deposit(1 ether);
        vm.deal(address(wrapper), 10 ether);
        vm.assertEq(wrapper.totalSupply(), 1 ether, "tokens");
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 1 ether, 2 ether)
        );
        vm.prank(holder);
        wrapper.withdraw(2 ether);
    }

    function test_unknownFunction_withCoins_reverts() public {
        vm.prank(holder);
        (bool done,) = address(wrapper).call{value: 1 ether}(abi.encodeWithSignature("depositTo(address)", other));
        vm.assertTrue(!done, "no fallback");
    }

    function test_decimals_areThoseOfTheCoin() public view {
        vm.assertEq(wrapper.decimals(), 18, "decimals");
    }

    function deposit(uint256 amount) internal {
        vm.prank(holder);
        wrapper.deposit{value: amount}();
    }

    function assertHeld(uint256 tokens, uint256 coins) private view {
        vm.assertEq(wrapper.balanceOf(holder), tokens, "tokens");
        vm.assertEq(wrapper.totalSupply(), tokens, "all tokens");
        vm.assertEq(address(wrapper).balance, tokens, "coins behind the tokens");
        vm.assertEq(holder.balance, coins, "coins left");
    }
}

contract WOPENTest is NativeWrapperBehaviour {
    function create() internal override returns (NativeWrapper) {
        return new WOPEN();
    }

    function test_name() public view {
        vm.assertEq(keccak256(bytes(wrapper.name())), keccak256("Wrapped OPEN"), "name");
        vm.assertEq(keccak256(bytes(wrapper.symbol())), keccak256("WOPEN"), "symbol");
    }

    /// @dev Contracts that call `permit` and go on when it does not fail have been robbed through WETH9's fallback: whoever
    /// had approved them lost its tokens to a signature that was never checked.
    function test_permit_reverts() public {
        (bool done,) = address(wrapper)
            .call(abi.encodeCall(ERC20Permit.permit, (holder, other, 1 ether, block.timestamp, 27, 0, 0)));
        vm.assertTrue(!done, "there is no permit");
    }

    /// @dev The predeploy at 0x42…06, which calls itself Wrapped OPEN too, still has the fallback.
    function test_permit_onOptimismsPredeploy_passesUnchecked() public {
        address predeploy = 0x4200000000000000000000000000000000000006;
        string memory artifact = "node_modules/@eth-optimism/contracts-bedrock/forge-artifacts/WETH.sol/WETH.json";
        vm.etch(predeploy, vm.getDeployedCode(artifact));
        (bool done,) =
            predeploy.call(abi.encodeCall(ERC20Permit.permit, (holder, other, 1 ether, block.timestamp, 27, 0, 0)));
        vm.assertTrue(done, "why WOPEN exists beside it");
    }
}

contract GOPENTest is NativeWrapperBehaviour {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    function create() internal override returns (NativeWrapper) {
        return new GOPEN();
    }

    function gopen() private view returns (GOPEN) {
        return GOPEN(payable(address(wrapper)));
    }

    function test_name_andClock() public {
        vm.assertEq(keccak256(bytes(wrapper.name())), keccak256("GOpen"), "name");
        vm.assertEq(keccak256(bytes(wrapper.symbol())), keccak256("GOPEN"), "symbol");
        vm.assertEq(keccak256(bytes(gopen().CLOCK_MODE())), keccak256("mode=timestamp"), "clock mode");
        vm.warp(1_900_000_000);
        vm.assertEq(gopen().clock(), 1_900_000_000, "clock");
    }

    /// @dev Votes follow tokens through deposit, transfer and withdrawal, each as of its second.
    function testFuzz_votes_followTheTokens(uint96 amount, uint96 moved, uint96 back) public {
        moved = uint96(bound(moved, 0, amount));
        back = uint96(bound(back, 0, amount - moved));
        vm.prank(holder);
        gopen().delegate(holder);
        vm.prank(other);
        gopen().delegate(other);
        uint256 start = 1_800_000_000;
        vm.warp(start);
        deposit(amount);
        vm.warp(start + 1);
        vm.prank(holder);
        wrapper.transfer(other, moved);
        vm.warp(start + 2);
        vm.prank(holder);
        wrapper.withdraw(back);
        vm.warp(start + 3);

        vm.assertEq(gopen().getPastVotes(holder, start), amount, "after the deposit");
        vm.assertEq(gopen().getPastVotes(holder, start + 1), amount - moved, "after the transfer");
        vm.assertEq(gopen().getPastVotes(holder, start + 2), amount - moved - back, "after the withdrawal");
        vm.assertEq(gopen().getPastVotes(other, start + 2), moved, "the other's");
        vm.assertEq(gopen().getPastTotalSupply(start + 2), amount - back, "supply");
    }

    function testFuzz_permit_allowsWhatWasSigned(uint256 key, uint256 value) public {
        key = bound(key, 1, 1e60);
        address owner = vm.addr(key);
        bytes32 message = keccak256(abi.encode(PERMIT, owner, other, value, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", gopen().DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        gopen().permit(owner, other, value, block.timestamp, v, r, s);
        vm.assertEq(wrapper.allowance(owner, other), value, "allowance");
        vm.assertEq(gopen().nonces(owner), 1, "nonce");
    }
}
