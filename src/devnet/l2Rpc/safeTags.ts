import type { Intercept } from './Intercept.js'
import { postBody } from './postBody.js'

export type SafeTag = 'safe' | 'finalized'

const isTag = (value: unknown): value is SafeTag => value === 'safe' || value === 'finalized'

/** Methods whose parameters never name blocks. */
const withoutBlocks = /sign|send|sha3/i

/**
 * Replaces the tags `safe` and `finalized` by the blocks that the L1 has made safe and final, like an OP node. The node of the
 * L2 knows no L1 and would count back from its own head.
 *
 * @param blockOf returns the newest L2 block of a tag
 */
export const safeTags =
  (blockOf: (tag: SafeTag) => Promise<bigint>): Intercept =>
  (upstream, body) => {
    if (!body.includes('"safe"') && !body.includes('"finalized"')) return undefined
    let parsed: unknown
    try {
      parsed = JSON.parse(body.toString('utf8'))
    } catch {
      return undefined
    }
    return ask(upstream, parsed, blockOf)
  }

async function ask(upstream: string, parsed: unknown, blockOf: (tag: SafeTag) => Promise<bigint>): Promise<string> {
  const blocks = new Map<SafeTag, Promise<bigint>>()
  const numberOf = async (tag: SafeTag): Promise<string> => {
    const block = blocks.get(tag) ?? blockOf(tag)
    // All requests of a batch get the same block.
    blocks.set(tag, block)
    return `0x${(await block).toString(16)}`
  }
  const requests = await Promise.all([parsed].flat().map((request) => withNumbers(request, numberOf)))
  return postBody(upstream, Buffer.from(JSON.stringify(Array.isArray(parsed) ? requests : requests[0])))
}

async function withNumbers(request: unknown, numberOf: (tag: SafeTag) => Promise<string>): Promise<unknown> {
  if (typeof request !== 'object' || request === null || !('params' in request) || !('method' in request))
    return request
  if (typeof request.method !== 'string' || withoutBlocks.test(request.method)) return request
  const { params } = request
  if (!Array.isArray(params)) return request
  const replaced = await Promise.all(
    params.map(async (value: unknown) => {
      if (isTag(value)) return numberOf(value)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
      // The value is a filter of logs.
      const fields = Object.entries(value).map(async ([key, field]: [string, unknown]) => [
        key,
        (key === 'fromBlock' || key === 'toBlock') && isTag(field) ? await numberOf(field) : field,
      ])
      return Object.fromEntries(await Promise.all(fields))
    }),
  )
  return { ...request, params: replaced }
}
