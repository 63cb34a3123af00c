import { type Abi, type AbiFunction, type AbiParameter, type Address, BaseError, type Hex } from 'viem'
import { encodeFunctionData } from 'viem/utils'
import { z } from 'zod'
import { addressSchema } from '../../config/address.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hexBytes } from '../../files/hexSchemas.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import { reasonOf } from '../../files/reasonOf.js'
import { contractAddress } from '../client/contractAddress.js'
import type { ContractName, Network } from '../client/networks.js'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.abi.generated.js'
import { gopenAbi } from '../contracts/GOPEN.abi.generated.js'
import { inferenceEscrowAbi } from '../contracts/InferenceEscrow.abi.generated.js'
import { openLedgerGovernorAbi } from '../contracts/OpenLedgerGovernor.abi.generated.js'
import { openLedgerTimelockAbi } from '../contracts/OpenLedgerTimelock.abi.generated.js'
import { stakingAbi } from '../contracts/Staking.abi.generated.js'
import type { Proposal } from './proposal.js'

/** The contracts whose calls a file can name: those that obey governance, and GOPEN for the treasury's votes. */
export const governedInterfaces = {
  InferenceEscrow: inferenceEscrowAbi,
  AttributionLedger: attributionLedgerAbi,
  Staking: stakingAbi,
  OpenLedgerGovernor: openLedgerGovernorAbi,
  OpenLedgerTimelock: openLedgerTimelockAbi,
  GOPEN: gopenAbi,
} as const satisfies Partial<Record<ContractName, Abi>>

const data = hexBytes()
const wei = z
  .union([z.string().regex(/^\d{1,78}$/), z.int().nonnegative()], 'must be a whole number of wei')
  .transform(BigInt)

const callSchema = z.union(
  [
    z.strictObject({
      contract: z.enum(Object.keys(governedInterfaces) as [keyof typeof governedInterfaces]),
      function: z.string().min(1),
      args: z.array(z.unknown()).default([]),
      valueWei: wei.default(0n),
    }),
    z.strictObject({ target: addressSchema, data: data.default('0x'), valueWei: wei.default(0n) }),
  ],
  `needs "contract" (one of ${Object.keys(governedInterfaces).join(', ')}), "function" and "args", or "target" and "data"`,
)

// Not trimmed: every character is part of the id.
const description = z.string().regex(/\S/, 'must say what it is about')
const byCalls = z.strictObject({ description, calls: z.array(callSchema).min(1) })
const asGovernorsTakeIt = z
  .strictObject({ description, targets: z.array(addressSchema).min(1), values: z.array(wei), calldatas: z.array(data) })
  .refine(
    ({ targets, values, calldatas }) => targets.length === values.length && targets.length === calldatas.length,
    'targets, values and calldatas must be equally many',
  )

/**
 * Reads a proposal from a JSON file: `description` and `calls` by name, or `targets`, `values`, `calldatas` and
 * `description` as governors take them.
 *
 * @throws OL1680 when it is neither, OL1681 when a contract has no such function, or the arguments do not fit it
 * @throws OL1900, OL1903 when the file cannot be read, or is not JSON
 * @example
 * // {"description":"Double the fee","calls":[{"contract":"InferenceEscrow","function":"setPlatformFee","args":["20000000000000000"]}]}
 * const proposal = await readProposal('fee.json', network)
 */
export async function readProposal(path: string, network: Network): Promise<Proposal> {
  const value = await readJson(path)
  const named = typeof value === 'object' && value !== null && 'calls' in value
  const proposal = parseWith(
    named ? byCalls : asGovernorsTakeIt,
    value,
    ({ reason, cause }) => new OpenLedgerError('OL1680', { path, reason }, { cause }),
  )
  if ('targets' in proposal) return proposal
  const calls = proposal.calls.map((call, index) =>
    'target' in call ? call : encodeCall(call, { path, number: index + 1, network }),
  )
  return {
    targets: calls.map((call) => call.target),
    values: calls.map((call) => call.valueWei),
    calldatas: calls.map((call) => call.data),
    description: proposal.description,
  }
}

interface NamedCall {
  readonly contract: keyof typeof governedInterfaces
  readonly function: string
  readonly args: readonly unknown[]
  readonly valueWei: bigint
}

function encodeCall(
  { contract, function: name, args, valueWei }: NamedCall,
  { path, number, network }: { readonly path: string; readonly number: number; readonly network: Network },
): { readonly target: Address; readonly data: Hex; readonly valueWei: bigint } {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new OpenLedgerError('OL1681', { number, path, reason, contract }, { cause })
  }
  const abi = governedInterfaces[contract] as Abi
  const functions = abi.filter(
    (item): item is AbiFunction => item.type === 'function' && item.stateMutability !== 'view' && item.name === name,
  )
  const found = functions.find(({ inputs }) => inputs.length === args.length)
  if (found === undefined) {
    if (functions.length === 0) return refuse(`${contract} has no function ${name} that changes anything`)
    return refuse(`${contract}.${name} takes ${functions[0]?.inputs.length} arguments, not ${args.length}`)
  }
  try {
    const typed = found.inputs.map((input, index) => argumentOf(input, args[index]))
    const target = contractAddress(network, contract)
    return { target, data: encodeFunctionData({ abi: [found], functionName: name, args: typed }), valueWei }
  } catch (error) {
    if (OpenLedgerError.is(error)) throw error
    const reason = error instanceof BaseError ? error.shortMessage : reasonOf(error)
    return refuse(`${contract}.${name}: ${reason}`, error)
  }
}

/** A JSON value as the encoder requires it. Whole numbers may be strings, since JSON's numbers end at 2^53. */
function argumentOf(parameter: AbiParameter, value: unknown): unknown {
  const element = /^(.*)\[\d*\]$/.exec(parameter.type)?.[1]
  if (element !== undefined) {
    if (!Array.isArray(value)) throw new Error(`${parameter.name || parameter.type} must be a list`)
    return value.map((item) => argumentOf({ ...parameter, type: element }, item))
  }
  if ('components' in parameter) {
    if (typeof value !== 'object' || value === null) throw new Error(`${parameter.name} must be an object`)
    const fields = value as Readonly<Record<string, unknown>>
    return Object.fromEntries(
      parameter.components.map((part) => [part.name ?? '', argumentOf(part, fields[part.name ?? ''])]),
    )
  }
  if (!/^u?int\d*$/.test(parameter.type)) return value
  if (typeof value === 'string' ? !/^-?\d+$/.test(value) : !Number.isSafeInteger(value))
    throw new Error(`${parameter.name || parameter.type} must be a whole number, and a text beyond 2^53`)
  return BigInt(value as string | number)
}
