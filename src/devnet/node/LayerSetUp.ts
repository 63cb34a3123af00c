import type { Address, Hex } from 'viem'
import { getContractAddress, numberToHex } from 'viem/utils'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hex } from '../../files/hexSchemas.js'
import { reasonOf } from '../../files/reasonOf.js'
import { type RpcCall, rpc, rpcBatch } from './rpc.js'

const receiptSchema = z.object({
  transactionHash: hex,
  status: z.enum(['0x0', '0x1']),
  blockHash: hex,
  logs: z.array(
    z.object({
      address: hex,
      topics: z.array(hex),
      data: hex,
      logIndex: hex.transform(Number),
    }),
  ),
})

export type SetUpReceipt = z.infer<typeof receiptSchema>

export interface SetUpCall {
  /** Effect of the transaction, for the error message. */
  readonly step: string
  /** One of the node's own accounts, which signs. */
  readonly from: Address
  /** Absent when the transaction creates a contract. */
  readonly to?: Address
  readonly data: Hex
  /** Gas limit, by default 200 000 for a call and 4 000 000 for a creation. */
  readonly gas?: bigint
}

/** An L1 deposit on its way into the L2, which nobody signs. */
export interface SetUpDeposit {
  readonly step: string
  /** The account for which the deposit acts; it uses up one of the account's nonces. */
  readonly from: Address
  readonly raw: Hex
}

/** The part of a node that setting it up needs. */
export interface SetUpNode {
  readonly rpcUrl: string
  readonly log: string
}

/**
 * Sends the transactions that set a layer up, many in one block, to a node that does not yet mine by itself. This class assigns
 * nonces, fees and gas, so that nothing waits for an estimate and addresses do not depend on timing. The node signs for its dev
 * accounts: its signatures take microseconds, those of a freshly loaded JavaScript library milliseconds.
 */
export class LayerSetUp {
  readonly #layer: 'L1' | 'L2'
  readonly #node: SetUpNode
  readonly #nonces = new Map<string, number>()

  constructor(layer: 'L1' | 'L2', node: SetUpNode) {
    this.#layer = layer
    this.#node = node
  }

  get rpcUrl(): string {
    return this.#node.rpcUrl
  }

  /** Changes the node's state by its own methods, without a transaction. */
  async prepare(calls: readonly RpcCall[]): Promise<void> {
    try {
      await rpcBatch(this.#node.rpcUrl, calls)
    } catch (cause) {
      throw this.#failure('preparing the node', reasonOf(cause), cause)
    }
  }

  /** Address of the contract that the account creates `ahead` transactions after its next one. */
  addressOf(from: Address, ahead: number): Address {
    return getContractAddress({ from, nonce: BigInt((this.#nonces.get(from.toLowerCase()) ?? 0) + ahead) })
  }

  /**
   * Mines the transactions in one block and returns their receipts in the same order.
   *
   * @throws OL1707 when the node refuses a transaction, or when one fails
   */
  async mine(transactions: readonly (SetUpCall | SetUpDeposit)[]): Promise<SetUpReceipt[]> {
    const { rpcUrl } = this.#node
    try {
      const hashes = await rpcBatch(
        rpcUrl,
        transactions.map((transaction) => this.#request(transaction)),
      )
      await rpc(rpcUrl, 'evm_mine')
      const found = z.array(receiptSchema).parse(await rpc(rpcUrl, 'eth_getBlockReceipts', ['latest']))
      const byHash = new Map<unknown, SetUpReceipt>(found.map((receipt) => [receipt.transactionHash, receipt]))
      return transactions.map(({ step }, index) => {
        const receipt = byHash.get(hashes[index])
        if (receipt?.status === '0x1') return receipt
        throw this.#failure(step, receipt === undefined ? 'it was not mined' : 'it was reverted')
      })
    } catch (cause) {
      throw OpenLedgerError.is(cause) ? cause : this.#failure(transactions[0]?.step ?? '', reasonOf(cause), cause)
    }
  }

  /** Lets the node mine every transaction at once from now on. */
  async finish(): Promise<void> {
    await rpc(this.#node.rpcUrl, 'evm_setAutomine', [true])
  }

  #request(transaction: SetUpCall | SetUpDeposit): RpcCall {
    const { from } = transaction
    const nonce = this.#nonces.get(from.toLowerCase()) ?? 0
    this.#nonces.set(from.toLowerCase(), nonce + 1)
    if ('raw' in transaction) return { method: 'eth_sendRawTransaction', params: [transaction.raw] }
    const { to, data, gas = to === undefined ? 4_000_000n : 200_000n } = transaction
    const call = {
      from,
      ...(to !== undefined && { to }),
      data,
      nonce: numberToHex(nonce),
      gas: numberToHex(gas),
      maxFeePerGas: numberToHex(10n ** 10n),
      maxPriorityFeePerGas: '0x0',
    }
    return { method: 'eth_sendTransaction', params: [call] }
  }

  #failure(step: string, reason: string, cause?: unknown): OpenLedgerError {
    return new OpenLedgerError('OL1707', { layer: this.#layer, step, reason, log: this.#node.log }, { cause })
  }
}
