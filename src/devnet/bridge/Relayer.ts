import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { Turns } from '../../files/Turns.js'
import type { Activity } from '../node/Activity.js'
import { Patience } from '../node/Patience.js'
import type { BridgeAddresses } from './bridgeContracts.js'
import { L2Derivation } from './L2Derivation.js'
import { type HeadWatch, onNewHeads } from './onNewHeads.js'
import { ProofStore } from './ProofStore.js'
import { Proposer } from './Proposer.js'
import { TaskLoop } from './TaskLoop.js'

export interface RelayerOptions {
  readonly l1RpcUrl: string
  /** Of the L2's node itself: the public address takes no deposits. */
  readonly l2RpcUrl: string
  readonly addresses: Pick<BridgeAddresses, 'OptimismPortal' | 'L2OutputOracle'>
  /** Shared with the L2's public RPC: what is mined by request waits while a deposit is under way, and the reverse. */
  readonly turns?: Turns
  /** Where outputs and the proofs of withdrawals are kept; in memory only unless given. */
  readonly proofs?: ProofStore
  /** Shared with what serves the layers to clients; without it the relayer looks as often as if something always happened. */
  readonly activity?: Activity
  /** Told of what the relayer did that is out of the ordinary, and of failures, one line each. */
  readonly log?: (line: string) => void
}

/** How often to look without having been told: a node that is set back says nothing. */
const lookMilliseconds = 500
/** One look in so many is made while nothing happens. */
const idleLooks = 20
/** After a failure. */
const retryMilliseconds = 100

type Log = (line: string) => void

/** The relayer between {@link Relayer.start} and {@link Relayer.stop}. */
class Run {
  readonly #abort = new AbortController()
  readonly #derivation: TaskLoop
  readonly #proposer: TaskLoop
  readonly #watches: readonly HeadWatch[]
  readonly #look: NodeJS.Timeout
  readonly #log: Log
  readonly #failures = new Map<TaskLoop, string>()

  constructor(options: RelayerOptions, log: Log) {
    const { l1RpcUrl, l2RpcUrl, addresses, proofs = new ProofStore(), turns = new Turns(), activity } = options
    const { signal } = this.#abort
    const common = { l1RpcUrl, l2RpcUrl, turns, signal, log }
    const derivation = new L2Derivation({ ...common, portal: addresses.OptimismPortal })
    const proposer = new Proposer({ ...common, oracle: addresses.L2OutputOracle, proofs })
    this.#log = log
    // Nothing is mined by request before the derivation has caught up once: a relayer that was killed may have left a
    // deposit on its way.
    let caughtUp = false
    const derive = async (): Promise<boolean> => {
      const worked = await derivation.advance()
      caughtUp ||= !worked
      return worked
    }
    this.#derivation = new TaskLoop(derive, signal)
    this.#proposer = new TaskLoop(async () => caughtUp && (await proposer.advance()), signal)
    // Each looks at both layers, since a node that is set back says nothing; the heads make it prompt.
    this.#watches = [
      onNewHeads(l1RpcUrl, () => {
        activity?.touch()
        this.#work(this.#derivation)
      }),
      onNewHeads(l2RpcUrl, () => {
        activity?.touch()
        // While hundreds of blocks are derived, the look from time to time is enough for outputs.
        if (!derivation.isBehind) this.#work(this.#proposer)
      }),
    ]
    const isWorthIt = activity?.sieve(idleLooks) ?? (() => true)
    this.#look = setInterval(() => {
      if (isWorthIt()) for (const loop of [this.#derivation, this.#proposer]) this.#work(loop)
    }, lookMilliseconds)
    this.#look.unref()
  }

  /** @returns whether there was anything to do */
  async pass(): Promise<boolean> {
    const derived = await this.#derivation.run()
    const proposed = await this.#proposer.run()
    return derived || proposed
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    clearInterval(this.#look)
    for (const watch of this.#watches) watch.stop()
    await Promise.allSettled([this.#derivation.run(), this.#proposer.run()])
  }

  #work(loop: TaskLoop): void {
    loop.run().then(
      () => this.#failures.delete(loop),
      (cause) => {
        // The next look tries again; the same reason is told once, whatever the other loop does meanwhile.
        const reason = reasonOf(cause)
        const known = this.#failures.get(loop) === reason
        if (!this.#abort.signal.aborted && !known) this.#log(`the relayer cannot get on: ${reason}`)
        this.#failures.set(loop, reason)
      },
    )
  }
}

/**
 * Carries deposits from the L1 to the L2 and the L2's outputs to the L1. There must be one only. It keeps no position of
 * its own, so that neither a kill at any moment nor a snapshot restored on either layer loses or repeats a deposit.
 *
 * @example
 * const relayer = new Relayer({ l1RpcUrl, l2RpcUrl, addresses })
 * relayer.start()
 * await relayer.idle()
 * await relayer.stop()
 */
export class Relayer {
  readonly #options: RelayerOptions
  readonly #log: Log
  #run: Run | undefined

  constructor(options: RelayerOptions) {
    this.#options = options
    this.#log = options.log ?? (() => undefined)
  }

  /** Begins to work. It goes on through failures of the nodes, until {@link stop}. May be called again after it. */
  start(): void {
    this.#run ??= new Run(this.#options, this.#log)
  }

  /** Ends the work after the step under way. */
  async stop(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    await run?.stop()
  }

  /**
   * Resolves when the L2 has everything of the L1's head, and the outputs of all withdrawals are proposed.
   *
   * @param patience how long failures are waited out, in seconds
   * @throws OL1720 when it cannot get on, or is not started
   */
  async idle(patience = 10): Promise<void> {
    const failing = new Patience(patience)
    for (;;) {
      try {
        if (this.#run === undefined) throw new Error('it was not started')
        if (!(await this.#run.pass())) return
      } catch (cause) {
        if (this.#run === undefined || failing.isOver()) {
          throw new OpenLedgerError('OL1720', { reason: reasonOf(cause) }, { cause })
        }
        await sleep(retryMilliseconds)
      }
    }
  }
}
