import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { DevnetLog } from '../node/DevnetLog.js'
import type { Anvil } from '../node/startAnvil.js'
import { stopProcess } from '../node/stopProcess.js'
import { type Chains, startChains } from '../setup/startChains.js'
import { faultOfChain, missingContracts } from '../state/faultOfChain.js'
import { dumpChains, headHash, type SavedChains } from '../state/savedChains.js'
import { carryMessages, type Messages } from './carryMessages.js'
import { requireFinalization } from './requireFinalization.js'

/** While nothing happens, the saver asks the nodes for their heads once in so many times. */
const idleLooks = 50

export interface RunningChainsOptions {
  readonly workspace: string
  readonly log: DevnetLog
  /** Keeps the chains, outputs and proofs of withdrawals for the next start and through a crash. */
  readonly persistent: boolean
  /** Folder that is removed when this process is killed. */
  readonly sweep: string | undefined
}

export interface RunningChainsStart {
  /** Chains to continue from; without them both layers are set up from the beginning. */
  readonly saved: SavedChains | undefined
  /** Public ports; 0 for any free one. */
  readonly l1Port: number
  readonly l2Port: number
  /** How long a proven withdrawal waits on new chains. Saved chains must already have this delay if it is given. */
  readonly finalizationSeconds: number | undefined
}

/**
 * The two nodes of a devnet, the messages between them, and their public URLs. The URLs stay the same when other chains
 * replace the running ones.
 */
export class RunningChains {
  readonly #options: RunningChainsOptions
  readonly #messages: Messages
  readonly #mayHaveChanged: () => boolean
  /** Nodes that this object stopped itself. */
  readonly #stopped = new WeakSet<Anvil>()
  #chains: Chains
  #heads: string | undefined

  private constructor(options: RunningChainsOptions, chains: Chains, messages: Messages) {
    this.#options = options
    this.#chains = chains
    this.#messages = messages
    this.#mayHaveChanged = messages.activity.sieve(idleLooks)
  }

  /**
   * Starts both nodes and opens them to clients.
   *
   * @throws OL1701, OL1702, OL1707, OL1765 when a port cannot be used or a layer cannot be set up
   * @throws OL1762 when saved chains have another delay of withdrawals, OL1772 when they lack contracts
   */
  static async start(
    options: RunningChainsOptions,
    { saved, l1Port, l2Port, finalizationSeconds }: RunningChainsStart,
  ): Promise<RunningChains> {
    const { workspace, sweep, log, persistent } = options
    const chains = await startChains({ workspace, saved, sweep, finalizationSeconds })
    try {
      if (saved !== undefined) {
        await requireContracts(chains, workspacePaths(workspace).chains)
        await requireFinalization(chains, finalizationSeconds)
      }
      const messages = await carryMessages({ workspace, chains, l1Port, l2Port, log, persistent })
      return new RunningChains(options, chains, messages)
    } catch (error) {
      await Promise.all([stopProcess(chains.l2), stopProcess(chains.l1)])
      throw error
    }
  }

  get chains(): Chains {
    return this.#chains
  }

  /** The public URLs. */
  get urls(): Messages['urls'] {
    return this.#messages.urls
  }

  /** The hashes of both heads. The nodes are asked only if something may have happened since the last time. */
  async heads(): Promise<string> {
    if (this.#heads === undefined || this.#mayHaveChanged()) {
      const { l1, l2 } = this.#chains
      this.#heads = (await Promise.all([l1, l2].map(({ rpcUrl }) => headHash(rpcUrl)))).join()
    }
    return this.#heads
  }

  /** Calls `onEnd` with an OL1752 when a node of the current chains ends by itself. */
  watch(onEnd: (fault: OpenLedgerError) => void): void {
    for (const [layer, node] of layersOf(this.#chains)) {
      node.ended.then((how) => {
        if (this.#stopped.has(node)) return
        onEnd(new OpenLedgerError('OL1752', { layer, pid: node.pid, how, log: node.log }))
      })
    }
  }

  /**
   * Dumps both chains while no messages are carried.
   *
   * @throws OL1771 when a node no longer holds the devnet: its chain must not replace what was saved
   */
  dump(): Promise<SavedChains> {
    const { l1, l2, addresses, readyAt } = this.#chains
    const { urls } = this.#messages
    return this.#messages.paused(async () => {
      for (const [layer, node] of layersOf(this.#chains)) {
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

  /** Stops the nodes, to replace the chains. Clients keep their URLs. */
  async halt(): Promise<void> {
    await this.#messages.suspend()
    await this.stopNodes()
  }

  /** Starts nodes again after {@link halt}: with saved chains, or with new ones. */
  async begin(saved: SavedChains | undefined, finalizationSeconds?: number): Promise<void> {
    const { workspace, sweep } = this.#options
    this.#chains = await startChains({ workspace, saved, sweep, finalizationSeconds })
  }

  /** Opens the chains of {@link begin} to clients and carries messages again. */
  resume(): Promise<void> {
    return this.#messages.resume(this.#chains)
  }

  /** Closes the public URLs and stops the messages; the nodes continue to run. */
  close(): Promise<void> {
    return this.#messages.stop()
  }

  async stopNodes(): Promise<void> {
    const { l1, l2 } = this.#chains
    for (const node of [l1, l2]) this.#stopped.add(node)
    await Promise.all([stopProcess(l2), stopProcess(l1)])
    await Promise.all([l1.ended, l2.ended])
  }
}

const layersOf = ({ l1, l2 }: Chains): readonly (readonly ['L1' | 'L2', Anvil])[] => [
  ['L1', l1],
  ['L2', l2],
]

/** @throws OL1772 when loaded chains lack contracts */
async function requireContracts(chains: Chains, path: string): Promise<void> {
  for (const [layer, { rpcUrl }] of layersOf(chains)) {
    const missing = await missingContracts(layer, rpcUrl, chains.addresses)
    if (missing.length > 0) {
      throw new OpenLedgerError('OL1772', { path, reason: `the ${layer} has no ${missing.join(', ')}` })
    }
  }
}

const portOf = (url: string): number => Number(new URL(url).port)
