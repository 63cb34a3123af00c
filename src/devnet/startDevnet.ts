import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { workspacePaths } from '../config/workspacePaths.js'
import { type DevnetLayer, type DevnetState, writeDevnet } from './devnetState.js'
import { devnetStatus } from './devnetStatus.js'
import { processIdentity } from './processIdentity.js'
import { rpc } from './rpc.js'
import { type Anvil, startAnvil } from './startAnvil.js'
import { clearDevnet, stopDevnet } from './stopDevnet.js'
import { type RecordedProcess, stopProcess } from './stopProcess.js'
import { withDevnetLock } from './withDevnetLock.js'

export interface DevnetOptions {
  /** Folder whose `.openledger` keeps the state file and the logs; without one, a temporary folder that `stop` removes. */
  readonly workspace?: string
  /** Port of the L1 on 127.0.0.1; 0, the default, for any free one. */
  readonly l1Port?: number
  /** Port of the L2 on 127.0.0.1; 0, the default, for any free one. */
  readonly l2Port?: number
  /** Lets the devnet outlive this process, until {@link stopDevnet}. Otherwise it ends with it, even by SIGKILL. */
  readonly detached?: boolean
}

/** A running devnet. */
export interface Devnet extends DevnetState {
  readonly workspace: string
  /** False when it was running already, and this call only found it. */
  readonly started: boolean
  /** Stops both nodes and removes the state file, whoever started them. May be called twice. */
  stop(): Promise<void>
}

const l1ChainId = 900
const l2ChainId = 901

/**
 * Starts the local network: an L1 with OPEN as an ERC-20, an L2 whose gas is OPEN, the contracts on it, and ten funded
 * accounts ({@link devAccounts}). A healthy devnet of the same workspace is returned as it is; what is left of a dead one
 * is cleared away first. State is not kept across stop and start.
 *
 * @throws OL1700 when there is no anvil for this platform
 * @throws OL1701 when a port is taken
 * @throws OL1702 when a node does not start
 * @throws OL1707 when a contract cannot be deployed
 * @example
 * const devnet = await startDevnet()
 * const client = createChainClient({ network: devnetNetworks(devnet).l2, account: devAccounts().user })
 * await devnet.stop()
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const temporary = options.workspace === undefined
  const workspace = resolve(options.workspace ?? (await mkdtemp(join(tmpdir(), 'openledger-devnet-'))))
  const stop = async (): Promise<void> => {
    await stopDevnet(workspace)
    if (temporary) await rm(workspace, { recursive: true, force: true })
  }
  try {
    return await withDevnetLock(workspace, async () => {
      const found = await devnetStatus(workspace)
      if (found.status === 'running') return { ...found.devnet, workspace, started: false, stop }
      if (found.status === 'stale') await clearDevnet(workspace, found.devnet)
      return { ...(await startFresh(workspace, options)), workspace, started: true, stop }
    })
  } catch (error) {
    if (temporary) await rm(workspace, { recursive: true, force: true })
    throw error
  }
}

async function startFresh(workspace: string, options: DevnetOptions): Promise<DevnetState> {
  const { l1Port = 0, l2Port = 0, detached = false } = options
  // Loading viem takes longer than everything else here: it happens while the nodes boot.
  const [[l1, l2], { deployContracts }] = await Promise.all([
    startBoth(workspace, l1Port, l2Port),
    import('./deployContracts.js'),
  ])
  try {
    const addresses = await deployContracts(l1, l2)
    const state: DevnetState = {
      version: 1,
      anvilVersion: l1.version,
      startedAt: new Date().toISOString(),
      attachedTo: detached ? null : thisProcess(),
      l1: await layerOf(l1),
      l2: await layerOf(l2),
      addresses,
    }
    await writeDevnet(workspace, state)
    // Let go last: a start that is killed before it is recorded leaves nothing behind.
    if (detached) await Promise.all([l1.release(), l2.release()])
    return state
  } catch (error) {
    await Promise.all([stopProcess(l1), stopProcess(l2)])
    throw error
  }
}

async function startBoth(workspace: string, l1Port: number, l2Port: number): Promise<[Anvil, Anvil]> {
  const { logs } = workspacePaths(workspace)
  // Blocks are mined on request until the contracts stand, so that heights and addresses do not depend on timing.
  const started = await Promise.allSettled([
    startAnvil({ layer: 'L1', chainId: l1ChainId, port: l1Port, log: join(logs, 'l1.log'), flags: ['--no-mining'] }),
    startAnvil({
      layer: 'L2',
      chainId: l2ChainId,
      port: l2Port,
      log: join(logs, 'l2.log'),
      // No coins out of nothing: all OPEN on the L2 was locked on the L1. Deposits run in the order of their arrival.
      flags: ['--no-mining', '--network', 'optimism', '--balance', '0', '--order', 'fifo'],
    }),
  ])
  const [l1, l2] = started
  if (l1.status === 'fulfilled' && l2.status === 'fulfilled') return [l1.value, l2.value]
  await Promise.all(started.map((node) => (node.status === 'fulfilled' ? stopProcess(node.value) : undefined)))
  throw started.find((node) => node.status === 'rejected')?.reason
}

async function layerOf({ pid, identity, chainId, instanceId, rpcUrl, log }: Anvil): Promise<DevnetLayer> {
  const blockNumber = Number(await rpc(rpcUrl, 'eth_blockNumber'))
  return { pid, identity, chainId, instanceId, rpcUrl, log, blockNumber }
}

const thisProcess = (): RecordedProcess => ({ pid: process.pid, identity: processIdentity(process.pid) ?? '' })
