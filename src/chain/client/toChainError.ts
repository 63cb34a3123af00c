import { type Address, BaseError, ContractFunctionRevertedError, HttpRequestError } from 'viem'
import { getBalance } from 'viem/actions'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import type { ReadClient } from './ChainClient.js'
import { type ContractErrorName, remedies } from './contractErrors.js'
import type { ContractName } from './networks.js'
import { openOf } from './openOf.js'

/** A call of a contract, as its failures name it. */
export interface CallSite {
  readonly contract: ContractName
  readonly address: Address
  readonly functionName: string
  /** Wei that the call sends. */
  readonly value?: bigint
}

/**
 * Maps viem's error for a call to a numbered error that names contract, function, custom error and arguments.
 */
export async function toChainError(client: ReadClient, site: CallSite, cause: unknown): Promise<OpenLedgerError> {
  if (OpenLedgerError.is(cause)) return cause
  // An error of signing has come through viem, which wraps it.
  const own = cause instanceof BaseError ? cause.walk((error) => OpenLedgerError.is(error)) : null
  if (OpenLedgerError.is(own)) return own
  const { contract, address, functionName } = site
  const options = { cause }
  if (!(cause instanceof BaseError)) {
    return new OpenLedgerError(
      'OL1606',
      { contract, address, function: functionName, reason: reasonOf(cause) },
      options,
    )
  }
  const revert = cause.walk((error) => error instanceof ContractFunctionRevertedError)
  if (revert instanceof ContractFunctionRevertedError) return refusal(site, revert)

  if (isNamed(cause, 'ContractFunctionZeroDataError')) return missingContract(client, site)
  if (isNamed(cause, 'InsufficientFundsError') && client.account !== undefined) {
    const account = client.account.address
    const balance = await getBalance(client, { address: account })
    const names = { account, network: client.chain.name, contract, function: functionName }
    return new OpenLedgerError(
      'OL1607',
      { ...names, balance: openOf(balance), value: openOf(site.value ?? 0n) },
      options,
    )
  }
  return toRequestError(client, `${contract}.${functionName}`, cause)
}

/**
 * Maps viem's error for a request that reached no contract to a numbered error: no node answers, or it refuses.
 */
function toRequestError({ chain }: ReadClient, request: string, cause: BaseError): OpenLedgerError {
  const url = chain.rpcUrls.default.http[0] ?? ''
  const http = cause.walk((error) => error instanceof HttpRequestError)
  if (isNamed(cause, 'SyntaxError')) {
    const reason = 'what answers there speaks no JSON-RPC: its answer is not JSON'
    return new OpenLedgerError('OL1608', { url, function: request, reason }, { cause })
  }
  if ((http instanceof HttpRequestError && http.status === undefined) || isNamed(cause, 'TimeoutError')) {
    const remedy = isDevnet(chain.id)
      ? 'Run `openledger devnet up`.'
      : 'Check the internet connection and the "rpcUrl" of this network in openledger.config.json.'
    return new OpenLedgerError('OL1600', { url, network: chain.name, remedy }, { cause })
  }
  const reason = 'details' in cause && cause.details !== '' ? cause.details : cause.shortMessage
  return new OpenLedgerError('OL1608', { url, function: request, reason }, { cause })
}

export const missingContract = ({ chain }: ReadClient, { contract, address }: CallSite): OpenLedgerError =>
  new OpenLedgerError('OL1609', { contract, address, network: chain.name, chainId: chain.id })

function refusal(site: CallSite, revert: ContractFunctionRevertedError): OpenLedgerError {
  const { contract, address, functionName } = site
  const error = revert.data?.errorName
  if (revert.data === undefined || error === undefined || !isContractError(error)) {
    const reason = revert.reason ?? revert.shortMessage
    return new OpenLedgerError('OL1606', { contract, address, function: functionName, reason }, { cause: revert })
  }
  const { hint } = remedies[error]
  const inputs = 'inputs' in revert.data.abiItem ? revert.data.abiItem.inputs : []
  const named = inputs.map(({ name = '' }, index): [string, string] => [
    name,
    dated(hint, name, String(revert.data?.args?.[index])),
  ])
  const remedy = fill(hint, Object.fromEntries(named))
  const details = {
    contract,
    function: functionName,
    error,
    arguments: named.map(([name, value]) => `${name}=${value}`).join(', '),
    remedy,
  }
  return new OpenLedgerError(remedies[error].code, details, { cause: revert })
}

const isDevnet = (chainId: number): boolean => chainId === 900 || chainId === 901

const isContractError = (name: string): name is ContractErrorName => Object.hasOwn(remedies, name)

const isNamed = (error: BaseError, name: string): boolean =>
  error.walk((inner) => inner instanceof Error && inner.name === name) !== null

/** A remedy writes a time as `{name} (Unix time)`; the user reads a date. */
function dated(hint: string, name: string, value: string): string {
  // A time beyond the last possible date means never.
  const isMoment = hint.includes(`{${name}} (Unix time)`) && BigInt(value) <= 8_640_000_000_000n
  return isMoment ? new Date(Number(value) * 1000).toISOString() : value
}

/** A remedy writes an amount as `{name} wei`; the user reads it in OPEN. */
const fill = (hint: string, values: Readonly<Record<string, string>>): string =>
  hint.replace(/\{(\w+)\}( wei\b)?(?: \(Unix time\))?/g, (whole, name: string, unit?: string) => {
    const value = values[name]
    if (value === undefined) return whole
    return unit === undefined ? value : openOf(BigInt(value))
  })

/** Sends the node a request other than a contract call. Its failures become numbered errors. */
export async function toChainRequest<Result>(
  client: ReadClient,
  request: string,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask()
  } catch (cause) {
    if (cause instanceof BaseError) throw toRequestError(client, request, cause)
    if (!isUnreadable(cause)) throw cause
    const url = client.chain.rpcUrls.default.http[0] ?? ''
    const reason = `its answer cannot be read: ${reasonOf(cause)}`
    throw new OpenLedgerError('OL1608', { url, function: request, reason }, { cause })
  }
}

/** Errors of viem's own code when a node answers with another type than the requested number or object. */
const isUnreadable = (cause: unknown): boolean =>
  cause instanceof Error && ['SyntaxError', 'RangeError', 'TypeError'].includes(cause.name)
