import { rm } from 'node:fs/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { stayAlive } from '../../files/stayAlive.js'
import { Turns } from '../../files/Turns.js'
import { readFinalizationSeconds } from '../bridge/readOracle.js'
import {
  type DevnetState,
  isStateOf,
  type RestoredChains,
  readDevnet,
  removeDevnet,
  writeDevnet,
} from '../state/devnetState.js'
import { type LostBlocks, lostBlocks } from '../state/lostBlocks.js'
import { readSavedChains, type SavedChains, type SavedHeader, writeSavedChains } from '../state/savedChains.js'
import { type Control, type ControlRequest, serveControl } from './control.js'
import { RunningChains, type RunningChainsOptions } from './RunningChains.js'
import { StateSaver } from './StateSaver.js'
import { restoredFrom, stateOf } from './stateOf.js'

export interface KeeperOptions extends RunningChainsOptions {
  /** Public ports. The default is the last port if it is free, and any free one otherwise. */
  readonly l1Port: number | undefined
  readonly l2Port: number | undefined
  readonly detached: boolean
  /** How long a proven withdrawal waits on new chains. Saved chains must already have this delay if it is given. */
  readonly finalizationSeconds: number | undefined
  /** Starts with new chains although there are saved ones. */
  readonly fresh: boolean
  /** The last run crashed, so that its logs may name blocks that were not saved. */
  readonly afterCrash: boolean
}

const nothingLost: LostBlocks = { l1: [], l2: [] }

/**
 * Keeps one devnet: its running chains, their state file, the saved chains, and the control that other processes use. It runs
 * in the process that started the devnet. When that process is killed, the leashes of the nodes end them.
 */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #running: RunningChains
  readonly #control: Control
  readonly #saver: StateSaver
  readonly #finish: (fault: OpenLedgerError | undefined) => void
  /** Only one action at a time saves, replaces or ends the chains. */
  readonly #turns = new Turns()
  #state: DevnetState
  #stopping: Promise<void> | undefined
  /** Resolves when the devnet has ended: to undefined after a stop, otherwise to the fault that ended it. */
  readonly ended: Promise<OpenLedgerError | undefined>

  private constructor(options: KeeperOptions, running: RunningChains, control: Control, state: DevnetState) {
    this.#options = options
    this.#running = running
    this.#control = control
    this.#state = state
    let finish: (fault: OpenLedgerError | undefined) => void = () => undefined
    this.ended = new Promise((resolve) => {
      finish = resolve
    })
    this.#finish = finish
    const { log } = options
    this.#saver = new StateSaver({
      mark: async () => {
        await this.#requireState()
        return running.heads()
      },
      save: async () => {
        await this.#exclusive(() => this.#save())
      },
      onFailure: (cause) =>
        cause === undefined
          ? log.write('The chains are being saved again')
          : (this.#stopping ?? log.write(`The chains could not be saved: ${reasonOf(cause)}`)),
      onPace: (pace) =>
        log.write(`Saved every ${(pace / 1_000).toFixed(1)} s: a crash may cost as many seconds of blocks`),
    })
  }

  /**
   * Starts a devnet and writes its state file. The caller holds the workspace's lock.
   *
   * @throws OL1700 to OL1702, OL1707 when the devnet cannot be started
   * @throws OL1750, OL1751, OL1762, OL1772 when the saved chains cannot be used
   */
  static async start(options: KeeperOptions): Promise<Keeper> {
    const { workspace, fresh, l1Port, l2Port } = options
    const saved = fresh ? undefined : await readSavedChains(workspacePaths(workspace).chains)
    try {
      const [l1, l2] = [l1Port ?? saved?.header.l1.port ?? 0, l2Port ?? saved?.header.l2.port ?? 0]
      return await Keeper.#begin(options, saved, l1, l2)
    } catch (error) {
      // The user did not ask for the last ports, so that other ones serve as well.
      const mayMove = saved !== undefined && (l1Port === undefined || l2Port === undefined)
      if (!(mayMove && OpenLedgerError.is(error) && error.code === 'OL1701')) throw error
      return Keeper.#begin(options, saved, l1Port ?? 0, l2Port ?? 0)
    }
  }

  static async #begin(
    options: KeeperOptions,
    saved: SavedChains | undefined,
    l1Port: number,
    l2Port: number,
  ): Promise<Keeper> {
    const { workspace, persistent, afterCrash, finalizationSeconds } = options
    // The logs of the crashed run are read before the nodes begin new ones.
    const lost = saved !== undefined && afterCrash ? await lostBlocks(workspace, saved.header) : nothingLost
    const running = await RunningChains.start(options, { saved, l1Port, l2Port, finalizationSeconds })
    let control: Control | undefined
    try {
      // No request arrives before the state file, which names the token, is written.
      control = await serveControl((request) => keeper.#handle(request))
      const state = await writeState(options, running, control, await restoredFrom(saved?.header, running.chains, lost))
      const keeper = new Keeper(options, running, control, state)
      if (persistent) await keeper.#save()
      running.watch((fault) => keeper.#giveUp(fault))
      if (persistent) keeper.#saver.start()
      return keeper
    } catch (error) {
      await running.close()
      control?.close()
      await removeDevnet(workspace)
      await running.stopNodes()
      throw error
    }
  }

  get state(): DevnetState {
    return this.#state
  }

  /** Saves the chains, stops everything in order, and deletes the state file. May be called twice. */
  stop(): Promise<void> {
    // The saver stops first and outside of the turns, because it may wait for its own turn.
    this.#stopping ??= this.#saver.stop().then(() => this.#exclusive(() => this.#end(undefined)))
    return this.#stopping
  }

  /** Ends the devnet because of a fault, and saves nothing more. */
  #giveUp(fault: OpenLedgerError): void {
    this.#stopping ??= stayAlive(() => this.#end(fault))
  }

  /**
   * Gives up when the state file is gone or belongs to another devnet: nobody could find this devnet any more, and two must
   * not save into one folder.
   *
   * @throws OL1763
   */
  async #requireState(): Promise<void> {
    const { workspace } = this.#options
    if (await isStateOf(workspace, this.#control.token)) return
    const fault = new OpenLedgerError('OL1763', { path: workspacePaths(workspace).devnet })
    this.#giveUp(fault)
    throw fault
  }

  async #end(fault: OpenLedgerError | undefined): Promise<void> {
    const { workspace, persistent, log } = this.#options
    await this.#saver.stop()
    await this.#running.close()
    try {
      if (fault === undefined && persistent) await this.#save()
    } finally {
      await this.#running.stopNodes()
      log.write(fault === undefined ? 'Stopped' : fault.message)
      // Another devnet may have replaced the state file before this one gave up.
      const found = await readDevnet(workspace).catch(() => undefined)
      if (found?.control.token === this.#control.token) {
        if (fault === undefined) await removeDevnet(workspace)
        else await writeDevnet(workspace, { ...this.#state, fault: fault.message })
      }
      this.#finish(fault)
      // The control closes last and nobody waits for it: the request to stop may have come through it and needs an answer.
      this.#control.close()
    }
  }

  #exclusive<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(() => stayAlive(action))
  }

  async #save(): Promise<SavedHeader> {
    const chains = await this.#running.dump()
    await writeSavedChains(workspacePaths(this.#options.workspace).chains, chains)
    return chains.header
  }

  #handle(request: ControlRequest): Promise<unknown> {
    switch (request.order) {
      case 'stop':
        return this.stop()
      case 'status':
        return Promise.resolve({
          saveMilliseconds: this.#options.persistent ? Math.round(this.#saver.pace) : null,
          saveFailure: this.#saver.failure ?? null,
        })
      case 'save':
        return this.#exclusive(async () => {
          const chains = await this.#running.dump()
          await writeSavedChains(workspacePaths(this.#options.workspace).snapshot(request.name), chains)
          return chains.header
        })
      case 'restore':
        return this.#replaceBy(() => this.#snapshot(request.name))
      case 'reset':
        return this.#replaceBy(async () => undefined)
    }
  }

  async #snapshot(name: string): Promise<SavedChains> {
    const saved = await readSavedChains(workspacePaths(this.#options.workspace).snapshot(name))
    if (saved === undefined) throw new OpenLedgerError('OL1753', { name })
    return saved
  }

  /** Replaces the running chains. The saver continues afterwards, whether the replacement succeeds or not. */
  async #replaceBy(load: () => Promise<SavedChains | undefined>): Promise<SavedHeader | undefined> {
    // The saver stops outside of the turns, because it may wait for its own turn.
    await this.#saver.stop()
    return this.#exclusive(async () => {
      try {
        const saved = await load()
        await this.#replace(saved)
        return saved?.header
      } finally {
        if (this.#options.persistent && this.#stopping === undefined) this.#saver.start()
      }
    })
  }

  /**
   * Replaces the saved chains first, in one rename. Whenever this process is killed, the next start finds either both old
   * layers or both new ones. Until the rename nothing has changed, and messages are carried.
   */
  async #replace(saved: SavedChains | undefined): Promise<void> {
    const { log } = this.#options
    const running = this.#running
    const before = await running.dump()
    // New chains inherit the delay of withdrawals from those that they replace.
    const { l1, addresses } = running.chains
    const finalizationSeconds = await readFinalizationSeconds(l1.rpcUrl, addresses.L2OutputOracle)
    await this.#keepForNextStart(saved)
    await running.halt()
    try {
      await running.begin(saved, finalizationSeconds)
    } catch (cause) {
      log.write(`The chains could not be replaced, and the old ones continue: ${reasonOf(cause)}`)
      await this.#goBack(before)
      throw cause
    }
    try {
      await this.#resume(await restoredFrom(saved?.header, running.chains, nothingLost))
    } catch (cause) {
      this.#giveUp(failedReplacement(cause))
      throw cause
    }
  }

  async #goBack(before: SavedChains): Promise<void> {
    try {
      await this.#keepForNextStart(before)
      await this.#running.begin(before)
      await this.#resume(this.#state.restored)
    } catch (cause) {
      this.#giveUp(failedReplacement(cause))
    }
  }

  async #keepForNextStart(saved: SavedChains | undefined): Promise<void> {
    const { workspace, persistent } = this.#options
    const path = workspacePaths(workspace).chains
    if (!persistent) return
    if (saved === undefined) await rm(path, { force: true })
    else await writeSavedChains(path, saved)
  }

  async #resume(restored: RestoredChains | null): Promise<void> {
    await this.#running.resume()
    this.#state = await writeState(this.#options, this.#running, this.#control, restored)
    this.#running.watch((fault) => this.#giveUp(fault))
  }
}

async function writeState(
  { workspace, detached, log }: KeeperOptions,
  { chains, urls }: RunningChains,
  control: Control,
  restored: RestoredChains | null,
): Promise<DevnetState> {
  const state = await stateOf({ chains, urls, control, detached, restored })
  await writeDevnet(workspace, state)
  log.write(`L1 at ${state.l1.rpcUrl}, L2 at ${state.l2.rpcUrl}`)
  return state
}

/** Neither the new chains nor the old ones work. */
const failedReplacement = (cause: unknown): OpenLedgerError =>
  new OpenLedgerError('OL1758', { reason: reasonOf(cause) }, { cause })
