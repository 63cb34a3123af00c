import { readFileSync } from 'node:fs'

let [peak, highWater, againBefore] = [0, 0, 0]

/**
 * The most bytes of memory that this process held at one time, files mapped into it among them. From Linux' own record,
 * which begins with the program: ru_maxrss, read elsewhere, begins with whatever process started it. Memory that several
 * programs map, as they do the weights of a base model, counts once, where this or {@link memoryInUse} was asked while they
 * were there.
 */
export function peakMemory(): number {
  const now = fieldOf(read('status'), 'VmHWM')
  // ru_maxrss is in kilobytes on every platform that libuv supports.
  if (now === undefined) return 1024 * process.resourceUsage().maxRSS
  const again = countedAgain()
  // What has gone since this was last asked was there when the most was.
  if (now > highWater) peak = Math.max(peak, now - Math.max(again, againBefore))
  ;[highWater, againBefore] = [now, again]
  return peak
}

/** Bytes of memory that this process holds, counted as {@link peakMemory} counts them, whose record this keeps. */
export function memoryInUse(): number {
  peakMemory()
  return process.memoryUsage.rss() - countedAgain()
}

/** Bytes in memory that are no file's. */
export const anonymousMemory = (): number => process.memoryUsage.rss() - mappedBytes()

let known = { fileBytes: 0, again: 0 }

/** Bytes that Linux counts again for each further mapping of the same part of a file. */
function countedAgain(): number {
  const fileBytes = mappedBytes()
  // Telling takes some milliseconds.
  if (fileBytes === known.fileBytes) return known.again
  const largest = new Map<string, number>()
  let all = 0
  for (const [, range, part, resident] of read('smaps').matchAll(mapping)) {
    const [start, end] = (range as string).split('-').map((address) => Number.parseInt(address, 16)) as [number, number]
    const key = `${end - start} ${part}`
    const bytes = 1024 * Number(resident)
    all += bytes
    largest.set(key, Math.max(largest.get(key) ?? 0, bytes))
  }
  known = { fileBytes, again: all - [...largest.values()].reduce((sum, bytes) => sum + bytes, 0) }
  return known.again
}

/** Bytes of files that are resident; of those in memory, as in /dev/shm, Linux keeps an account of its own. */
function mappedBytes(): number {
  const status = read('status')
  return (fieldOf(status, 'RssFile') ?? 0) + (fieldOf(status, 'RssShmem') ?? 0)
}

/** A mapped file in smaps: addresses, offset with device and inode, and how much of it is resident. */
const mapping = /^([0-9a-f]+-[0-9a-f]+) \S+ ([0-9a-f]+ \S+ [1-9]\d*) .*\n(?:\w.*\n)*?Rss: +(\d+) kB$/gm

const fieldOf = (text: string, name: string): number | undefined => {
  const kilobytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1]
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes)
}

function read(name: 'status' | 'smaps'): string {
  try {
    return readFileSync(`/proc/self/${name}`, 'utf8')
  } catch {
    return ''
  }
}
