import type { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** A JSON-RPC error response. */
export interface RpcFailure {
  readonly jsonrpc: '2.0'
  readonly id: string | number | null
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** Error codes of JSON-RPC 2.0 and EIP-1474. */
export const rpcCodes = {
  parseError: -32700,
  internalError: -32603,
  transactionRejected: -32003,
  methodNotSupported: -32004,
} as const

/** Answers one request with a numbered error. */
export const rpcFailure = (
  id: string | number | null,
  code: number,
  { code: number, message, hint }: OpenLedgerError,
): RpcFailure => ({
  jsonrpc: '2.0',
  id,
  error: { code, message: `${number}: ${message}. ${hint}`, data: { code: number } },
})

/** Longest batch whose requests are answered one by one. A longer one gets a single answer, as the specification allows. */
const answersLimit = 1_000

/**
 * Answers each request of a batch with an error.
 *
 * @param errorOf returns the error of the request at an index, or of the whole batch
 */
export function failEach(
  requests: readonly unknown[],
  code: number,
  errorOf: (index: number | undefined) => OpenLedgerError,
): RpcFailure | readonly RpcFailure[] {
  if (requests.length === 0 || requests.length > answersLimit) return rpcFailure(null, code, errorOf(undefined))
  return requests.map((request, index) => rpcFailure(idOf(request), code, errorOf(index)))
}

/** Answers all requests of a body with the same error. */
export function failAll(body: Buffer, code: number, error: OpenLedgerError): RpcFailure | readonly RpcFailure[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    return rpcFailure(null, code, error)
  }
  return Array.isArray(parsed) ? failEach(parsed, code, () => error) : rpcFailure(idOf(parsed), code, error)
}

/** The id for the answer to a request; `null` when the request has no valid JSON-RPC id. */
export function idOf(request: unknown): string | number | null {
  const id: unknown = typeof request === 'object' && request !== null && 'id' in request ? request.id : null
  return typeof id === 'string' || typeof id === 'number' ? id : null
}
