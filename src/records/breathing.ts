import { setImmediate } from 'node:timers/promises'

/** Milliseconds that a loop may keep signals and timers waiting. */
const longest = 50

/**
 * Lets signals and timers through a long loop. What it returns is to be awaited in every round, and waits rarely.
 *
 * @param signal ends the loop with its reason when it is aborted
 * @example
 * const breathe = breathing()
 * for (const row of rows) {
 *   work(row)
 *   await breathe()
 * }
 */
export function breathing(signal?: AbortSignal): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < longest) return undefined
    return setImmediate().then(() => {
      last = performance.now()
      signal?.throwIfAborted()
    })
  }
}
