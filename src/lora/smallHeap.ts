import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Has V8 prefer small memory to fewer collections from here on. Graphs of thousands of operators are built from garbage
 * that dies young, and each run's results are soon dead too: left alone, V8 lets its young generation grow to 48 MiB for
 * the former and up to 64 MiB of the latter pile up. Training computes outside of JavaScript, and is no slower.
 */
export const preferSmallHeap = (): void => setFlagsFromString('--optimize-for-size')

/** Collects all garbage now, so that what memory is left in use can be told. Takes some 10 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}
