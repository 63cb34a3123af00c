import type { Address } from 'viem'
import { getAddress, parseEther } from 'viem/utils'
import { z } from 'zod'
import { defaultFinalizationSeconds, setUpBridge } from '../bridge/setUpBridge.js'
import { LayerSetUp } from '../node/LayerSetUp.js'
import { rpc } from '../node/rpc.js'
import type { Anvil } from '../node/startAnvil.js'
import { type DevAccountName, devAccountNames } from '../state/devAccountNames.js'
import type { DevnetAddresses } from '../state/devnetState.js'
import { createContracts } from './createContracts.js'

/** ERC-20 OPEN that every dev account receives on the L1, and the part that goes through the bridge to the L2. */
const devGrant = parseEther('1000000')
const devDeposit = parseEther('100000')

type DevAddresses = Readonly<Record<DevAccountName, Address>>

/**
 * Sets both layers up. The L1 gets OPEN and the bridge, and every dev account a grant of OPEN. A part of it goes through the
 * bridge to the L2, where it pays for the contracts. Addresses are the same on every devnet.
 *
 * @param finalizationSeconds how long a proven withdrawal waits
 * @throws OL1707 when a transaction fails
 */
export async function deployContracts(
  l1Node: Anvil,
  l2Node: Anvil,
  finalizationSeconds: number = defaultFinalizationSeconds,
): Promise<DevnetAddresses> {
  const l1 = new LayerSetUp('L1', l1Node)
  const l2 = new LayerSetUp('L2', l2Node)
  const accounts = await accountsOf(l1Node)
  const bridge = await setUpBridge(l1, l2, {
    deployer: accounts.deployer,
    accounts: Object.values(accounts),
    grantWei: devGrant,
    depositWei: devDeposit,
    finalizationSeconds,
  })
  const contracts = await createContracts(l2, accounts)
  await Promise.all([l1.finish(), l2.finish()])
  return { ...bridge, ...contracts }
}

/** Asks the node for the dev accounts, which it derives from the test phrase faster than JavaScript. */
async function accountsOf({ rpcUrl }: Anvil): Promise<DevAddresses> {
  const found = z.array(z.string()).parse(await rpc(rpcUrl, 'eth_accounts'))
  const named = devAccountNames.map((name, index) => [name, getAddress(found[index] ?? '')])
  return Object.fromEntries(named) as DevAddresses
}
