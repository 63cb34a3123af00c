import type { Address, Hash, Hex } from 'viem'
import { encodeFunctionData, numberToHex, pad } from 'viem/utils'
import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'
import type { Turns } from '../../files/Turns.js'
import { RpcError, rpc } from '../node/rpc.js'
import { l2OutputOracleAbi } from '../optimism/L2OutputOracle.abi.generated.js'
import { submissionInterval } from './bridgeContracts.js'
import type { ProofStore, StoredOutput } from './ProofStore.js'
import { messagePasserAddress, proposerAccount } from './predeploys.js'
import { readOracle, readOutput } from './readOracle.js'
import { waitUntilMined } from './waitUntilMined.js'
import {
  accountProofSchema,
  messagePassedTopic,
  outputRoot,
  withdrawalHashOf,
  withdrawalSlot,
} from './withdrawalProof.js'

/** L2 blocks without an output after which the next output covers all of them instead of four. */
const farBehind = 16n * submissionInterval

export interface ProposerOptions {
  readonly l1RpcUrl: string
  readonly l2RpcUrl: string
  readonly oracle: Address
  readonly proofs: ProofStore
  readonly turns: Turns
  readonly signal: AbortSignal
  /** Called with a line for each unusual event. */
  readonly log: (line: string) => void
}

const blockSchema = z.object({ number: hex.transform(BigInt), hash: hex, stateRoot: hex })
const logsSchema = z.array(z.object({ data: hex }))
const receiptSchema = z.object({ status: z.enum(['0x0', '0x1']) }).nullable()

/** Slot of the oracle that holds the length of its list of outputs. */
const outputsSlot = '0x3'

/** Slot of the oracle that holds the number of L2 blocks between two outputs. */
const intervalSlot = '0x4'

/**
 * Proposes the L2's outputs to the oracle on the L1, one for every few blocks. If no output covers a withdrawal, it lets the L2
 * mine up to the next output and proposes that at once. It deletes outputs of blocks that the L2 no longer has. It reads its
 * progress from the oracle, so that it may be killed at any moment. It is trusted: there are no dispute games here.
 */
export class Proposer {
  readonly #options: ProposerOptions
  /** Newest block up to which no withdrawal waits for an output. */
  #searched: { readonly number: bigint; readonly hash: Hash } | undefined

  constructor(options: ProposerOptions) {
    this.#options = options
  }

  /**
   * Takes the next step.
   *
   * @returns whether there was one
   * @throws Error when a node does not answer or refuses a valid request
   */
  async advance(): Promise<boolean> {
    const { l1RpcUrl, l2RpcUrl, oracle, turns, log } = this.#options
    const [{ count, latest, next }, head] = await Promise.all([readOracle(l1RpcUrl, oracle), this.#block('latest')])
    if (head === undefined) return true
    if (count > 0n && !(await this.#stands(count - 1n))) {
      await this.#deleteWrong(count)
      return true
    }
    if (next - latest !== submissionInterval && next > head.number) {
      // An output of a distant block was proposed, or the L2 was reverted: the usual interval applies again.
      await this.#setInterval(submissionInterval)
      return true
    }
    if (next > head.number) {
      // The first output is due at once, because viem cannot wait with an oracle that has none.
      if (count > 0n && !(await this.#isDue(latest, head))) return false
      await turns.run(() => rpc(l2RpcUrl, 'anvil_mine', [numberToHex(next - head.number), '0x0']))
    }
    // One output for a large gap replaces a hundred, each of which would be an L1 block that the L2 has to derive.
    if (head.number - latest > farBehind && next - latest === submissionInterval) {
      await this.#setInterval(head.number - latest - ((head.number - latest) % submissionInterval))
      return true
    }
    let output: StoredOutput | undefined
    try {
      output = await this.#output(next, latest)
    } catch (cause) {
      if (!(cause instanceof RpcError) || head.number <= next) throw cause
      // The node keeps the states of some hundred blocks, and after a restart none. A user who mines more at once, or a crash,
      // leaves a block whose output can no longer be computed. The output of the head covers all blocks before it.
      log(`the output of the L2 block ${next} cannot be proposed (${cause.message}): that of block ${head.number} is`)
      await this.#setInterval(head.number - latest)
    }
    if (output !== undefined) await this.#propose(output)
    return true
  }

  /** Sets the number of L2 blocks between the last output and the next. The oracle accepts no output of another block. */
  async #setInterval(blocks: bigint): Promise<void> {
    const { l1RpcUrl, oracle } = this.#options
    await rpc(l1RpcUrl, 'anvil_setStorageAt', [oracle, intervalSlot, pad(numberToHex(blocks))])
  }

  /** Whether the L2 still has the block of an output. An output that is not in the store counts as valid. */
  async #stands(index: bigint): Promise<boolean> {
    const { l1RpcUrl, oracle, proofs } = this.#options
    const { root, blockNumber } = await readOutput(l1RpcUrl, oracle, index)
    const known = proofs.get(root)
    return known === undefined || (await this.#block(numberToHex(blockNumber)))?.hash === known.blockHash
  }

  async #propose(output: StoredOutput): Promise<void> {
    const { proofs, log } = this.#options
    // The output is stored first, so that every proposed output can be proven, even when the node has forgotten the state.
    await proofs.add(output)
    const args = [output.root, BigInt(output.blockNumber), pad('0x'), 0n] as const
    await this.#send(encodeFunctionData({ abi: l2OutputOracleAbi, functionName: 'proposeL2Output', args }))
    const withdrawals = output.proof?.storageProof.length ?? 0
    if (withdrawals > 0)
      log(`proposed the output of the L2 block ${output.blockNumber}, which covers new withdrawals: ${withdrawals}`)
  }

  /** Computes the output of a block; `undefined` when the L2 was reverted meanwhile. */
  async #output(number: bigint, previous: bigint): Promise<StoredOutput | undefined> {
    const { l2RpcUrl } = this.#options
    const at = numberToHex(number)
    const [withdrawals, block] = await Promise.all([this.#withdrawals(previous + 1n, number), this.#block(at)])
    if (block === undefined) return undefined
    const slots = withdrawals.map(withdrawalSlot)
    const proof = accountProofSchema.parse(await rpc(l2RpcUrl, 'eth_getProof', [messagePasserAddress, slots, at]))
    const root = outputRoot(block.stateRoot, proof.storageHash, block.hash)
    return { blockNumber: Number(number), blockHash: block.hash, root, ...(slots.length > 0 && { proof }) }
  }

  async #isDue(latest: bigint, head: { readonly number: bigint; readonly hash: Hash }): Promise<boolean> {
    const searched = this.#searched
    const stands = searched !== undefined && (await this.#block(numberToHex(searched.number)))?.hash === searched.hash
    const from = stands && searched.number > latest ? searched.number : latest
    if (from >= head.number) return false
    if ((await this.#withdrawals(from + 1n, head.number)).length > 0) return true
    this.#searched = head
    return false
  }

  /** Hashes of the withdrawals in a range of blocks. */
  async #withdrawals(from: bigint, to: bigint): Promise<Hash[]> {
    const filter = {
      address: messagePasserAddress,
      topics: [messagePassedTopic],
      fromBlock: numberToHex(from),
      toBlock: numberToHex(to),
    }
    const logs = logsSchema.parse(await rpc(this.#options.l2RpcUrl, 'eth_getLogs', [filter]))
    return logs.map(({ data }) => withdrawalHashOf(data))
  }

  /** Deletes the outputs of blocks that the L2 has lost in a crash or a revert. */
  async #deleteWrong(count: bigint): Promise<void> {
    const { l1RpcUrl, oracle, log } = this.#options
    let first = count - 1n
    while (first > 0n && !(await this.#stands(first - 1n))) first--
    const data = encodeFunctionData({ abi: l2OutputOracleAbi, functionName: 'deleteL2Outputs', args: [first] })
    try {
      await rpc(l1RpcUrl, 'eth_call', [{ from: proposerAccount, to: oracle, data }, 'latest'])
      await this.#send(data)
    } catch (cause) {
      if (!(cause instanceof RpcError)) throw cause
      // After the delay the contract refuses, so that its storage is changed in the same way directly.
      await rpc(l1RpcUrl, 'anvil_setStorageAt', [oracle, outputsSlot, pad(numberToHex(first))])
    }
    log(`the L2 lost blocks whose outputs were proposed: deleted ${count - first} outputs`)
  }

  async #block(at: string): Promise<z.infer<typeof blockSchema> | undefined> {
    const block = await rpc(this.#options.l2RpcUrl, 'eth_getBlockByNumber', [at, false])
    return blockSchema.nullable().parse(block) ?? undefined
  }

  /** Sends a transaction to the oracle and waits until it is in a block. The next step sends a dropped one again. */
  async #send(data: Hex): Promise<void> {
    const { l1RpcUrl, oracle, signal } = this.#options
    const call = { from: proposerAccount, to: oracle, data, gas: numberToHex(500_000) }
    const send = async (): Promise<Hash> => hex.parse(await rpc(l1RpcUrl, 'eth_sendTransaction', [call]))
    const hash = await send().catch(async (cause) => {
      if (!(cause instanceof RpcError)) throw cause
      // The node sends for the account only while it impersonates it. A restart or a client may have ended that.
      await rpc(l1RpcUrl, 'anvil_impersonateAccount', [proposerAccount])
      return send()
    })
    const receipt = receiptSchema.parse(await waitUntilMined(l1RpcUrl, hash, signal))
    if (receipt?.status === '0x0') throw new Error(`the proposer's transaction ${hash} failed`)
  }
}
