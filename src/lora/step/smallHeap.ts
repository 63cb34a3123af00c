import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Has V8 prefer small memory to few collections, from now on: for a program to decide, not for a library in it. Graphs of
 * thousands of operators are built from garbage that dies young: left alone, V8 lets its young generation grow to 48 MiB for
 * it, and keeps them. Frequent collections cost 1 to 2 % of training's steps where those are short.
 */
export function preferSmallHeap(): void {
  setFlagsFromString('--optimize-for-size')
  isPreferred = true
}

let isPreferred = false

/** Collects the garbage that building a program left, before the program runs, when most memory is wanted. */
export function tidyHeap(): void {
  if (isPreferred) collectGarbage()
}

/** Collects all garbage now, so that what memory is left in use can be told. Takes some 20 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
  // The first moves what lives into pages of its own; the second gives back those that it was in, 12 MiB.
  collect()
}
