import type { Address } from 'viem'
import { encodeDeployData, encodeFunctionData, getAddress } from 'viem/utils'
import { z } from 'zod'
import { openAbi, openBytecode } from '../chain/contracts/Open.generated.js'
import { bridgeIn, devGrant, openLock } from './bridgeIn.js'
import { createContracts } from './createContracts.js'
import { type DevAccountName, devAccountNames } from './devAccountNames.js'
import type { DevnetAddresses } from './devnetState.js'
import { LayerSetUp } from './LayerSetUp.js'
import { rpc } from './rpc.js'
import type { Anvil } from './startAnvil.js'

type DevAddresses = Readonly<Record<DevAccountName, Address>>

/**
 * Sets both layers up, all by transactions: OPEN on the L1, a grant of it to every dev account, a part of that locked and
 * minted on the L2, where it pays for the contracts. Addresses are the same on every devnet.
 *
 * @throws OL1707 when a transaction fails
 */
export async function deployContracts(l1Node: Anvil, l2Node: Anvil): Promise<DevnetAddresses> {
  const l1 = new LayerSetUp('L1', l1Node)
  const l2 = new LayerSetUp('L2', l2Node)
  const accounts = await accountsOf(l1Node)
  const { deployer, ...others } = accounts

  const Open = l1.addressOf(deployer, 0)
  await l1.mine([
    { step: 'creating Open', from: deployer, data: encodeDeployData({ abi: openAbi, bytecode: openBytecode }) },
    ...Object.entries(others).map(([name, address]) => ({
      step: `granting OPEN to ${name}`,
      from: deployer,
      to: Open,
      data: encodeFunctionData({ abi: openAbi, functionName: 'transfer', args: [address, devGrant] }),
    })),
  ])
  await bridgeIn(l1, l2, Open, Object.values(accounts))
  const contracts = await createContracts(l2, accounts)
  await Promise.all([l1.finish(), l2.finish()])
  return { Open, OpenLock: openLock, ...contracts }
}

/** The node derives them from the test phrase faster than we would. */
async function accountsOf({ rpcUrl }: Anvil): Promise<DevAddresses> {
  const found = z.array(z.string()).parse(await rpc(rpcUrl, 'eth_accounts'))
  const named = devAccountNames.map((name, index) => [name, getAddress(found[index] ?? '')])
  return Object.fromEntries(named) as DevAddresses
}
