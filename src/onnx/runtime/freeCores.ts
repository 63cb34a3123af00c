import { cpus } from 'node:os'

interface Reading {
  /** CPU time of all cores in milliseconds, and this process's share of it. */
  readonly busy: number
  readonly own: number
  readonly at: number
}

function read(): Reading {
  const { user, system } = process.cpuUsage()
  const busy = cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0)
  return { busy, own: (user + system) / 1000, at: performance.now() }
}

/** Milliseconds; shorter spans are too coarse, because systems count CPU time in steps of 10 ms. */
const leastSpan = 100

let [earlier, taken] = [read(), 0]

/**
 * The machine's cores minus the average load of other processes since the last call, or since the process began. Unlike
 * the load average, it counts neither this process nor work that ended a minute ago.
 */
export function freeCores(): number {
  const now = read()
  const span = now.at - earlier.at
  if (span >= leastSpan) {
    taken = Math.max(0, now.busy - earlier.busy - (now.own - earlier.own)) / span
    earlier = now
  }
  return cpus().length - taken
}
