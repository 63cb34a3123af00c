import type { Address } from 'viem'
import { numberToHex } from 'viem/utils'
import { hex } from '../../files/hexSchemas.js'
import { depositOpen } from '../bridge/depositOpen.js'
import { rpc } from '../node/rpc.js'
import { devAccounts } from '../state/accounts.js'
import type { DevnetState } from '../state/devnetState.js'

/**
 * Gives an account native OPEN on the L2. The deployer, which owns the supply, deposits it on the L1.
 *
 * @returns the account's balance on the L2 afterwards, in wei
 * @throws OL1724 for an amount of zero, OL1725 when the deployer has too little, OL1726 or OL1727 when it does not arrive
 * @example
 * await fundOpen(devnet, '0x…', parseEther('5'))
 */
export async function fundOpen(devnet: DevnetState, account: Address, amountWei: bigint): Promise<bigint> {
  await depositOpen(devnet, { from: devAccounts().deployer, to: account, amountWei })
  return balanceOf(devnet.l2.rpcUrl, account)
}

/**
 * Gives an account ether on the L1, which the node creates from nothing.
 *
 * @returns the account's balance on the L1 afterwards, in wei
 * @example
 * await fundEther(devnet, '0x…', parseEther('1'))
 */
export async function fundEther({ l1 }: DevnetState, account: Address, amountWei: bigint): Promise<bigint> {
  const has = await balanceOf(l1.rpcUrl, account)
  await rpc(l1.rpcUrl, 'anvil_setBalance', [account, numberToHex(has + amountWei)])
  // The saver notices only blocks.
  await rpc(l1.rpcUrl, 'evm_mine')
  return balanceOf(l1.rpcUrl, account)
}

const balanceOf = async (rpcUrl: string, account: Address): Promise<bigint> =>
  BigInt(hex.parse(await rpc(rpcUrl, 'eth_getBalance', [account, 'latest'])))
