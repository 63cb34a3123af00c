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
  /** Of the L2's node itself: the public address takes no deposits. */
  readonly l2RpcUrl: string
  readonly portal: Address
  readonly turns: Turns
  readonly signal: AbortSignal
  /** Told of what is out of the ordinary. */
  readonly log: (line: string) => void
}

const blockSchema = z.object({
  transactions: z.array(z.object({ from: hex, to: hex.nullable(), input: hex })),
})

/** How long a transaction of a relayer that was killed may take from the wire into the node's pool. */
const settleMilliseconds = 500

/** L1 blocks that are read in one request when the L2 has fallen behind. */
const readAtOnce = 32

/**
 * Makes the L2 out of the L1: for each L1 block in order its attributes, then its deposits, one transaction at a time. It
 * keeps nothing of its own. Where it stands is what the L2 itself says: the predeploy L1Block names the last L1 block, the
 * receipts say which of its deposits were run. So it may be killed at any moment, and the L2 may be set back.
 */
export class L2Derivation {
  readonly #options: L2DerivationOptions
  /** A node forgets at its end who gets the tips. */
  #prepared = false
  /** The L1 block that the L2 stands at; read once. */
  #current: L1Block | undefined

  #isBehind = false

  constructor(options: L2DerivationOptions) {
    this.#options = options
  }

  /** Whether the L1 has many blocks more than the L2 has derived. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /**
   * Does the next thing there is to do.
   *
   * @returns whether there was any: false when the L2 has everything of the L1's head
   * @throws Error when a node does not answer, or refuses what it should not
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

  /** Stops where a layer was set back or the node lost a transaction: the next look begins with what there is by then. */
  async #derive(origin: L1Origin, blocks: readonly L1Block[]): Promise<void> {
    let last = origin
    for (const next of blocks) {
      if (this.#options.signal.aborted) return
      if (last.number > 0n && next.parentHash !== last.hash) return
      // The first was looked at just now.
      if (last !== origin && (await this.#origin()).hash !== last.hash) return
      if (!(await this.#run(attributesTransaction(next)))) return
      this.#current = next
      for (const deposit of next.deposits) if (!(await this.#deposit(deposit))) return
      last = next
    }
  }

  /** Runs the deposits of the L2's own L1 block that have not been run: it was interrupted, or the L2 was set back. */
  async #finish(origin: L1Origin): Promise<boolean> {
    const { l1RpcUrl, l2RpcUrl, portal } = this.#options
    if (this.#current?.hash !== origin.hash) this.#current = await readL1Block(l1RpcUrl, portal, origin.number)
    const { hash, deposits } = this.#current ?? {}
    // The L1 was set back meanwhile: the next look sees that.
    if (hash !== origin.hash || deposits === undefined) return true
    const missing = await this.#missing(deposits)
    if (missing.length === 0) return false
    // One that a killed relayer had just sent may be on its way into the pool: never send it again too early.
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

  /** @returns whether it is in a block, as of {@link L2Derivation.#run} */
  async #deposit(deposit: DepositFields): Promise<boolean> {
    const transaction = serializeDeposit(deposit)
    try {
      return await this.#run(transaction)
    } catch (cause) {
      // Only a refusal by the node itself; when it did not answer, nobody knows whether it took the transaction.
      if (!(cause instanceof RpcError) || (await this.#knows(transaction.hash))) throw cause
      this.#options.log(`deposit ${transaction.hash} cannot run, it fails but mints: ${cause.message}`)
      return this.#run(failingDeposit(deposit))
    }
  }

  /**
   * Sends a deposit unless the node has it already, and waits until it is in a block. Meanwhile nothing is mined by
   * request, see `minedInTurn`; where the node mines by request only, the deposit waits for that.
   *
   * @returns whether it is in a block: false when the node no longer knows it, because it was dropped from the pool or the
   * L2 was set back
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

  /** Whether the node has a transaction, in a block or on its way into one. */
  async #knows(hash: Hash): Promise<boolean> {
    return (await rpc(this.#options.l2RpcUrl, 'eth_getTransactionByHash', [hash])) !== null
  }

  /** The L1 took blocks back that the L2 was built on: the L2 gives up what it built on them, as every OP chain does. */
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
      throw new Error(`the L1 has no block ${origin.number} ${origin.hash}, which the L2 is built on`)
    const depth = head - first + 1n
    await rpc(l2RpcUrl, 'anvil_rollback', [Number(depth)])
    log(`the L1 took back its block ${origin.number}, so ${depth} blocks of the L2 were taken back`)
  }

  /** The L1 block that an L2 block made known; `undefined` when it made none known. */
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

  /** `undefined` when the L1 has no such block. */
  async #l1Hash(number: bigint): Promise<string | undefined> {
    const block = await rpc(this.#options.l1RpcUrl, 'eth_getBlockByNumber', [numberToHex(number), false])
    return z.object({ hash: hex }).nullable().parse(block)?.hash
  }

  /** Read from storage: number is in the low half of the first slot, hash is the third. */
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
