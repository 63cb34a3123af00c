import type { Turns } from '../../files/Turns.js'
import type { Intercept } from './Intercept.js'
import { postBody } from './postBody.js'

/**
 * Lets requests to mine wait for their turn. Mined by request while it is also mined by itself, anvil runs a deposit twice,
 * since it knows no nonce of it; so nothing is mined by request while the relayer has one under way. Bodies that do not ask
 * for mining are for the node alone.
 */
export const minedInTurn =
  (turns: Turns): Intercept =>
  (upstream, body) => {
    if (!body.includes('_mine') && !body.includes('\\')) return undefined
    return asksToMine(body) ? turns.run(() => postBody(upstream, body)) : undefined
  }

function asksToMine(body: Buffer): boolean {
  try {
    const requests: unknown[] = [JSON.parse(body.toString('utf8'))].flat()
    return requests.some(
      (request) =>
        typeof request === 'object' &&
        request !== null &&
        'method' in request &&
        typeof request.method === 'string' &&
        request.method.includes('_mine'),
    )
  } catch {
    return false
  }
}
