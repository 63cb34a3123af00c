import {
  type Abi,
  type ContractEventName,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type Hash,
  type ParseEventLogsReturnType,
  parseEventLogs,
  type TransactionReceipt,
} from 'viem'
import { estimateContractGas, getCode, simulateContract, waitForTransactionReceipt, writeContract } from 'viem/actions'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { Turns } from '../../files/Turns.js'
import type { WriteClient } from './ChainClient.js'
import { contractAddress } from './contractAddress.js'
import type { ContractCall } from './contractCall.js'
import { contractErrors } from './contractErrors.js'
import { PlannedStop } from './planTransaction.js'
import { type CallSite, missingContract, toChainError } from './toChainError.js'

type Writing = 'nonpayable' | 'payable'

/** A call that changes the chain. */
export interface SendCall<
  abi extends Abi,
  name extends ContractFunctionName<abi, Writing>,
  args extends ContractFunctionArgs<abi, Writing, name>,
> extends ContractCall<abi, Writing, name, args> {
  /** Gas on top of the estimate, for a function that continues when an inner call of it runs out of gas. */
  readonly extraGas?: bigint
}

/** Every writing action returns this, with its own result. */
export interface Sent {
  readonly hash: Hash
  readonly blockNumber: bigint
  readonly gasUsed: bigint
  /** Wei that the sender paid for gas, without the value of the call. */
  readonly gasCostWei: bigint
}

export const sentOf = ({ transactionHash, blockNumber, gasUsed, effectiveGasPrice }: TransactionReceipt): Sent => ({
  hash: transactionHash,
  blockNumber,
  gasUsed,
  gasCostWei: gasUsed * effectiveGasPrice,
})

/** The turns of each account's calls in this process: two at once would be given the same nonce. */
const turnsOf = new Map<string, Turns>()

function inTurn<Result>({ chain, account }: WriteClient, action: () => Promise<Result>): Promise<Result> {
  const key = `${chain.rpcUrls.default.http[0]} ${account.address}`
  const turns = turnsOf.get(key) ?? new Turns()
  turnsOf.set(key, turns)
  return turns.run(action)
}

/**
 * Checks a call without sending it, then signs and sends it and waits until it is mined. It sends nothing when the
 * check fails, or when there is no contract at the address. Calls of one account wait for each other.
 *
 * @throws OL1600 when the network is not running
 * @throws OL1603, OL1604, OL1605, OL1636, OL1637 when the contract refuses
 * @throws OL1607 when the account has too few OPEN
 * @throws OL1609 when there is no contract at the address
 * @throws OL1610 when neither the call nor the client's chain names the address
 * @throws OL1611, OL1612 when the transaction fails in spite of the check, or is not mined
 */
export const sendCall = <
  const abi extends Abi,
  name extends ContractFunctionName<abi, Writing>,
  const args extends ContractFunctionArgs<abi, Writing, name>,
>(
  client: WriteClient,
  call: SendCall<abi, name, args>,
): Promise<TransactionReceipt> => inTurn(client, () => send(client, call))

/**
 * Gas on top of every estimate, since the gas of a call may depend on the second in which it is mined. In the same
 * second as the call before it, it overwrites checkpoints of votes and stake, and no part of a price has been earned;
 * later, it begins new slots. An estimate for the first case is too low for the second by up to two slots of 25 000 gas
 * each. Optimism's portal burns gas that depends on the block. Unused gas costs nothing.
 */
const laterGas = 60_000n

async function send<
  abi extends Abi,
  name extends ContractFunctionName<abi, Writing>,
  args extends ContractFunctionArgs<abi, Writing, name>,
>(client: WriteClient, call: SendCall<abi, name, args>): Promise<TransactionReceipt> {
  const { contract, functionName, value, extraGas } = call
  const address = contractAddress(client, contract, call.address)
  const site: CallSite = { ...call, address }
  let hash: Hash | undefined
  try {
    // A call to an address without code succeeds, and its value would be lost.
    if ((await getCode(client, { address })) === undefined) throw missingContract(client, site)
    const parameters = {
      address,
      abi: [...call.abi, ...contractErrors] as Abi,
      functionName: functionName as string,
      args: call.args as readonly unknown[],
      ...(value !== undefined && { value }),
    }
    await simulateContract(client, { ...parameters, account: client.account })
    const gas = (await estimateContractGas(client, parameters)) + laterGas + (extraGas ?? 0n)
    hash = await writeContract(client, {
      ...parameters,
      chain: client.chain,
      account: client.account,
      gas,
    })
    const receipt = await waitForTransactionReceipt(client, { hash })
    if (receipt.status === 'success') return receipt
    const { blockNumber: block } = receipt
    throw new OpenLedgerError('OL1611', { hash, block, contract, function: functionName })
  } catch (cause) {
    const planned = PlannedStop.in(cause)
    if (planned !== undefined) throw planned
    if (cause instanceof Error && cause.name === 'WaitForTransactionReceiptTimeoutError' && hash !== undefined) {
      throw new OpenLedgerError('OL1612', { hash, contract, function: functionName }, { cause })
    }
    throw await toChainError(client, site, cause)
  }
}

/** The arguments of the events of one name that the called contract emitted in a transaction, in order. */
export const eventsOf = <const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  call: { readonly abi: abi },
  eventName: name,
): ParseEventLogsReturnType<abi, name, true>[number]['args'][] =>
  parseEventLogs({ abi: call.abi, eventName, logs: receipt.logs })
    .filter(({ address }) => address.toLowerCase() === receipt.to?.toLowerCase())
    .map((log) => (log as ParseEventLogsReturnType<abi, name, true>[number]).args)

/**
 * The arguments of the one event that a successful call must have emitted.
 *
 * @throws OL1606 when the contract emitted none: another contract is at the address
 */
export function eventOf<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  call: Pick<CallSite, 'contract' | 'functionName'> & { readonly abi: abi },
  eventName: name,
): ParseEventLogsReturnType<abi, name, true>[number]['args'] {
  const { contract, functionName } = call
  const [found] = eventsOf(receipt, call, eventName)
  if (found !== undefined) return found
  throw new OpenLedgerError('OL1606', {
    contract,
    address: String(receipt.to),
    function: functionName,
    reason: `no ${eventName} event`,
  })
}
