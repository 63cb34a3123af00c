import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Address, type Hex, parseEther } from 'viem'
import {
  getL2TransactionHashes,
  publicActionsL1,
  publicActionsL2,
  walletActionsL1,
  walletActionsL2,
} from 'viem/op-stack'
import { openAbi } from '../../../src/chain/contracts/Open.abi.generated.js'
import { Relayer } from '../../../src/devnet/bridge/Relayer.js'
import { optimismPortalAbi } from '../../../src/devnet/optimism/OptimismPortal.abi.generated.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'
import { type BridgeWorld, startBridgeWorld, viemClients } from './bridgeWorld.js'

let world: BridgeWorld
let relayer: Relayer
const lines: string[] = []

beforeAll(async () => {
  world = await startBridgeWorld()
  relayer = new Relayer({
    l1RpcUrl: world.l1.rpcUrl,
    l2RpcUrl: world.l2.rpcUrl,
    addresses: world.addresses,
    log: (line) => lines.push(line),
  })
  relayer.start()
  await relayer.idle()
})

afterAll(async () => {
  await relayer?.stop()
  await world?.stop()
})

const clients = () => {
  const { l1, l2, l2Chain } = viemClients(world, world.l1.rpcUrl, world.l2.rpcUrl)
  return {
    l1: l1.extend(publicActionsL1()).extend(walletActionsL1()),
    l2: l2.extend(publicActionsL2()).extend(walletActionsL2()),
    l2Chain,
  }
}

const user = devAccounts().user

/** On the L1. The portal burns gas by the block it runs in: an estimate is short by a few units now and then. */
const depositGas = 500_000n

/** Deposits by the portal's own function, as any client with its ABI does. */
async function deposit(mint: bigint, value = mint, to: Address = user.address, gas = 100_000n, data: Hex = '0x') {
  const { l1 } = clients()
  const { Open, OptimismPortal } = world.addresses
  await l1.writeContract({ address: Open, abi: openAbi, functionName: 'approve', args: [OptimismPortal, mint] })
  const hash = await l1.writeContract({
    address: OptimismPortal,
    abi: optimismPortalAbi,
    functionName: 'depositERC20Transaction',
    args: [to, mint, value, gas, false, data],
    gas: depositGas,
  })
  return l1.waitForTransactionReceipt({ hash })
}

describe('a deposit', () => {
  test('arrives as the transaction whose hash viem foretells', async () => {
    const { l2 } = clients()
    const before = await l2.getBalance({ address: user.address })
    const receipt = await deposit(parseEther('12.5'))
    const [hash] = getL2TransactionHashes(receipt)
    const arrived = await l2.waitForTransactionReceipt({ hash: hash!, checkReplacement: false })
    expect(arrived).toMatchObject({ status: 'success', type: '0x7E' })
    expect(await l2.getBalance({ address: user.address })).toBe(before + parseEther('12.5'))
  })

  test('without OPEN goes by viem’s depositTransaction: a call in the user’s name', async () => {
    const { l1, l2 } = clients()
    const to = devAccounts().kwame.address
    const before = await l2.getBalance({ address: to })
    // No mint: the L2 spends what the account has there.
    const request = await l2.buildDepositTransaction({ account: user, to, value: 7n, gas: 100_000n })
    const hash = await l1.depositTransaction({ ...request, gas: depositGas })
    const deposited = await l1.waitForTransactionReceipt({ hash })
    expect(deposited.status).toBe('success')
    const [l2Hash] = getL2TransactionHashes(deposited)
    const arrived = await l2.waitForTransactionReceipt({ hash: l2Hash!, checkReplacement: false })
    expect(arrived.status).toBe('success')
    expect(await l2.getBalance({ address: to })).toBe(before + 7n)
  })

  test('comes back: proven, waited for and finalized by viem’s own actions', async () => {
    const { l1, l2, l2Chain } = clients()
    const targetChain = l2Chain
    const to = devAccounts().zed.address
    const balanceOf = () =>
      l1.readContract({ address: world.addresses.Open, abi: openAbi, functionName: 'balanceOf', args: [to] })
    const before = await balanceOf()
    const hash = await l2.initiateWithdrawal({ request: { gas: 21_000n, to, value: parseEther('3') } })
    const receipt = await l2.waitForTransactionReceipt({ hash })
    const { output, withdrawal } = await l1.waitToProve({ receipt, targetChain })
    expect(await l1.getWithdrawalStatus({ receipt, targetChain })).toBe('ready-to-prove')

    const proof = await l2.buildProveWithdrawal({ account: user, output, withdrawal })
    await l1.waitForTransactionReceipt({ hash: await l1.proveWithdrawal(proof) })
    expect(await l1.getWithdrawalStatus({ receipt, targetChain })).toBe('waiting-to-finalize')

    await l1.waitToFinalize({ targetChain, withdrawalHash: withdrawal.withdrawalHash })
    expect(await l1.getWithdrawalStatus({ receipt, targetChain })).toBe('ready-to-finalize')
    const finalized = await l1.finalizeWithdrawal({ targetChain, withdrawal })
    expect((await l1.waitForTransactionReceipt({ hash: finalized })).status).toBe('success')
    expect(await l1.getWithdrawalStatus({ receipt, targetChain })).toBe('finalized')
    expect(await balanceOf()).toBe(before + parseEther('3'))
  })
})
