import type { Turns } from '../../files/Turns.js'
import type { Intercept } from './Intercept.js'
import { postBody } from './postBody.js'

/**
 * Lets requests that mine wait for their turn. If evm_mine overlaps automine, anvil may run a deposit twice, because a deposit
 * has no nonce. So no request mines while the relayer sends a deposit. The node answers all other bodies.
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
