import { setImmediate } from 'node:timers/promises'

/** Milliseconds for which a loop may block signals and timers. */
const longest = 50

/**
 * Lets a long loop yield to signals and timers. Await the returned function in every round; it rarely waits.
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
