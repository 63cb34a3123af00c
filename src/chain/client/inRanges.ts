import { setTimeout as sleep } from 'node:timers/promises'
import { BaseError, HttpRequestError } from 'viem'

/** Requests in flight at once. */
const parallel = 4
/** Attempts for a range while the node cannot be reached or limits the rate. */
const attempts = 5
/** Milliseconds before the second attempt; twice as many before each further one. */
const firstPause = 200

export interface RangeOptions {
  readonly from: bigint
  /** The last block, included. */
  readonly to: bigint
  /** The most blocks of one request. */
  readonly size: number
  /** Stop at the newest range that has items, and return only those. */
  readonly newestOnly?: boolean
}

interface Range {
  readonly from: bigint
  readonly to: bigint
}

/**
 * Queries a span of blocks in ranges, a few at a time. A range whose failure may be temporary is queried again. A range
 * that the node refuses is halved, and no later range is larger than its halves.
 *
 * @param ask queries one range, both ends included
 * @returns the items of all ranges, in the order of the blocks
 * @throws the error of `ask` for a single block, or that of the last attempt
 */
export async function inRanges<Item>(
  ask: (from: bigint, to: bigint) => Promise<readonly Item[]>,
  { from, to, size: largest, newestOnly = false }: RangeOptions,
): Promise<Item[]> {
  const found = new Map<bigint, readonly Item[]>()
  const halves: Range[] = []
  let size = BigInt(largest)
  // Newest first: a search for the newest event mostly ends in the first range.
  let end = to
  let enough = false

  const next = (): Range | undefined => {
    const half = halves.pop()
    if (half !== undefined) return half
    if (end < from || enough) return undefined
    const start = end - size + 1n > from ? end - size + 1n : from
    const range = { from: start, to: end }
    end = start - 1n
    return range
  }
  const work = async (): Promise<void> => {
    for (let range = next(); range !== undefined; range = next()) {
      try {
        const items = await persistently(ask, range)
        if (items.length > 0) {
          found.set(range.from, items)
          enough ||= newestOnly
        }
      } catch (cause) {
        const blocks = range.to - range.from + 1n
        if (blocks === 1n || !isRefusal(cause)) {
          // The other workers can stop.
          enough = true
          halves.length = 0
          throw cause
        }
        const middle = range.from + blocks / 2n - 1n
        if (blocks / 2n < size) size = blocks / 2n
        halves.push({ from: range.from, to: middle }, { from: middle + 1n, to: range.to })
      }
    }
  }
  // A half that is put back after the other workers have finished is done by the worker that put it back.
  await Promise.all(Array.from({ length: parallel }, work))
  const ranges = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return newestOnly ? [...(ranges.at(-1)?.[1] ?? [])] : ranges.flatMap(([, items]) => items)
}

async function persistently<Item>(
  ask: (from: bigint, to: bigint) => Promise<readonly Item[]>,
  { from, to }: Range,
): Promise<readonly Item[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(from, to)
    } catch (cause) {
      if (attempt === attempts || !isTemporary(cause)) throw cause
      await sleep(firstPause * 2 ** (attempt - 1))
    }
  }
}

const httpStatus = (cause: BaseError): number | undefined => {
  const http = cause.walk((error) => error instanceof HttpRequestError)
  return http instanceof HttpRequestError ? http.status : undefined
}

const isRateLimited = (cause: BaseError): boolean => {
  const details = `${cause.shortMessage} ${cause.details ?? ''}`
  return httpStatus(cause) === 429 || /too many requests|rate.?limit|per second|throttl/i.test(details)
}

/** Another attempt may succeed: there was no answer, the server failed, or it limits the rate. */
function isTemporary(cause: unknown): boolean {
  if (!(cause instanceof BaseError)) return false
  if (isRateLimited(cause)) return true
  const status = httpStatus(cause)
  if (status !== undefined) return status >= 500
  const names = ['HttpRequestError', 'TimeoutError', 'SocketClosedError', 'WebSocketRequestError']
  return cause.walk((error) => error instanceof Error && names.includes(error.name)) !== null
}

/** The node answered, and refuses this range. It may accept a smaller one. */
function isRefusal(cause: unknown): boolean {
  if (!(cause instanceof BaseError) || isRateLimited(cause)) return false
  const status = httpStatus(cause)
  if (status !== undefined) return status === 400 || status === 413
  return cause.walk((error) => error instanceof Error && error.name === 'RpcRequestError') !== null
}
