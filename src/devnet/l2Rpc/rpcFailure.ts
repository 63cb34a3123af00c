import type { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** A JSON-RPC answer that is an error. */
export interface RpcFailure {
  readonly jsonrpc: '2.0'
  readonly id: unknown
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** Codes of JSON-RPC 2.0 and EIP-1474. */
export const rpcCodes = { parseError: -32700, internalError: -32603, transactionRejected: -32003 } as const

/** Answers one request with a numbered error. */
export const rpcFailure = (
  id: unknown,
  code: number,
  { code: number, message, hint }: OpenLedgerError,
): RpcFailure => ({
  jsonrpc: '2.0',
  id,
  error: { code, message: `${number}: ${message}. ${hint}`, data: { code: number } },
})

/** Answers all requests of a body with the same error. */
export function failAll(body: Buffer, code: number, error: OpenLedgerError): RpcFailure | readonly RpcFailure[] {
  const ids = idsOf(body)
  return Array.isArray(ids) && ids.length > 0
    ? ids.map((id) => rpcFailure(id, code, error))
    : rpcFailure(ids, code, error)
}

/** Ids of the requests in a body; `null` for what cannot be read. */
function idsOf(body: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return Array.isArray(parsed) ? parsed.map(idOf) : idOf(parsed)
  } catch {
    return null
  }
}

export const idOf = (request: unknown): unknown =>
  typeof request === 'object' && request !== null && 'id' in request ? request.id : null
