import { readFileSync } from 'node:fs'

let [peak, highWater, againBefore] = [0, 0, 0]

/**
 * Peak resident memory of this process in bytes, including mapped files. On Linux it reads VmHWM, which starts with this
 * program; ru_maxrss, used elsewhere, also covers the process that started it. Files that several programs map, such as the
 * weights of a base model, count once, if this or {@link memoryInUse} was called while they were mapped.
 */
export function peakMemory(): number {
  const now = fieldOf(read('status'), 'VmHWM')
  // ru_maxrss is in kilobytes on every platform that libuv supports.
  if (now === undefined) return 1024 * process.resourceUsage().maxRSS
  const again = countedAgain()
  // Mappings that were released since the last call existed at the peak.
  if (now > highWater) peak = Math.max(peak, now - Math.max(again, againBefore))
  ;[highWater, againBefore] = [now, again]
  return peak
}

/** Resident memory of this process in bytes, counted like {@link peakMemory}, whose record it updates. */
export function memoryInUse(): number {
  peakMemory()
  return process.memoryUsage.rss() - countedAgain()
}

/** Resident bytes that do not belong to a mapped file. */
export const anonymousMemory = (): number => process.memoryUsage.rss() - mappedBytes()

let known = { fileBytes: 0, again: 0 }

/** Bytes that Linux counts more than once because the same part of a file is mapped several times. */
function countedAgain(): number {
  const fileBytes = mappedBytes()
  // Reading smaps takes milliseconds.
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

/** Resident bytes of mapped files; Linux counts files in memory, as in /dev/shm, separately. */
function mappedBytes(): number {
  const status = read('status')
  return (fieldOf(status, 'RssFile') ?? 0) + (fieldOf(status, 'RssShmem') ?? 0)
}

/** Matches a mapped file in smaps: addresses; offset, device and inode; resident kilobytes. */
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
