import { describeTransaction } from '../../chain/client/describeTransaction.js'
import type { Proposal } from '../../chain/governance/proposal.js'
import { formatOpen } from '../../terminal/formats.js'
import { visible } from '../../terminal/printable.js'
import type { Connection } from '../../workflows/network/openConnection.js'

/** What a proposal would do: each of its calls, in words where its contract is known. */
export interface ProposedCall {
  readonly target: string
  readonly contract: string | null
  readonly function: string | null
  readonly arguments: readonly { readonly name: string; readonly value: string }[]
  readonly data: string
  readonly valueWei: bigint
}

/** The calls of a proposal, as the timelock would make them. */
export const callsOf = (
  connection: Connection,
  { targets, values, calldatas }: Omit<Proposal, 'description'>,
): ProposedCall[] =>
  targets.map((target, index) => {
    const call = { to: target, data: calldatas[index] ?? '0x', value: values[index] ?? 0n }
    const {
      contract,
      function: name,
      arguments: named,
    } = describeTransaction(connection.network, connection.address('OpenLedgerTimelock'), call)
    return { target, contract, function: name, arguments: named, data: call.data, valueWei: call.value }
  })

/** One line a call: `InferenceEscrow.setPlatformFee(platformFee_ = 20000000000000000)`. */
export const describeCalls = (calls: readonly ProposedCall[]): string[] =>
  calls.map(({ target, contract, function: name, arguments: named, data, valueWei }) => {
    const money = valueWei === 0n ? '' : `, with ${formatOpen(valueWei)} of the treasury`
    if (data === '0x') return `pay ${target}${money || ', nothing'}`
    if (name === null) return `call ${target} with ${data}${money}`
    const args = named.map((argument) => `${argument.name} = ${visible(argument.value)}`).join(', ')
    return `${contract ?? target}.${name}(${args})${money}`
  })
