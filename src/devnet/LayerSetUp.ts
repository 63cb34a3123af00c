import { type Address, getContractAddress, type Hex, keccak256 } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { rpc, rpcBatch } from './rpc.js'

const hex = z.string().transform((text) => text as Hex)
const receiptSchema = z.object({
  transactionHash: hex,
  status: z.enum(['0x0', '0x1']),
  blockHash: hex,
  blockNumber: hex,
  contractAddress: hex.nullish(),
  logs: z.array(z.object({ address: hex, topics: z.array(hex), data: hex, logIndex: hex.transform(Number) })),
})

export type SetUpReceipt = z.infer<typeof receiptSchema>

export interface SetUpCall {
  /** What the transaction does, for the error message. */
  readonly step: string
  readonly from: PrivateKeyAccount
  /** Left out to create a contract. */
  readonly to?: Address
  readonly data: Hex
}

/** A serialised transaction that needs no signature of ours: an L1 deposit arriving on the L2. */
export interface SetUpRaw {
  readonly step: string
  readonly raw: Hex
  /** A deposit uses up a nonce of the account that it acts for. */
  readonly sender: Address
}

/**
 * Sends the transactions that set a layer up, many in one block, to a node that does not mine by itself yet. Nonces, fees
 * and gas are assigned here, so nothing waits for an estimate, and addresses do not depend on timing.
 */
export class LayerSetUp {
  readonly #node: { readonly rpcUrl: string; readonly chainId: number; readonly log: string }
  readonly #layer: 'L1' | 'L2'
  readonly #nonces = new Map<Address, number>()

  constructor(layer: 'L1' | 'L2', node: { readonly rpcUrl: string; readonly chainId: number; readonly log: string }) {
    this.#layer = layer
    this.#node = node
  }

  /** Address of the contract that the account's next transaction but `ahead` creates. */
  addressOf(from: PrivateKeyAccount, ahead = 0): Address {
    return getContractAddress({ from: from.address, nonce: BigInt((this.#nonces.get(from.address) ?? 0) + ahead) })
  }

  /**
   * Mines the transactions in one block and gives their receipts in the same order.
   *
   * @throws OL1707 when the node refuses one, or one fails
   */
  async mine(calls: readonly (SetUpCall | SetUpRaw)[]): Promise<SetUpReceipt[]> {
    const signed: Hex[] = []
    for (const call of calls) signed.push('raw' in call ? this.#pass(call) : await this.#sign(call))
    const { rpcUrl } = this.#node
    try {
      await rpcBatch(
        rpcUrl,
        signed.map((raw) => ({ method: 'eth_sendRawTransaction', params: [raw] })),
      )
      await rpc(rpcUrl, 'evm_mine')
      const found = z.array(receiptSchema).parse(await rpc(rpcUrl, 'eth_getBlockReceipts', ['latest']))
      const byHash = new Map(found.map((receipt) => [receipt.transactionHash, receipt]))
      return calls.map(({ step }, index) => {
        const receipt = byHash.get(keccak256(signed[index] as Hex))
        if (receipt?.status === '0x1') return receipt
        throw this.#failure(step, receipt === undefined ? 'it was not mined' : 'it was reverted')
      })
    } catch (cause) {
      throw OpenLedgerError.is(cause) ? cause : this.#failure(calls[0]?.step ?? '', reasonOf(cause), cause)
    }
  }

  /** From now on the node mines every transaction at once. */
  async finish(): Promise<void> {
    await rpc(this.#node.rpcUrl, 'evm_setAutomine', [true])
  }

  #nextNonce(address: Address): number {
    const nonce = this.#nonces.get(address) ?? 0
    this.#nonces.set(address, nonce + 1)
    return nonce
  }

  #pass({ raw, sender }: SetUpRaw): Hex {
    this.#nextNonce(sender)
    return raw
  }

  #sign({ from, to, data }: SetUpCall): Promise<Hex> {
    const nonce = this.#nextNonce(from.address)
    return from.signTransaction({
      type: 'eip1559',
      chainId: this.#node.chainId,
      nonce,
      to: to ?? null,
      data,
      gas: to === undefined ? 4_000_000n : 200_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 0n,
    })
  }

  #failure(step: string, reason: string, cause?: unknown): OpenLedgerError {
    return new OpenLedgerError('OL1707', { layer: this.#layer, step, reason, log: this.#node.log }, { cause })
  }
}
