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

/** Flags that a node needs whether it starts afresh or from what was saved. */
const l2Flags = [
  '--network',
  'optimism',
  // No coins out of nothing: all OPEN on the L2 was locked on the L1.
  '--balance',
  '0',
  // Deposits run in the order of their arrival.
  '--order',
  'fifo',
]

export interface ChainsOptions {
  readonly workspace: string
  /** To go on from; without it both layers are set up afresh. */
  readonly saved: SavedChains | undefined
  /** How long a proven withdrawal waits on fresh chains. */
  readonly finalizationSeconds?: number | undefined
  /** Folder that is removed when this process is killed: a devnet's without a workspace. */
  readonly sweep?: string | undefined
}

/** Two running nodes with everything on them. */
export interface Chains {
  readonly l1: Anvil
  readonly l2: Anvil
  readonly addresses: DevnetAddresses
  /** Heights at which all contracts were deployed and all accounts funded. */
  readonly readyAt: { readonly l1: number; readonly l2: number }
  /** Not gone on from saved chains. */
  readonly fresh: boolean
}

/**
 * Starts both nodes, each with its half of the saved chains or with freshly deployed contracts. Either both run in the end
 * or none.
 *
 * @throws OL1702 when a node does not start, OL1707 when a contract cannot be deployed
 */
export async function startChains(options: ChainsOptions): Promise<Chains> {
  const { saved, finalizationSeconds } = options
  // Loading viem takes longer than everything else here: it happens while the nodes boot.
  const deploying = saved === undefined ? import('./deployContracts.js') : undefined
  const [l1, l2] = await startBoth(options)
  try {
    if (saved === undefined) {
      const addresses = await deploying?.then(({ deployContracts }) => deployContracts(l1, l2, finalizationSeconds))
      if (addresses === undefined) throw new Error('nothing was deployed')
      const [one, two] = await Promise.all([heightOf(l1), heightOf(l2)])
      return { l1, l2, addresses, readyAt: { l1: one, l2: two }, fresh: true }
    }
    // Before anybody is told of the nodes: anvil begins every life with the machine's own time.
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
    // Blocks of a fresh chain are mined on request until the contracts stand, so that heights and addresses do not
    // depend on timing.
    const load = join(state, `${name}.load.json`)
    if (dump !== undefined) await unpack(dump, load)
    const begin = dump === undefined ? ['--no-mining'] : ['--load-state', load]
    const log = join(logs, `${name}.log`)
    const starting = startAnvil({
      layer,
      chainId,
      // Clients come to it by the public RPC, which has the port that is asked for.
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

/** As anvil wants it at its start; over its RPC the same takes twice as long, and clients would see it half done. */
async function unpack(dump: Uint8Array, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await promisify(gunzip)(dump))
}
