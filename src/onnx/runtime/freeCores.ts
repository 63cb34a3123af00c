import { cpus } from 'node:os'

interface Reading {
  /** Milliseconds that all cores have computed, and those that this process had of them. */
  readonly busy: number
  readonly own: number
  readonly at: number
}

function read(): Reading {
  const { user, system } = process.cpuUsage()
  const busy = cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0)
  return { busy, own: (user + system) / 1000, at: performance.now() }
}

/** Shorter spans say little: systems count in steps of 10 ms. */
const leastSpan = 100

let [earlier, taken] = [read(), 0]

/**
 * The machine's cores less what other processes have computed on them since this was last asked, or since the process
 * began. Unlike the load average it does not count this process itself, nor what ended a minute ago.
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
