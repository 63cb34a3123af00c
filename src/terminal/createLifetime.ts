/** Time (milliseconds) that a command gets to stop by itself after the first signal: together with the end less than 1 s. */
const grace = 800
/** A signal that follows the first so soon (milliseconds) is the same Ctrl-C: npm passes on what the terminal sends too. */
const echo = 300

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof exitCodes
const signals = Object.keys(exitCodes) as Signal[]

/** Why the running command should stop: the reason of {@link Lifetime.signal}. */
export class Interruption extends Error {
  override readonly name = 'AbortError'
  readonly signal: Signal | 'SIGPIPE'

  constructor(signal: Signal | 'SIGPIPE') {
    super(`Interrupted by ${signal}`)
    this.signal = signal
  }
}

/** Where signals and crashes come from and where `exit` leads: the process, or a test's stand-in. */
export interface ProcessEvents {
  on(event: Signal, listener: (signal: Signal) => void): unknown
  on(event: 'uncaughtException', listener: (error: Error) => void): unknown
  off(event: Signal, listener: (signal: Signal) => void): unknown
  off(event: 'uncaughtException', listener: (error: Error) => void): unknown
  exit(code: number): void
}

/**
 * Gives a signal that has arrived its turn. Work that never waits for anything keeps it from being heard: one whole round
 * of the event loop reads it, and it takes two turns of `setImmediate` to be sure of a whole round.
 */
export async function hearSignals(): Promise<void> {
  await new Promise(setImmediate)
  await new Promise(setImmediate)
}

export interface Lifetime {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when nobody reads stdout any more. */
  readonly signal: AbortSignal
  /** Registers what must be undone however the run ends, the last first. The function it returns takes that back. */
  onExit(cleanup: () => unknown): () => void
  /** To be called when the reader of stdout has closed it. */
  closePipe(): void
  /** The signal after which the run did not end in its grace: something in it may hold the process still. */
  readonly unheard: Signal | undefined
  /**
   * Waits for the command, or once interrupted for as long as the grace lasts; then runs the cleanups.
   * What a command throws after it was asked to stop is taken for its way to stop.
   *
   * @returns the exit code that an interruption demands, else what `run` gave
   * @throws what `run` throws, or what is thrown outside of it, or else what a cleanup throws
   */
  supervise(run: () => Promise<number>): Promise<number>
}

/** Binds one run to the process's signals: the first asks it to stop and cleans up, the second ends it at once. */
export function createLifetime(host: ProcessEvents, onInterrupt: (interruption: Interruption) => void): Lifetime {
  const controller = new AbortController()
  const cleanups = new Set<() => unknown>()
  const ended = new Deferred<number>()
  let timer: NodeJS.Timeout | undefined
  let unheard: Signal | undefined
  let interrupted: { readonly exitCode: number; readonly at: number } | undefined

  const interrupt = (signal: Signal | 'SIGPIPE', exitCode: number): void => {
    interrupted = { exitCode, at: performance.now() }
    const interruption = new Interruption(signal)
    onInterrupt(interruption)
    timer = setTimeout(() => {
      if (signal !== 'SIGPIPE') unheard = signal
      ended.resolve(exitCode)
    }, grace)
    controller.abort(interruption)
  }
  const onSignal = (signal: Signal): void => {
    if (interrupted === undefined) interrupt(signal, exitCodes[signal])
    else if (performance.now() - interrupted.at > echo) host.exit(exitCodes[signal])
  }

  return {
    signal: controller.signal,
    get unheard() {
      return unheard
    },
    onExit(cleanup) {
      cleanups.add(cleanup)
      return () => cleanups.delete(cleanup)
    },
    closePipe() {
      // A reader that has seen enough, as `head` does, is no failure.
      if (interrupted === undefined) interrupt('SIGPIPE', 0)
    },
    async supervise(run) {
      for (const signal of signals) host.on(signal, onSignal)
      host.on('uncaughtException', ended.reject)
      try {
        const exitCode = await Promise.race([run(), ended.promise])
        // The last that may have come: a command that was interrupted never counts as done.
        if (interrupted === undefined) await hearSignals()
        return interrupted?.exitCode ?? exitCode
      } catch (thrown) {
        if (interrupted === undefined) throw thrown
        return interrupted.exitCode
      } finally {
        clearTimeout(timer)
        await runAll([...cleanups].reverse())
        for (const signal of signals) host.off(signal, onSignal)
        host.off('uncaughtException', ended.reject)
      }
    },
  }
}

/** A promise and what settles it, as Promise.withResolvers gives in newer Nodes. */
class Deferred<Value> {
  resolve!: (value: Value) => void
  reject!: (reason: unknown) => void
  readonly promise = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })
}

/** One that fails does not keep the others from running; the first failure is thrown at the end. */
async function runAll(cleanups: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const cleanup of cleanups) {
    try {
      await cleanup()
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw failures[0]
}
