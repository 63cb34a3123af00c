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
  /** URL of the L2's node itself, because the public RPC accepts no deposits. */
  readonly l2RpcUrl: string
  readonly addresses: Pick<BridgeAddresses, 'OptimismPortal' | 'L2OutputOracle'>
  /** Shared with the L2's public RPC: requests that mine and deposits wait for each other. */
  readonly turns?: Turns
  /** Store of outputs and proofs of withdrawals, by default in memory only. */
  readonly proofs?: ProofStore
  /** The activity of the layers' clients. Without it the relayer never polls less often. */
  readonly activity?: Activity
  /** Called with a line for each unusual event and each failure. */
  readonly log?: (line: string) => void
}

/** Milliseconds between polls, which also notice a reverted node: a node does not announce a revert. */
const lookMilliseconds = 500
/** While nothing happens, one poll in so many is made. */
const idleLooks = 20
/** Milliseconds before the next attempt after a failure. */
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
    // The proposer mines nothing before the derivation has caught up once, because a killed relayer may have left a deposit on
    // its way.
    let caughtUp = false
    const derive = async (): Promise<boolean> => {
      const worked = await derivation.advance()
      caughtUp ||= !worked
      return worked
    }
    this.#derivation = new TaskLoop(derive, signal)
    this.#proposer = new TaskLoop(async () => caughtUp && (await proposer.advance()), signal)
    // New heads make both loops prompt. Each loop reads both layers, because a node does not announce a revert.
    this.#watches = [
      onNewHeads(l1RpcUrl, () => {
        activity?.touch()
        this.#work(this.#derivation)
      }),
      onNewHeads(l2RpcUrl, () => {
        activity?.touch()
        // While hundreds of blocks are derived, the occasional poll is enough for outputs.
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
        // The next poll tries again. The same reason is logged once, whatever the other loop does meanwhile.
        const reason = reasonOf(cause)
        const known = this.#failures.get(loop) === reason
        if (!this.#abort.signal.aborted && !known) this.#log(`the relayer cannot continue: ${reason}`)
        this.#failures.set(loop, reason)
      },
    )
  }
}

/**
 * Carries deposits from the L1 to the L2 and the L2's outputs to the L1. A devnet must have only one relayer. It keeps no
 * position of its own, so that neither a kill at any moment nor a restored snapshot on either layer loses or repeats a deposit.
 *
 * @example
 * const relayer = new Relayer({ l1RpcUrl: devnet.l1.rpcUrl, l2RpcUrl: devnet.l2.rpcUrl, addresses })
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

  /** Works until {@link stop}, also through failures of the nodes. May be called again afterwards. */
  start(): void {
    this.#run ??= new Run(this.#options, this.#log)
  }

  /** Ends the work after the running step. */
  async stop(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    await run?.stop()
  }

  /**
   * Resolves when the L2 has derived the L1's head and outputs cover all withdrawals.
   *
   * @param patience seconds for which failures are tolerated
   * @throws OL1720 when the relayer cannot continue or is not started
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
