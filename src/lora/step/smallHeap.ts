import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Makes V8 prefer a small heap to few collections, from now on. Only a program should call it, not a library. Building graphs of
 * thousands of operators creates garbage that dies young: by default V8 lets its young generation grow to 48 MiB for it and keeps
 * them. Frequent collections cost 1 to 2 % of training time if steps are short.
 */
export function preferSmallHeap(): void {
  setFlagsFromString('--optimize-for-size')
  isPreferred = true
}

let isPreferred = false

/** Collects the garbage from building a program before the program runs, when the most memory is needed. */
export function tidyHeap(): void {
  if (isPreferred) collectGarbage()
}

/** Collects all garbage now, so that the memory still in use can be measured. It takes about 20 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
  // The first collection moves live objects to new pages; the second releases the old pages, 12 MiB.
  collect()
}
