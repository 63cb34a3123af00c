import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { DevnetLog } from '../node/DevnetLog.js'
import { type DevnetState, readDevnet } from '../state/devnetState.js'
import { withDevnetLock } from '../state/withDevnetLock.js'
import { clearDamaged } from './clearDamaged.js'
import { devnetStatus } from './devnetStatus.js'
import { Keeper } from './Keeper.js'
import { keepers } from './keepers.js'
import { requireFinalization } from './requireFinalization.js'
import { devnetLogOf, startDetached } from './startDetached.js'
import { clearDevnet, stopDevnet } from './stopDevnet.js'

export interface DevnetOptions {
  /**
   * Folder whose `.openledger` keeps state file, logs and the chains for the next start. By default it is a temporary folder,
   * which is removed at the end, even when this process is killed.
   */
  readonly workspace?: string
  /** Port of the L1 on 127.0.0.1; 0 for any free one. By default it is the last port if that is free, otherwise any. */
  readonly l1Port?: number | undefined
  /** Port of the L2 on 127.0.0.1, like `l1Port`. */
  readonly l2Port?: number | undefined
  /**
   * How long a proven withdrawal waits, in seconds of the L1's clock: from 1 to a year, by default 5. The delay is fixed when
   * the chains begin.
   */
  readonly finalizationSeconds?: number | undefined
  /** Lets the devnet outlive this process, until {@link stopDevnet}. Otherwise both end together, even by SIGKILL. */
  readonly detached?: boolean
  /** Starts with new chains although the workspace has saved ones, which are lost. */
  readonly fresh?: boolean
}

/** A running devnet. */
export interface Devnet extends DevnetState {
  readonly workspace: string
  /** False when the devnet was already running and this call only found it. */
  readonly started: boolean
  /** Saves the chains, stops everything and removes the state file. May be called twice. */
  stop(): Promise<void>
  /**
   * Resolves when the devnet has ended: to undefined after a stop, to an error such as OL1752 when a node ended by itself.
   * It never resolves when another process keeps the devnet.
   */
  readonly ended: Promise<OpenLedgerError | undefined>
}

/**
 * Starts the local network: an L1 with OPEN as an ERC-20, an L2 whose gas is OPEN, the contracts on it, and ten funded
 * accounts ({@link devAccounts}). A healthy devnet of the same workspace is returned as it is. The remains of a dead one are
 * cleared away first, and a state file that was cut off is replaced. The chains of a workspace continue where they stopped.
 * Without a workspace every devnet is new, with its own ports and folder, for example one for each jest worker.
 *
 * @throws OL1700 when there is no anvil for this platform
 * @throws OL1703 when the state file belongs to another version of openledger
 * @throws OL1701 when a port is taken, OL1764 when both layers have the same port, OL1765 when a port cannot be used
 * @throws OL1702 when a node does not start
 * @throws OL1707 when a contract cannot be deployed
 * @throws OL1750, OL1751 when the saved chains cannot be used
 * @throws OL1759 when the devnet is already running at other ports than requested
 * @throws OL1761 when `finalizationSeconds` is out of its range, OL1762 when the chains have another delay
 * @throws OL1757 when the process of a detached devnet does not start
 * @example
 * import { type Devnet, devAccounts, startDevnet } from 'openledger/devnet'
 *
 * let devnet: Devnet
 * beforeAll(async () => { devnet = await startDevnet() })
 * afterAll(() => devnet.stop())
 * test('mara has gas', async () => {
 *   const client = createPublicClient({ transport: http(devnet.l2.rpcUrl) })
 *   expect(await client.getBalance({ address: devAccounts().mara.address })).toBeGreaterThan(0n)
 * })
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { finalizationSeconds } = options
  if (finalizationSeconds !== undefined && !isFinalization(finalizationSeconds)) {
    throw new OpenLedgerError('OL1761', { seconds: finalizationSeconds })
  }
  const { l1Port = 0, l2Port = 0 } = options
  if (l1Port !== 0 && l1Port === l2Port) throw new OpenLedgerError('OL1764', { port: l1Port })
  const temporary = options.workspace === undefined
  const workspace = resolve(options.workspace ?? (await mkdtemp(join(tmpdir(), 'openledger-devnet-'))))
  const stop = async (): Promise<void> => {
    await stopDevnet(workspace)
    if (temporary) await rm(workspace, { recursive: true, force: true })
  }
  try {
    return await withDevnetLock(workspace, async () => {
      const found = await devnetStatus(workspace).catch((error) => clearIfDamaged(workspace, error))
      const running = found.status === 'running' ? found.devnet : undefined
      if (running !== undefined) {
        checkPorts(running, options)
        await requireFinalization(running, finalizationSeconds)
      }
      if (found.status === 'stale') await clearDevnet(workspace, found.devnet)
      const afterCrash = found.status === 'stale' || found.status === 'damaged'
      const keeper = running ?? (await startKeeper(workspace, options, afterCrash))
      const state = keeper instanceof Keeper ? keeper.state : keeper
      const ended = keepers.get(state.control.token)?.ended ?? new Promise<undefined>(() => undefined)
      return { ...state, workspace, started: running === undefined, stop, ended }
    })
  } catch (error) {
    if (temporary) await rm(workspace, { recursive: true, force: true })
    throw error
  }
}

/** Clears a damaged state file away; the saved chains beside it are whole. */
async function clearIfDamaged(workspace: string, error: unknown): Promise<{ readonly status: 'damaged' }> {
  if (!(OpenLedgerError.is(error) && error.code === 'OL1703' && (await clearDamaged(workspace)))) throw error
  return { status: 'damaged' }
}

const isFinalization = (seconds: number): boolean => Number.isInteger(seconds) && seconds >= 1 && seconds <= 31_536_000

function checkPorts({ l1, l2 }: DevnetState, { l1Port = 0, l2Port = 0 }: DevnetOptions): void {
  for (const [layer, { rpcUrl }, wanted] of [
    ['L1', l1, l1Port],
    ['L2', l2, l2Port],
  ] as const) {
    const { port } = new URL(rpcUrl)
    if (wanted !== 0 && wanted !== Number(port)) throw new OpenLedgerError('OL1759', { layer, port, wanted })
  }
}

/** Starts a keeper here or in a process of its own. It continues saved chains unless `fresh` is set. */
async function startKeeper(
  workspace: string,
  { workspace: given, l1Port, l2Port, finalizationSeconds, detached = false, fresh = false }: DevnetOptions,
  afterCrash: boolean,
): Promise<Keeper | DevnetState> {
  const persistent = given !== undefined
  const sweep = persistent ? undefined : workspace
  const options = { workspace, l1Port, l2Port, finalizationSeconds, detached, fresh, persistent, sweep, afterCrash }
  if (detached) {
    await startDetached(options)
    const state = await readDevnet(workspace)
    if (state === undefined) throw new Error('it has no state file')
    return state
  }
  const keeper = await Keeper.start({ ...options, log: new DevnetLog(devnetLogOf(workspace)) })
  const { token } = keeper.state.control
  keepers.set(token, keeper)
  keeper.ended.then(() => keepers.delete(token))
  return keeper
}
