import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { ambiguityOf } from './ambiguityOf.js'
import { destructionOf, mayDestroy } from './destructionOf.js'
import { mayBeRefused, refusalOf } from './refusalOf.js'
import { failEach, idOf, type RpcFailure, rpcCodes, rpcFailure } from './rpcFailure.js'

/**
 * Checks a request body, one request or a batch, for requests that the node must not run: deposits that do not come from the
 * L1, and methods that replace the chain.
 *
 * @returns the answer to a refused body; `undefined` when the body may pass. One refused request refuses its whole batch.
 */
export function checkBody(body: Buffer, layer: 'L1' | 'L2'): RpcFailure | readonly RpcFailure[] | undefined {
  const maySend = layer === 'L2' && mayBeRefused(body)
  if (!maySend && !mayDestroy(body)) return undefined
  const text = body.toString('utf8')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { jsonrpc: '2.0', id: null, error: { code: rpcCodes.parseError, message: 'Parse error' } }
  }
  const ambiguity = ambiguityOf(text)
  if (ambiguity !== undefined) {
    const error = maySend ? deposit(ambiguity) : new OpenLedgerError('OL1770', { layer, reason: ambiguity })
    return rpcFailure(idOf(parsed), codeOf(error), error)
  }
  const errorOf = (request: unknown): OpenLedgerError | undefined => {
    const destruction = destructionOf(request, layer)
    if (destruction !== undefined) return destruction
    const reason = maySend ? refusalOf(request) : undefined
    return reason === undefined ? undefined : deposit(reason)
  }
  if (!Array.isArray(parsed)) {
    const error = errorOf(parsed)
    return error === undefined ? undefined : rpcFailure(idOf(parsed), codeOf(error), error)
  }
  const errors = parsed.map(errorOf)
  const first = errors.find((error) => error !== undefined)
  if (first === undefined) {
    if (parsed.every((request) => typeof request === 'object' && !Array.isArray(request))) return undefined
    // The node also accepts a request as a list of its values, `["2.0", "eth_chainId", [], 1]`. No client writes one, and the
    // checks here do not read it.
    const reason = 'a request in it is not written as an object'
    return rpcFailure(null, rpcCodes.methodNotSupported, new OpenLedgerError('OL1770', { layer, reason }))
  }
  const companion = first.code === 'OL1721' ? deposit(together) : first
  return failEach(parsed, codeOf(first), (index) => (index === undefined ? first : (errors[index] ?? companion)))
}

const together = 'it came in one batch with such a request'

const deposit = (reason: string): OpenLedgerError => new OpenLedgerError('OL1721', { reason })

const codeOf = ({ code }: OpenLedgerError): number =>
  code === 'OL1721' ? rpcCodes.transactionRejected : rpcCodes.methodNotSupported
