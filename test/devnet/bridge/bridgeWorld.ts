import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Address,
  createClient,
  defineChain,
  http,
  parseEther,
  publicActions,
  testActions,
  walletActions,
} from 'viem'
import { chainConfig } from 'viem/op-stack'
import type { BridgeAddresses } from '../../../src/devnet/bridge/bridgeContracts.js'
import { setUpBridge } from '../../../src/devnet/bridge/setUpBridge.js'
import { LayerSetUp } from '../../../src/devnet/node/LayerSetUp.js'
import { type Anvil, startAnvil } from '../../../src/devnet/node/startAnvil.js'
import { stopProcess } from '../../../src/devnet/node/stopProcess.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'

/** Two nodes with the bridge between them, and nobody who carries anything across. */
export interface BridgeWorld {
  readonly folder: string
  readonly l1: Anvil
  readonly l2: Anvil
  readonly addresses: BridgeAddresses
  stop(): Promise<void>
}

/** What each of the accounts deposited when the world was made. */
const firstDeposit = parseEther('1000')

export async function startBridgeWorld(finalizationSeconds = 5): Promise<BridgeWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'openledger-bridge-'))
  const l2Flags = ['--no-mining', '--network', 'optimism', '--balance', '0', '--order', 'fifo']
  const [l1, l2] = await Promise.all([
    startAnvil({ layer: 'L1', chainId: 900, port: 0, log: join(folder, 'l1.log'), flags: ['--no-mining'] }),
    startAnvil({ layer: 'L2', chainId: 901, port: 0, log: join(folder, 'l2.log'), flags: l2Flags }),
  ])
  const layers = [new LayerSetUp('L1', l1), new LayerSetUp('L2', l2)] as const
  const accounts = Object.values(devAccounts()).map(({ address }) => address)
  const addresses = await setUpBridge(...layers, {
    deployer: devAccounts().deployer.address,
    accounts,
    grantWei: parseEther('10000'),
    depositWei: firstDeposit,
    finalizationSeconds,
  })
  await Promise.all(layers.map((layer) => layer.finish()))
  return {
    folder,
    l1,
    l2,
    addresses,
    async stop() {
      await Promise.all([stopProcess(l1), stopProcess(l2)])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Clients as viem's own guides make them: nothing of this project in them. */
export function viemClients(world: Pick<BridgeWorld, 'addresses'>, l1Url: string, l2Url: string) {
  const l1Chain = defineChain({
    id: 900,
    name: 'L1',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [l1Url] } },
    contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } },
  })
  const at = (address: Address) => ({ 900: { address } })
  const l2Chain = defineChain({
    ...chainConfig,
    id: 901,
    name: 'L2',
    nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 },
    rpcUrls: { default: { http: [l2Url] } },
    contracts: {
      ...chainConfig.contracts,
      portal: at(world.addresses.OptimismPortal),
      l2OutputOracle: at(world.addresses.L2OutputOracle),
    },
    sourceId: 900,
  })
  const account = devAccounts().user
  const client = <chain extends typeof l1Chain | typeof l2Chain>(chain: chain, url: string) =>
    createClient({ chain, account, transport: http(url), pollingInterval: 20, cacheTime: 0 })
      .extend(publicActions)
      .extend(walletActions)
      .extend(testActions({ mode: 'anvil' }))
  return { l1: client(l1Chain, l1Url), l2: client(l2Chain, l2Url), l2Chain }
}
