import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Hash, Hex } from 'viem'
import { numberToHex } from 'viem/utils'
import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'
import type { Turns } from '../../files/Turns.js'
import { type RpcCall, RpcError, rpc, rpcBatch } from '../node/rpc.js'
import { type DepositFields, type DepositTransaction, failingDeposit, serializeDeposit } from './depositTransaction.js'
import {
  attributesTransaction,
  type L1Block,
  type L1Origin,
  parseAttributes,
  readL1Block,
  readL1Blocks,
} from './l1Block.js'
import { depositorAccount, l1BlockAddress, sequencerFeeVault } from './predeploys.js'
import { waitUntilMined } from './waitUntilMined.js'

export interface L2DerivationOptions {
  readonly l1RpcUrl: string
  /** URL of the L2's node itself, because the public RPC accepts no deposits. */
  readonly l2RpcUrl: string
  readonly portal: Address
  readonly turns: Turns
  readonly signal: AbortSignal
  /** Called with a line for each unusual event. */
  readonly log: (line: string) => void
}

const blockSchema = z.object({
  transactions: z.array(z.object({ from: hex, to: hex.nullable(), input: hex })),
})

/** Milliseconds that a transaction of a killed relayer may take from the network into the node's pool. */
const settleMilliseconds = 500

/** L1 blocks in one request when the L2 is far behind. */
const readAtOnce = 32

/**
 * Derives the L2 from the L1: for each L1 block in order, it sends the block's attributes, then its deposits, one transaction
 * at a time. It keeps no position of its own and reads it from the L2: the predeploy L1Block names the last L1 block, and the
 * receipts show which of its deposits were run. So it may be killed at any moment, and the L2 may be reverted.
 */
export class L2Derivation {
  readonly #options: L2DerivationOptions
  /** Whether this object has set the coinbase, which a node does not persist. */
  #prepared = false
  /** The L1 block that the L2 has reached, read once. */
  #current: L1Block | undefined

  #isBehind = false

  constructor(options: L2DerivationOptions) {
    this.#options = options
  }

  /** Whether the L1 has many blocks that the L2 has not yet derived. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /**
   * Takes the next step.
   *
   * @returns whether there was one; false when the L2 has derived the L1's head
   * @throws Error when a node does not answer or refuses a valid request
   */
  async advance(): Promise<boolean> {
    const { l1RpcUrl, l2RpcUrl, portal } = this.#options
    if (!this.#prepared) await rpc(l2RpcUrl, 'anvil_setCoinbase', [sequencerFeeVault])
    this.#prepared = true
    const [head, origin] = await Promise.all([this.#l1Head(), this.#origin()])
    const canonical = await this.#l1Hash(origin.number)
    if (origin.number > head || (origin.number > 0n && canonical !== origin.hash)) {
      await this.#rollBack(origin)
      return true
    }
    if (origin.number > 0n && (await this.#finish(origin))) return true
    if (origin.number === head) {
      this.#isBehind = false
      return false
    }

    const ahead = Number(head - origin.number)
    this.#isBehind = ahead > readAtOnce
    await this.#derive(origin, await readL1Blocks(l1RpcUrl, portal, origin.number + 1n, Math.min(ahead, readAtOnce)))
    return true
  }

  /** Derives blocks until a layer is reverted or the node loses a transaction; the next step then starts from the new state. */
  async #derive(origin: L1Origin, blocks: readonly L1Block[]): Promise<void> {
    let last = origin
    for (const next of blocks) {
      if (this.#options.signal.aborted) return
      if (last.number > 0n && next.parentHash !== last.hash) return
      // The origin of the first block was read just before.
      if (last !== origin && (await this.#origin()).hash !== last.hash) return
      if (!(await this.#run(attributesTransaction(next)))) return
      this.#current = next
      for (const deposit of next.deposits) if (!(await this.#deposit(deposit))) return
      last = next
    }
  }

  /** Runs the missing deposits of the L2's current L1 block, after an interruption or a revert of the L2. */
  async #finish(origin: L1Origin): Promise<boolean> {
    const { l1RpcUrl, l2RpcUrl, portal } = this.#options
    if (this.#current?.hash !== origin.hash) this.#current = await readL1Block(l1RpcUrl, portal, origin.number)
    const { hash, deposits } = this.#current ?? {}
    // The L1 was reverted meanwhile, which the next step notices.
    if (hash !== origin.hash || deposits === undefined) return true
    const missing = await this.#missing(deposits)
    if (missing.length === 0) return false
    // A deposit that a killed relayer has just sent may still be on its way into the pool, and must not be sent again too early.
    await sleep(settleMilliseconds)
    await rpc(l2RpcUrl, 'eth_blockNumber')
    for (const deposit of await this.#missing(deposits)) if (!(await this.#deposit(deposit))) break
    return true
  }

  async #missing(deposits: readonly DepositFields[]): Promise<DepositFields[]> {
    if (deposits.length === 0) return []
    const calls = deposits.flatMap((deposit) =>
      [serializeDeposit(deposit), failingDeposit(deposit)].map(({ hash }) => receiptCall(hash)),
    )
    const receipts = await rpcBatch(this.#options.l2RpcUrl, calls)
    return deposits.filter((_, index) => receipts[2 * index] === null && receipts[2 * index + 1] === null)
  }

  /** @returns whether the deposit is in a block, like `#run` */
  async #deposit(deposit: DepositFields): Promise<boolean> {
    const transaction = serializeDeposit(deposit)
    try {
      return await this.#run(transaction)
    } catch (cause) {
      // Only a refusal by the node counts. Without an answer it is not known whether the node took the transaction.
      if (!(cause instanceof RpcError) || (await this.#knows(transaction.hash))) throw cause
      this.#options.log(`deposit ${transaction.hash} cannot run; it fails but mints: ${cause.message}`)
      return this.#run(failingDeposit(deposit))
    }
  }

  /**
   * Sends a deposit unless the node already has it, and waits until it is in a block. Meanwhile no request mines, see
   * `minedInTurn`; if the node mines only on request, the deposit waits for a request.
   *
   * @returns whether the deposit is in a block; false when the node no longer knows it, because it was dropped from the pool
   * or the L2 was reverted
   */
  async #run({ raw, hash }: DepositTransaction): Promise<boolean> {
    const { l2RpcUrl, turns, signal } = this.#options
    const [automine, known] = await rpcBatch(l2RpcUrl, [
      { method: 'anvil_getAutomine' },
      { method: 'eth_getTransactionByHash', params: [hash] },
    ])
    const send = async (): Promise<boolean> => {
      if (known === null) await rpc(l2RpcUrl, 'eth_sendRawTransaction', [raw])
      return (await waitUntilMined(l2RpcUrl, hash, signal)) !== null
    }
    return automine === true ? turns.run(send) : send()
  }

  /** Whether the node has a transaction, in a block or in its pool. */
  async #knows(hash: Hash): Promise<boolean> {
    return (await rpc(this.#options.l2RpcUrl, 'eth_getTransactionByHash', [hash])) !== null
  }

  /** Reverts the L2 blocks that are built on reverted L1 blocks, like every OP chain. */
  async #rollBack(origin: L1Origin): Promise<void> {
    const { l2RpcUrl, log } = this.#options
    const head = BigInt(z.string().parse(await rpc(l2RpcUrl, 'eth_blockNumber')))
    let first: bigint | undefined
    for (let number = head; number > 0n; number--) {
      const known = await this.#originOf(number)
      if (known === undefined) continue
      if ((await this.#l1Hash(known.number)) === known.hash) break
      first = number
    }
    if (first === undefined)
      throw new Error(`the L1 has no block ${origin.number} ${origin.hash}, on which the L2 is built`)
    const depth = head - first + 1n
    await rpc(l2RpcUrl, 'anvil_rollback', [Number(depth)])
    log(`the L1 reverted its block ${origin.number}, so ${depth} blocks of the L2 were reverted`)
  }

  /** The L1 block whose attributes an L2 block contains; `undefined` when it contains none. */
  async #originOf(number: bigint): Promise<L1Origin | undefined> {
    const block = await rpc(this.#options.l2RpcUrl, 'eth_getBlockByNumber', [numberToHex(number), true])
    const attributes = blockSchema
      .parse(block)
      .transactions.find(({ from, to }) => isSame(from, depositorAccount) && isSame(to, l1BlockAddress))
    return attributes === undefined ? undefined : parseAttributes(attributes.input)
  }

  async #l1Head(): Promise<bigint> {
    return BigInt(z.string().parse(await rpc(this.#options.l1RpcUrl, 'eth_blockNumber')))
  }

  /** Hash of an L1 block; `undefined` when the L1 has no such block. */
  async #l1Hash(number: bigint): Promise<string | undefined> {
    const block = await rpc(this.#options.l1RpcUrl, 'eth_getBlockByNumber', [numberToHex(number), false])
    return z.object({ hash: hex }).nullable().parse(block)?.hash
  }

  /** Reads the L2's origin from storage: the low half of the first slot is the number, the third slot is the hash. */
  async #origin(): Promise<L1Origin> {
    const slots = ['0x0', '0x2'].map((slot) => ({
      method: 'eth_getStorageAt',
      params: [l1BlockAddress, slot, 'latest'],
    }))
    const [first, hash] = z.array(hex).parse(await rpcBatch(this.#options.l2RpcUrl, slots)) as [Hex, Hex]
    return { number: BigInt.asUintN(64, BigInt(first)), hash }
  }
}

const receiptCall = (hash: Hash): RpcCall => ({ method: 'eth_getTransactionReceipt', params: [hash] })

const isSame = (one: string | null, other: string): boolean => one?.toLowerCase() === other.toLowerCase()
