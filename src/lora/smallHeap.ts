import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Has V8 prefer small memory to few collections, from now on: for a program to decide, not for a library in it. Graphs of
 * thousands of operators are built from garbage that dies young: left alone, V8 lets its young generation grow to 48 MiB for
 * it, and keeps them. Frequent collections cost 1 to 2 % of training's steps where those are short.
 */
export const preferSmallHeap = (): void => setFlagsFromString('--optimize-for-size')

/** Collects all garbage now, so that what memory is left in use can be told. Takes some 10 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
}
