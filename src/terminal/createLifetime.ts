/** Milliseconds in which a command may stop by itself after the first signal. With the cleanups it takes less than 1 s. */
const grace = 800
/** A signal within so many milliseconds of the first is the same Ctrl-C: the terminal sends it, and npm passes it on. */
const echo = 300

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof exitCodes
const signals = Object.keys(exitCodes) as Signal[]

/** The reason of {@link Lifetime.signal}: why the running command should stop. */
export class Interruption extends Error {
  override readonly name = 'AbortError'
  readonly signal: Signal | 'SIGPIPE'

  constructor(signal: Signal | 'SIGPIPE') {
    super(`Interrupted by ${signal}`)
    this.signal = signal
  }
}

/** The source of signals and crashes, and the target of `exit`: the process, or an object of a test. */
export interface ProcessEvents {
  on(event: Signal, listener: (signal: Signal) => void): unknown
  on(event: 'uncaughtException', listener: (error: Error) => void): unknown
  off(event: Signal, listener: (signal: Signal) => void): unknown
  off(event: 'uncaughtException', listener: (error: Error) => void): unknown
  exit(code: number): void
}

/**
 * Lets the process receive signals. Work that never waits keeps the event loop from reading them. One whole round of the
 * loop reads a signal, and two turns of `setImmediate` guarantee a whole round.
 */
export async function hearSignals(): Promise<void> {
  await new Promise(setImmediate)
  await new Promise(setImmediate)
}

export interface Lifetime {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when the reader of stdout closes it. */
  readonly signal: AbortSignal
  /** Registers a cleanup for the end of the run; the last one runs first. The returned function removes the cleanup. */
  onExit(cleanup: () => unknown): () => void
  /** The caller calls this when the reader of stdout has closed it. */
  closePipe(): void
  /** The signal after which the run did not end in time; a part of it may still keep the process alive. */
  readonly unheard: Signal | undefined
  /**
   * Waits for the command, or after an interruption for the time that it has to stop, and then runs the cleanups.
   * An error that the command throws after the interruption counts as its way to stop.
   *
   * @returns the exit code of the interruption, otherwise that of `run`
   * @throws the error of `run`, an uncaught exception, or the first error of a cleanup
   */
  supervise(run: () => Promise<number>): Promise<number>
}

/** Binds one run to the signals of the process. The first signal asks it to stop and cleans up, the second ends it at once. */
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
      // A reader that has seen enough, such as `head`, is not a failure.
      if (interrupted === undefined) interrupt('SIGPIPE', 0)
    },
    async supervise(run) {
      for (const signal of signals) host.on(signal, onSignal)
      host.on('uncaughtException', ended.reject)
      try {
        const exitCode = await Promise.race([run(), ended.promise])
        // A signal may just have arrived: an interrupted command never counts as done.
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

/** A promise with the functions that settle it, like Promise.withResolvers of newer Nodes. */
class Deferred<Value> {
  resolve!: (value: Value) => void
  reject!: (reason: unknown) => void
  readonly promise = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })
}

/** Runs all cleanups, even when one fails, and throws the first failure at the end. */
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
