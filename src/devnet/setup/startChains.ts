import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { workspacePaths } from '../../config/workspacePaths.js'
import { dropHistory } from '../node/dropHistory.js'
import { rpc } from '../node/rpc.js'
import { type Anvil, startAnvil } from '../node/startAnvil.js'
import { stopProcess } from '../node/stopProcess.js'
import type { DevnetAddresses } from '../state/devnetState.js'
import type { SavedChains } from '../state/savedChains.js'

const l1ChainId = 900
const l2ChainId = 901

/** Flags of the L2's node, with new and with saved chains. */
const l2Flags = [
  '--network',
  'optimism',
  // Accounts begin without coins: all OPEN on the L2 is locked on the L1.
  '--balance',
  '0',
  // Deposits must run in the order of their arrival.
  '--order',
  'fifo',
]

export interface ChainsOptions {
  readonly workspace: string
  /** Chains to continue from; without them both layers are set up from the beginning. */
  readonly saved: SavedChains | undefined
  /** How long a proven withdrawal waits on new chains. */
  readonly finalizationSeconds?: number | undefined
  /** Folder that is removed when this process is killed: that of a devnet without a workspace. */
  readonly sweep?: string | undefined
}

/** Two running nodes with all contracts and accounts. */
export interface Chains {
  readonly l1: Anvil
  readonly l2: Anvil
  readonly addresses: DevnetAddresses
  /** Heights at which all contracts were deployed and all accounts funded. */
  readonly readyAt: { readonly l1: number; readonly l2: number }
  /** False when the chains continue saved ones. */
  readonly fresh: boolean
}

/**
 * Starts both nodes, each with its half of the saved chains or with newly deployed contracts. In the end either both run or
 * neither does.
 *
 * @throws OL1702 when a node does not start, OL1707 when a contract cannot be deployed
 */
export async function startChains(options: ChainsOptions): Promise<Chains> {
  const { saved, finalizationSeconds } = options
  // Loading viem takes longer than everything else here, so that it happens while the nodes boot.
  const deploying = saved === undefined ? import('./deployContracts.js') : undefined
  const [l1, l2] = await startBoth(options)
  try {
    if (saved === undefined) {
      const addresses = await deploying?.then(({ deployContracts }) => deployContracts(l1, l2, finalizationSeconds))
      if (addresses === undefined) throw new Error('nothing was deployed')
      const [one, two] = await Promise.all([heightOf(l1), heightOf(l2)])
      return { l1, l2, addresses, readyAt: { l1: one, l2: two }, fresh: true }
    }
    // The clocks are set before clients can reach the nodes, because anvil always starts with the machine's own time.
    await Promise.all([setClock(l1, saved.header.l1.clockOffset), setClock(l2, saved.header.l2.clockOffset)])
    const { addresses, readyAt } = saved.header
    await Promise.all([l1, l2].map(({ rpcUrl }) => dropHistory(rpcUrl)))
    return { l1, l2, addresses, readyAt, fresh: false }
  } catch (error) {
    await Promise.all([stopProcess(l1), stopProcess(l2)])
    throw error
  }
}

const heightOf = async ({ rpcUrl }: Anvil): Promise<number> => Number(await rpc(rpcUrl, 'eth_blockNumber'))

const setClock = (node: Anvil, offset: number): Promise<unknown> =>
  rpc(node.rpcUrl, 'evm_setTime', [Math.floor(Date.now() / 1_000) + offset])

async function startBoth({ workspace, saved, sweep }: ChainsOptions): Promise<[Anvil, Anvil]> {
  const { logs, state } = workspacePaths(workspace)
  const start = async (
    layer: 'L1' | 'L2',
    chainId: number,
    dump: Uint8Array | undefined,
    flags: readonly string[],
  ): Promise<Anvil> => {
    const name = layer.toLowerCase()
    // Blocks of a new chain are mined on request until the contracts exist, so that heights and addresses do not depend on
    // timing.
    const load = join(state, `${name}.load.json`)
    if (dump !== undefined) await unpack(dump, load)
    const begin = dump === undefined ? ['--no-mining'] : ['--load-state', load]
    const log = join(logs, `${name}.log`)
    const starting = startAnvil({
      layer,
      chainId,
      // Clients use the public RPC, which has the requested port.
      port: 0,
      log,
      sweep,
      flags: [...begin, ...flags],
    })
    return starting.finally(() => rm(load, { force: true }))
  }
  const started = await Promise.allSettled([
    start('L1', l1ChainId, saved?.l1, []),
    start('L2', l2ChainId, saved?.l2, l2Flags),
  ])
  const [l1, l2] = started
  if (l1.status === 'fulfilled' && l2.status === 'fulfilled') return [l1.value, l2.value]
  await Promise.all(started.map((node) => (node.status === 'fulfilled' ? stopProcess(node.value) : undefined)))
  throw started.find((node) => node.status === 'rejected')?.reason
}

/** Unpacks a dump for anvil's start. Loading it over RPC would take twice as long, and clients would see half of it. */
async function unpack(dump: Uint8Array, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await promisify(gunzip)(dump))
}
