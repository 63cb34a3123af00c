import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Hex } from 'viem'
import { decodeFunctionResult, encodeFunctionData, numberToHex } from 'viem/utils'
import { z } from 'zod'
import { openAbi } from '../chain/contracts/Open.generated.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { devAccounts } from './accounts.js'
import { parseDeposit, serializeDeposit, transactionDepositedTopic } from './bridge/depositTransaction.js'
import type { DevnetState } from './devnetState.js'
import { optimismPortalAbi } from './optimism/OptimismPortal.generated.js'
import { rpc } from './rpc.js'

type Layers = Pick<DevnetState, 'l1' | 'l2' | 'addresses'>

const hex = z.string().transform((text) => text as Hex)
const receiptSchema = z.object({
  status: z.enum(['0x0', '0x1']),
  logs: z.array(
    z.object({ address: hex, topics: z.array(hex), data: hex, blockHash: hex, logIndex: hex.transform(Number) }),
  ),
})
type Receipt = z.infer<typeof receiptSchema>

/** How long the deposit may take from the L1 to the L2, in milliseconds. */
const patience = 10_000

/**
 * Gives an account native OPEN on the L2, through the bridge: the deployer, who owns the supply, deposits it on the L1.
 *
 * @returns the account's balance on the L2 afterwards, in wei
 * @throws OL1762 when the deployer has not so much, OL1763 when the deposit does not arrive
 * @example
 * await fundOpen(devnet, '0x…', parseEther('5'))
 */
export async function fundOpen(devnet: Layers, account: Address, amountWei: bigint): Promise<bigint> {
  const { l1, l2, addresses } = devnet
  const { Open, OptimismPortal } = addresses
  const { address: from } = devAccounts().deployer
  const balanceCall = encodeFunctionData({ abi: openAbi, functionName: 'balanceOf', args: [from] })
  const data = await rpc(l1.rpcUrl, 'eth_call', [{ to: Open, data: balanceCall }, 'latest'])
  const has = decodeFunctionResult({ abi: openAbi, functionName: 'balanceOf', data: hex.parse(data) })
  if (has < amountWei) throw new OpenLedgerError('OL1762', { has, wanted: amountWei })
  const approval = encodeFunctionData({ abi: openAbi, functionName: 'approve', args: [OptimismPortal, amountWei] })
  await send(l1.rpcUrl, { from, to: Open, data: approval })
  const deposit = encodeFunctionData({
    abi: optimismPortalAbi,
    functionName: 'depositERC20Transaction',
    args: [account, amountWei, amountWei, 100_000n, false, '0x'],
  })
  const { logs } = await send(l1.rpcUrl, { from, to: OptimismPortal, data: deposit })
  const log = logs.find(({ topics }) => topics[0] === transactionDepositedTopic)
  if (log === undefined) throw new OpenLedgerError('OL1763', { reason: 'the portal logged no deposit' })
  const { status } = await receiptOf(l2.rpcUrl, serializeDeposit(parseDeposit(log)).hash)
  if (status === '0x0') throw new OpenLedgerError('OL1763', { reason: 'the account refused it on the L2' })
  return balanceOf(l2.rpcUrl, account)
}

/**
 * Gives an account ether on the L1: out of nothing, as every test chain does.
 *
 * @returns the account's balance on the L1 afterwards, in wei
 */
export async function fundEther({ l1 }: Layers, account: Address, amountWei: bigint): Promise<bigint> {
  const has = await balanceOf(l1.rpcUrl, account)
  await rpc(l1.rpcUrl, 'anvil_setBalance', [account, numberToHex(has + amountWei)])
  // Only blocks are noticed when the chains are saved.
  await rpc(l1.rpcUrl, 'evm_mine')
  return balanceOf(l1.rpcUrl, account)
}

const balanceOf = async (rpcUrl: string, account: Address): Promise<bigint> =>
  BigInt(hex.parse(await rpc(rpcUrl, 'eth_getBalance', [account, 'latest'])))

async function send(rpcUrl: string, call: { from: Address; to: Address; data: Hex }): Promise<Receipt> {
  const receipt = await receiptOf(rpcUrl, hex.parse(await rpc(rpcUrl, 'eth_sendTransaction', [call])))
  if (receipt.status === '0x0') throw new OpenLedgerError('OL1763', { reason: 'the L1 reverted it' })
  return receipt
}

async function receiptOf(rpcUrl: string, hash: Hex): Promise<Receipt> {
  const deadline = performance.now() + patience
  for (;;) {
    const found = await rpc(rpcUrl, 'eth_getTransactionReceipt', [hash])
    if (found !== null) return receiptSchema.parse(found)
    if (performance.now() > deadline) {
      throw new OpenLedgerError('OL1763', { reason: `${hash} was not mined within ${patience / 1_000} seconds` })
    }
    await sleep(20)
  }
}
