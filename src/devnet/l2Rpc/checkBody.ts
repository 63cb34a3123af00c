import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { mayBeRefused, refusalOf } from './refusalOf.js'
import { idOf, type RpcFailure, rpcCodes, rpcFailure } from './rpcFailure.js'

/**
 * Looks for deposits in a request body, one request or a batch.
 *
 * @returns the answer when it must not pass; `undefined` when it may. Of a batch with one that must not pass nothing passes.
 */
export function checkBody(body: Buffer): RpcFailure | readonly RpcFailure[] | undefined {
  if (!mayBeRefused(body)) return undefined
  const text = body.toString('utf8')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { jsonrpc: '2.0', id: null, error: { code: rpcCodes.parseError, message: 'Parse error' } }
  }
  const requests: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  const reasons = requests.map((request) => refusalOf(request, text))
  if (reasons.every((reason) => reason === undefined)) return undefined
  const answers = requests.map((request, index) => {
    const reason = reasons[index] ?? 'it came in one batch with such a request'
    return rpcFailure(idOf(request), rpcCodes.transactionRejected, new OpenLedgerError('OL1721', { reason }))
  })
  return Array.isArray(parsed) ? answers : answers[0]
}
