import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Hash } from 'viem'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hex } from '../../files/hexSchemas.js'
import { reasonOf } from '../../files/reasonOf.js'
import { systemCode } from '../../files/systemCode.js'
import { accountProofSchema } from './withdrawalProof.js'

const storedOutputSchema = z.object({
  /** L2 block of the output. */
  blockNumber: z.int().nonnegative(),
  blockHash: hex,
  root: hex,
  /** The answer of `eth_getProof` for the withdrawals that this output is the first to cover; absent when there are none. */
  proof: accountProofSchema.optional(),
})

/** A proposed output, and the proofs of its withdrawals. */
export type StoredOutput = z.infer<typeof storedOutputSchema>

/**
 * The proposed outputs with the proofs of their withdrawals, in a JSON Lines file. The file keeps proofs that a restarted node
 * can no longer compute, because it has forgotten the states of old blocks. A line is written before its output is proposed,
 * so that every proposed output is stored. A line that a crash cut off is skipped.
 */
export class ProofStore {
  readonly #path: string | undefined
  readonly #byRoot = new Map<Hash, StoredOutput>()
  readonly #byBlock = new Map<Hash, StoredOutput>()

  /** Makes a store in memory only; {@link ProofStore.open} reads a file. */
  constructor(path?: string) {
    this.#path = path
  }

  /**
   * Reads the file, if there is one. Later outputs are added to it.
   *
   * @throws OL1900 when the file cannot be read
   */
  static async open(path: string): Promise<ProofStore> {
    const store = new ProofStore(path)
    try {
      for (const line of (await readFile(path, 'utf8')).split('\n')) store.#read(line)
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT') {
        throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
      }
    }
    return store
  }

  #read(line: string): void {
    try {
      this.#keep(storedOutputSchema.parse(JSON.parse(line)))
    } catch {
      // A crash cut the line off before its output was proposed.
    }
  }

  #keep(output: StoredOutput): void {
    this.#byRoot.set(output.root, output)
    this.#byBlock.set(output.blockHash, output)
  }

  /** The output with this root. */
  get(root: Hash): StoredOutput | undefined {
    return this.#byRoot.get(root)
  }

  /**
   * Adds an output. A stored output stays as it is.
   *
   * @throws OL1901 when the file cannot be written
   */
  async add(output: StoredOutput): Promise<void> {
    const path = this.#path
    if (this.#byRoot.has(output.root)) return
    if (path !== undefined) {
      try {
        await mkdir(dirname(path), { recursive: true })
        const file = await open(path, 'a')
        try {
          // The line break comes first, so that the remains of a crash spoil only their own line.
          await file.appendFile(`\n${JSON.stringify(output)}`)
          if (output.proof !== undefined) await file.sync()
        } finally {
          await file.close()
        }
      } catch (cause) {
        throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
      }
    }
    this.#keep(output)
  }

  /**
   * The stored proof of withdrawals for some slots, in the form of `eth_getProof`.
   *
   * @returns `undefined` unless every slot has a proof
   */
  proof(blockHash: Hash, slots: readonly Hash[]): StoredOutput['proof'] {
    const { proof } = this.#byBlock.get(blockHash) ?? {}
    if (proof === undefined) return undefined
    const bySlot = new Map(proof.storageProof.map((entry) => [BigInt(entry.key), entry]))
    const storageProof = slots.map((slot) => bySlot.get(BigInt(slot)))
    return storageProof.every((entry) => entry !== undefined) ? { ...proof, storageProof } : undefined
  }
}
