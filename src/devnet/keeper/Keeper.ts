import { rm } from 'node:fs/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { stayAlive } from '../../files/stayAlive.js'
import { Turns } from '../../files/Turns.js'
import { readFinalizationSeconds } from '../bridge/readOracle.js'
import type { DevnetLog } from '../node/DevnetLog.js'
import type { Anvil } from '../node/startAnvil.js'
import { stopProcess } from '../node/stopProcess.js'
import { type Chains, startChains } from '../setup/startChains.js'
import {
  type DevnetState,
  isStateOf,
  type RestoredChains,
  readDevnet,
  removeDevnet,
  writeDevnet,
} from '../state/devnetState.js'
import { faultOfChain, missingContracts } from '../state/faultOfChain.js'
import { lostBlocks } from '../state/lostBlocks.js'
import {
  dumpChains,
  headHash,
  readSavedChains,
  type SavedChains,
  type SavedHeader,
  writeSavedChains,
} from '../state/savedChains.js'
import { carryMessages, type Messages } from './carryMessages.js'
import { type Control, type ControlRequest, serveControl } from './control.js'
import { requireFinalization } from './requireFinalization.js'
import { StateSaver } from './StateSaver.js'
import { restoredFrom, stateOf } from './stateOf.js'

/** While nothing happens, one in so many of the saver's looks is made. */
const idleLooks = 50

export interface KeeperOptions {
  readonly workspace: string
  readonly log: DevnetLog
  /** Public ports; without one that of the last time if it is free, else any free one. */
  readonly l1Port: number | undefined
  readonly l2Port: number | undefined
  readonly detached: boolean
  /** How long a proven withdrawal waits on fresh chains; saved ones keep what they have, and must have this if it is given. */
  readonly finalizationSeconds: number | undefined
  /** Keeps the chains for the next start, and through a crash. */
  readonly persistent: boolean
  /** Begins anew although there are saved chains. */
  readonly fresh: boolean
  /** Removed when this process is killed. */
  readonly sweep: string | undefined
  /** The run before did not end in order: its log may tell of blocks that were not saved. */
  readonly afterCrash: boolean
}

/**
 * Keeps one devnet: two nodes, what carries messages between them, the public RPC of the L2, and the saved chains. It
 * lives in the process that started the devnet; when that is killed, the leashes of the nodes end them.
 */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #saver: StateSaver
  #chains!: Chains
  #messages!: Messages
  #control!: Control
  #state!: DevnetState
  #stopping: Promise<void> | undefined
  /** Nodes that end because they are told to. */
  readonly #letGo = new WeakSet<Anvil>()
  readonly #queue = new Turns()
  /** Whether something may have happened since the chains were last looked at. */
  #isWorthIt: () => boolean = () => true
  /** The hashes of both heads as they were then. */
  #heads: string | undefined
  #finish!: (fault: OpenLedgerError | undefined) => void
  /** Resolves when the devnet has ended: to nothing when it was stopped, else to what went wrong. */
  readonly ended = new Promise<OpenLedgerError | undefined>((resolve) => {
    this.#finish = resolve
  })

  private constructor(options: KeeperOptions) {
    this.#options = options
    const { log } = options
    this.#saver = new StateSaver({
      mark: async () => {
        await this.#requireState()
        if (this.#heads === undefined || this.#isWorthIt()) {
          this.#heads = (
            await Promise.all([this.#chains.l1, this.#chains.l2].map(({ rpcUrl }) => headHash(rpcUrl)))
          ).join()
        }
        return this.#heads
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
   * Starts a devnet and records it. The caller holds the workspace's lock.
   *
   * @throws OL1700 to OL1702, OL1707 when it cannot be started, OL1750 and OL1751 when what was saved cannot be used
   */
  static async start(options: KeeperOptions): Promise<Keeper> {
    const keeper = new Keeper(options)
    const { workspace, fresh } = options
    const { l1Port, l2Port } = options
    const saved = fresh ? undefined : await readSavedChains(workspacePaths(workspace).chains)
    try {
      await keeper.#begin(saved, l1Port ?? saved?.header.l1.port ?? 0, l2Port ?? saved?.header.l2.port ?? 0)
    } catch (error) {
      // The ports of last time were a wish, not a demand.
      const mayMove = saved !== undefined && (l1Port === undefined || l2Port === undefined)
      if (!(mayMove && OpenLedgerError.is(error) && error.code === 'OL1701')) throw error
      await keeper.#begin(saved, l1Port ?? 0, l2Port ?? 0)
    }
    return keeper
  }

  get state(): DevnetState {
    return this.#state
  }

  /** Saves the chains, ends everything in order, and forgets the devnet. May be called twice. */
  stop(): Promise<void> {
    // The saver first, outside of the queue: it may be waiting in it.
    this.#stopping ??= this.#saver.stop().then(() => this.#exclusive(() => this.#end(undefined)))
    return this.#stopping
  }

  async #begin(saved: SavedChains | undefined, l1Port: number, l2Port: number): Promise<void> {
    const { workspace, sweep, log, persistent, afterCrash, finalizationSeconds } = this.#options
    // Before the nodes begin new logs.
    const lost = saved !== undefined && afterCrash ? await lostBlocks(workspace, saved.header) : { l1: [], l2: [] }
    this.#chains = await startChains({ workspace, saved, sweep, finalizationSeconds })
    try {
      if (saved !== undefined) {
        await this.#requireContracts(workspacePaths(workspace).chains)
        await requireFinalization(this.#chains, finalizationSeconds)
      }
      this.#messages = await carryMessages({ workspace, chains: this.#chains, l1Port, l2Port, log, persistent })
      this.#isWorthIt = this.#messages.activity.sieve(idleLooks)
      this.#control = await serveControl((request) => this.#handle(request))
      await this.#writeState(await restoredFrom(saved?.header, this.#chains, lost))
      if (persistent) await this.#save()
    } catch (error) {
      await this.#messages?.stop()
      this.#control?.close()
      await removeDevnet(workspace)
      await this.#stopNodes()
      throw error
    }
    this.#watch()
    if (persistent) this.#saver.start()
  }

  async #writeState(restored: RestoredChains | null): Promise<void> {
    const { workspace, detached, log } = this.#options
    const [chains, control, urls] = [this.#chains, this.#control, this.#messages.urls]
    this.#state = await stateOf({ chains, urls, control, detached, restored })
    await writeDevnet(workspace, this.#state)
    log.write(`L1 at ${this.#state.l1.rpcUrl}, L2 at ${this.#state.l2.rpcUrl}`)
  }

  /**
   * Gives up, and saves nothing more, when the folder's state file is gone or another devnet's: nobody could find this one,
   * and two must not save into one folder.
   */
  async #requireState(): Promise<void> {
    const { workspace } = this.#options
    if (await isStateOf(workspace, this.#control.token)) return
    const fault = new OpenLedgerError('OL1763', { path: workspacePaths(workspace).devnet })
    this.#stopping ??= stayAlive(() => this.#end(fault))
    throw fault
  }

  /** Says so, and ends the rest, when a node ends by itself. */
  #watch(): void {
    const { l1, l2 } = this.#chains
    for (const [layer, node] of [
      ['L1', l1],
      ['L2', l2],
    ] as const) {
      node.ended.then((how) => {
        if (this.#stopping !== undefined || this.#letGo.has(node)) return
        const fault = new OpenLedgerError('OL1752', { layer, pid: node.pid, how, log: node.log })
        this.#stopping = stayAlive(() => this.#end(fault))
      })
    }
  }

  async #end(fault: OpenLedgerError | undefined): Promise<void> {
    const { workspace, persistent, log } = this.#options
    await this.#saver.stop()
    await this.#messages.stop()
    try {
      if (fault === undefined && persistent) await this.#save()
    } finally {
      await this.#stopNodes()
      log.write(fault === undefined ? 'Stopped' : fault.message)
      // Another devnet may have taken its place while this one was given up.
      const recorded = await readDevnet(workspace).catch(() => undefined)
      if (recorded?.control.token === this.#control.token) {
        if (fault === undefined) await removeDevnet(workspace)
        else await writeDevnet(workspace, { ...this.#state, fault: fault.message })
      }
      this.#finish(fault)
      // Last, and without waiting: the order to stop may have come through it, and is answered yet.
      this.#control.close()
    }
  }

  /** Only while nothing else saves, restores or ends the chains. */
  #exclusive<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(() => stayAlive(action))
  }

  /** @throws OL1771 when a node no longer holds the devnet: nothing of it may take the place of what was saved */
  async #dump(): Promise<SavedChains> {
    const { l1, l2, addresses, readyAt } = this.#chains
    const { urls } = this.#messages
    return this.#messages.paused(async () => {
      for (const [layer, node] of [
        ['L1', l1],
        ['L2', l2],
      ] as const) {
        const reason = await faultOfChain(layer, node, addresses)
        if (reason !== undefined) throw new OpenLedgerError('OL1771', { layer, reason })
      }
      return dumpChains({
        addresses,
        readyAt,
        l1: { rpcUrl: l1.rpcUrl, port: portOf(urls.l1) },
        l2: { rpcUrl: l2.rpcUrl, port: portOf(urls.l2) },
      })
    })
  }

  /** @throws OL1772 when saved chains that were loaded lack contracts */
  async #requireContracts(path: string): Promise<void> {
    const { l1, l2, addresses } = this.#chains
    for (const [layer, { rpcUrl }] of [
      ['L1', l1],
      ['L2', l2],
    ] as const) {
      const missing = await missingContracts(layer, rpcUrl, addresses)
      if (missing.length > 0) {
        throw new OpenLedgerError('OL1772', { path, reason: `the ${layer} has no ${missing.join(', ')}` })
      }
    }
  }

  async #save(): Promise<SavedHeader> {
    const chains = await this.#dump()
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
          const chains = await this.#dump()
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

  /** Puts other chains in the place of the running ones; the saver goes on afterwards, whatever came of it. */
  async #replaceBy(load: () => Promise<SavedChains | undefined>): Promise<SavedHeader | undefined> {
    // Outside of the queue: it may be waiting in it.
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
   * The chains become the saved ones first, in one rename: whenever this is killed, the next start finds both layers old or
   * both new. Until that is done nothing has changed, and messages are carried.
   */
  async #replace(saved: SavedChains | undefined): Promise<void> {
    const { workspace, persistent, sweep, log } = this.#options
    const path = workspacePaths(workspace).chains
    const before = await this.#dump()
    // Fresh chains have it from those that they replace.
    const { l1, addresses } = this.#chains
    const finalizationSeconds = await readFinalizationSeconds(l1.rpcUrl, addresses.L2OutputOracle)
    if (persistent) {
      if (saved === undefined) await rm(path, { force: true })
      else await writeSavedChains(path, saved)
    }
    await this.#messages.suspend()
    await this.#stopNodes()
    try {
      this.#chains = await startChains({ workspace, saved, sweep, finalizationSeconds })
    } catch (cause) {
      log.write(`The chains could not be replaced, the old ones go on: ${reasonOf(cause)}`)
      await this.#goBack(before)
      throw cause
    }
    try {
      await this.#resume(await restoredFrom(saved?.header, this.#chains, { l1: [], l2: [] }))
    } catch (cause) {
      this.#giveUp(cause)
      throw cause
    }
  }

  async #goBack(before: SavedChains): Promise<void> {
    const { workspace, persistent, sweep } = this.#options
    try {
      if (persistent) await writeSavedChains(workspacePaths(workspace).chains, before)
      this.#chains = await startChains({ workspace, saved: before, sweep })
      await this.#resume(this.#state.restored)
    } catch (cause) {
      this.#giveUp(cause)
    }
  }

  /** The chains were replaced, and what belongs to them does not work. */
  #giveUp(cause: unknown): void {
    const fault = new OpenLedgerError('OL1758', { reason: reasonOf(cause) }, { cause })
    this.#stopping ??= stayAlive(() => this.#end(fault))
  }

  async #stopNodes(): Promise<void> {
    const { l1, l2 } = this.#chains
    for (const node of [l1, l2]) this.#letGo.add(node)
    await Promise.all([stopProcess(l2), stopProcess(l1)])
    await Promise.all([l1.ended, l2.ended])
  }

  async #resume(restored: RestoredChains | null): Promise<void> {
    await this.#messages.resume(this.#chains)
    await this.#writeState(restored)
    this.#watch()
  }
}

const portOf = (url: string): number => Number(new URL(url).port)
