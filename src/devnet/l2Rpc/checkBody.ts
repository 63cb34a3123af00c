import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { ambiguityOf } from './ambiguityOf.js'
import { mayBeRefused, refusalOf } from './refusalOf.js'
import { failEach, idOf, type RpcFailure, rpcCodes, rpcFailure } from './rpcFailure.js'

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
  const ambiguity = ambiguityOf(text)
  if (ambiguity !== undefined) return rpcFailure(idOf(parsed), rpcCodes.transactionRejected, refused(ambiguity))
  if (!Array.isArray(parsed)) {
    const reason = refusalOf(parsed)
    return reason === undefined ? undefined : rpcFailure(idOf(parsed), rpcCodes.transactionRejected, refused(reason))
  }
  const reasons = parsed.map(refusalOf)
  const first = reasons.find((reason) => reason !== undefined)
  if (first === undefined) return undefined
  return failEach(parsed, rpcCodes.transactionRejected, (index) =>
    refused(index === undefined ? first : (reasons[index] ?? 'it came in one batch with such a request')),
  )
}

const refused = (reason: string): OpenLedgerError => new OpenLedgerError('OL1721', { reason })
