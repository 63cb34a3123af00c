import { depositorAccount } from '../bridge/predeploys.js'

const depositType = 0x7e

/**
 * Whether a body needs a check. The names of all methods that can bring in a deposit contain one of these texts, unless they
 * are written with escapes. All other bodies, nearly all of them, pass without being parsed.
 */
export const mayBeRefused = (body: Buffer): boolean =>
  body.includes('_send') || body.includes('eorg') || body.includes('mpersonateAccount') || body.includes('\\')

/**
 * Why the L2 does not accept a request from a client: it would run a deposit transaction, which only the relayer may send, or
 * it acts for the account of the protocol. The function refuses every form that anvil 1.7.1 was seen to accept: raw
 * transactions with and without 0x, in upper or lower case, as an array of bytes; `type` as hexadecimal with leading zeros, as
 * decimal, as number; transactions inside `anvil_reorg`.
 *
 * @param request a request of a body without {@link ambiguityOf}, which cannot exhaust the stack
 * @returns `undefined` when the request may pass
 */
export function refusalOf(request: unknown): string | undefined {
  if (Array.isArray(request)) return 'it is a batch in a batch'
  if (typeof request !== 'object' || request === null || !('method' in request)) return undefined
  const { method, params } = { params: undefined, ...request }
  if (typeof method !== 'string') return undefined
  if (/sendRaw/i.test(method)) return isOrdinaryRaw(params) ? undefined : 'the raw transaction is of type 0x7E'
  if (/_send|reorg/i.test(method)) return deepRefusal(params, /reorg/i.test(method))
  if (/^\w+_impersonateAccount$/i.test(method) && [params].flat().some(isDepositor)) {
    return depositorOnly
  }
  return undefined
}

/** A legacy transaction begins with an RLP list, others with their type, 0x01 to 0x04. Nothing else may pass. */
function isOrdinaryRaw(params: unknown): boolean {
  return Array.isArray(params) && params.every(isOrdinaryTransaction)
}

function isOrdinaryTransaction(raw: unknown): boolean {
  if (typeof raw !== 'string') return false
  const digits = /^(?:0x)?([0-9a-fA-F]{2})[0-9a-fA-F]*$/.exec(raw)?.[1]
  const first = digits === undefined ? 0 : Number.parseInt(digits, 16)
  return (first >= 0x01 && first <= 0x04) || first >= 0xc0
}

/** @param withRaw whether a text in an array is a raw transaction */
function deepRefusal(value: unknown, withRaw: boolean): string | undefined {
  if (Array.isArray(value)) {
    // Bytes may also be written as numbers.
    if (withRaw && value[0] === depositType) return rawInside
    return firstOf(value, (part) => {
      if (typeof part !== 'string') return deepRefusal(part, withRaw)
      return withRaw && !isOrdinaryTransaction(part) ? rawInside : undefined
    })
  }
  if (typeof value !== 'object' || value === null) return undefined
  return firstOf(Object.entries(value), ([key, part]) => {
    const name = key.replaceAll('_', '').toLowerCase()
    return fieldRefusal(key, name, part) ?? deepRefusal(part, withRaw && name === 'txblockpairs')
  })
}

function fieldRefusal(key: string, name: string, value: unknown): string | undefined {
  if (depositFields.includes(name)) return `it has the field ${key} of a deposit`
  if (name === 'type' && Number(value) === depositType) return 'it is of type 0x7E'
  return name === 'from' && isDepositor(value) ? depositorOnly : undefined
}

const depositFields = ['sourcehash', 'mint', 'issystemtx', 'issystemtransaction']
const rawInside = 'a raw transaction in it is of type 0x7E'
const depositorOnly = `${depositorAccount} sends for the protocol only`

const isDepositor = (value: unknown): boolean =>
  typeof value === 'string' && value.trim().toLowerCase().replace(/^0x/, '') === depositorAccount.slice(2).toLowerCase()

function firstOf<Item, Result>(items: readonly Item[], find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
