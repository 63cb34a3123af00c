import { type Address, getAddress, type Hex } from 'viem'
import { z } from 'zod'
import { devPrivateKey } from '../../chain/client/devMnemonic.js'
import { rpcBatch } from '../node/rpc.js'
import { devAccounts } from '../state/accounts.js'
import { type DevAccountName, devAccountNames } from '../state/devAccountNames.js'
import type { DevnetState } from '../state/devnetState.js'

/** A dev account and its balances in wei. */
export interface AccountBalances {
  readonly name: DevAccountName
  readonly address: Address
  /** The key is public: anyone can derive it from the test phrase. */
  readonly privateKey: Hex
  readonly l1EtherWei: bigint
  readonly l1OpenWei: bigint
  readonly l2OpenWei: bigint
}

/** The dev accounts with their balances on both layers. */
export async function accountBalances({
  l1,
  l2,
  addresses,
}: Pick<DevnetState, 'l1' | 'l2' | 'addresses'>): Promise<AccountBalances[]> {
  const accounts = devAccounts()
  const each = devAccountNames.map((name) => getAddress(accounts[name].address))
  const amounts = async (url: string, calls: Parameters<typeof rpcBatch>[1]): Promise<bigint[]> =>
    z.array(z.string().transform(BigInt)).parse(await rpcBatch(url, calls))
  const native = (address: Address) => ({ method: 'eth_getBalance', params: [address, 'latest'] })
  const token = (address: Address) => {
    // balanceOf(address)
    const data = `0x70a08231${address.slice(2).toLowerCase().padStart(64, '0')}`
    return { method: 'eth_call', params: [{ to: addresses.Open, data }, 'latest'] }
  }
  const [ether, openL1, openL2] = await Promise.all([
    amounts(l1.rpcUrl, each.map(native)),
    amounts(l1.rpcUrl, each.map(token)),
    amounts(l2.rpcUrl, each.map(native)),
  ])
  return devAccountNames.map((name, index) => ({
    name,
    address: each[index] as Address,
    privateKey: devPrivateKey(index),
    l1EtherWei: ether[index] ?? 0n,
    l1OpenWei: openL1[index] ?? 0n,
    l2OpenWei: openL2[index] ?? 0n,
  }))
}
