import { readFileSync } from 'node:fs'

/**
 * The most bytes of memory that this process held at one time, files mapped into it among them. From Linux' own record,
 * which begins with the program: ru_maxrss, read elsewhere, begins with whatever process started it.
 */
export function peakMemory(): number {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status())?.[1]
  // ru_maxrss is in kilobytes on every platform that libuv supports.
  return 1024 * (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes))
}

/**
 * Bytes of files that are mapped into this process and were read. Each program maps the weights anew, and the system counts
 * them anew. 0 where the system does not tell.
 */
export const mappedMemory = (): number => 1024 * Number(/^RssFile:\s*(\d+) kB$/m.exec(status())?.[1] ?? 0)

function status(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
