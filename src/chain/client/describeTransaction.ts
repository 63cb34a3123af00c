import { type Address, decodeFunctionData, getAddress, type Hex, type TransactionSerializable } from 'viem'
import { contractAddress } from './contractAddress.js'
import { contractAbis } from './contractErrors.js'
import type { ContractName, Network } from './networks.js'

/** One argument of a call, as text. */
export interface PlannedArgument {
  readonly name: string
  readonly value: string
}

/** A transaction before it is signed, as a person reads it. */
export interface PlannedTransaction {
  readonly network: string
  readonly chainId: number
  readonly from: Address
  /** Null creates a contract. */
  readonly to: Address | null
  /** The name of the contract at the address; null if the network has none. */
  readonly contract: string | null
  /** Null if the transaction calls no function, or an unknown one. */
  readonly function: string | null
  readonly arguments: readonly PlannedArgument[]
  readonly data: Hex
  readonly valueWei: bigint
  /** Estimated. Null if it cannot be estimated before an earlier transaction is mined. */
  readonly gas: bigint | null
  /** The most that the gas can cost. An OP-stack chain also charges its L1 fee. */
  readonly gasCostWei: bigint | null
}

/** Describes a prepared transaction: the contract of ours that it calls, the function, and the arguments. */
export function describeTransaction(
  network: Network,
  from: Address,
  transaction: TransactionSerializable,
): PlannedTransaction {
  const { data = '0x', value = 0n, gas } = transaction
  const to = transaction.to == null ? null : getAddress(transaction.to)
  const price = transaction.maxFeePerGas ?? transaction.gasPrice
  return {
    network: network.chain.name,
    chainId: network.chain.id,
    from,
    to,
    contract: nameOf(network, to),
    ...decode(data),
    data,
    valueWei: value,
    gas: gas ?? null,
    gasCostWei: gas === undefined || price === undefined ? null : gas * price,
  }
}

/** A call that cannot be checked or estimated yet, because it requires that an earlier one is mined. */
export const laterTransaction = (
  network: Network,
  from: Address,
  call: Pick<PlannedTransaction, 'function' | 'arguments'> & { readonly contract: ContractName },
): PlannedTransaction => ({
  network: network.chain.name,
  chainId: network.chain.id,
  from,
  to: contractAddress(network, call.contract),
  ...call,
  data: '0x',
  valueWei: 0n,
  gas: null,
  gasCostWei: null,
})

function nameOf({ addresses }: Network, to: Address | null): string | null {
  const found = Object.entries(addresses).find(([, address]) => address?.toLowerCase() === to?.toLowerCase())
  return found?.[0] ?? null
}

function decode(data: Hex): Pick<PlannedTransaction, 'function' | 'arguments'> {
  const unknown = { function: null, arguments: [] }
  if (data.length < 10) return unknown
  for (const abi of contractAbis) {
    try {
      const { functionName, args = [] } = decodeFunctionData({ abi, data })
      const found = abi.find((item) => item.type === 'function' && item.name === functionName)
      const inputs = found?.type === 'function' ? found.inputs : []
      const named = args.map((value, i) => ({ name: inputs[i]?.name || String(i), value: textOf(value) }))
      return { function: functionName, arguments: named }
    } catch {
      // The function belongs to another contract.
    }
  }
  return unknown
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'bigint'
    ? String(value)
    : JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
