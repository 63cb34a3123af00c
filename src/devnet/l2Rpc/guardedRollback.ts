import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Turns } from '../../files/Turns.js'
import { rpc } from '../node/rpc.js'
import type { Intercept } from './Intercept.js'
import { postBody } from './postBody.js'
import { failAll, rpcCodes } from './rpcFailure.js'

const requestSchema = z.looseObject({ method: z.string(), params: z.unknown() })

/**
 * Lets `anvil_rollback` and `anvil_reorg` undo blocks only above the block in which the layer was ready. The blocks up to it
 * contain the contracts and the bridge, which nothing would create again. The node answers all other bodies.
 *
 * @param readyAt returns the height of that block; called for each request
 * @param turns turns of the layer: no other request may undo blocks between the check of the height and the answer, and a
 * batch may also mine blocks, see `minedInTurn`
 */
export const guardedRollback =
  (layer: 'L1' | 'L2', readyAt: () => number, turns: Turns): Intercept =>
  (upstream, body) => {
    if (!/_r(?:ollback|eorg)|\\/i.test(body.toString('latin1'))) return undefined
    const depth = depthOf(body)
    return depth === 0 ? undefined : turns.run(() => ask(layer, readyAt(), upstream, body, depth))
  }

async function ask(
  layer: 'L1' | 'L2',
  readyAt: number,
  upstream: string,
  body: Buffer,
  depth: number,
): Promise<string> {
  const head = Number(await rpc(upstream, 'eth_blockNumber'))
  if (head - depth >= readyAt) return postBody(upstream, body)
  const error = new OpenLedgerError('OL1769', { layer, depth, head, readyAt })
  return JSON.stringify(failAll(body, rpcCodes.methodNotSupported, error))
}

/** How many blocks the requests of a body undo together; infinity when a depth is not a number. */
function depthOf(body: Buffer): number {
  let requests: unknown[]
  try {
    requests = [JSON.parse(body.toString('utf8'))].flat()
  } catch {
    return 0
  }
  return requests.reduce<number>((sum, request) => {
    const parsed = requestSchema.safeParse(request)
    if (!parsed.success || !/^[a-z]+_(?:rollback|reorg)$/i.test(parsed.data.method.trim())) return sum
    return sum + depthIn(parsed.data.params)
  }, 0)
}

function depthIn(params: unknown): number {
  const [first] = Array.isArray(params) ? params : [params]
  const given: unknown = typeof first === 'object' && first !== null && 'depth' in first ? first.depth : first
  // Without a depth, anvil undoes one block.
  if (given === undefined || given === null) return 1
  const depth = typeof given === 'number' || typeof given === 'string' ? Number(given) : Number.NaN
  return depth >= 0 ? depth : Number.POSITIVE_INFINITY
}
