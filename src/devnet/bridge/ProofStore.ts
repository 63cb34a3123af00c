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
  /** L2 block that the output is of. */
  blockNumber: z.int().nonnegative(),
  blockHash: hex,
  root: hex,
  /** The answer of `eth_getProof` for the withdrawals that this output is the first to cover; left out when there are none. */
  proof: accountProofSchema.optional(),
})

/** One proposed output, and the proofs of the withdrawals in it. */
export type StoredOutput = z.infer<typeof storedOutputSchema>

/**
 * The outputs that were proposed, with the proofs of their withdrawals, in a file of JSON Lines. A node forgets the states
 * of old blocks when it restarts; what is here stays. A line is written before its output is proposed, so that nothing is
 * ever proposed that is not here; a line that a crash cut off is passed over.
 */
export class ProofStore {
  readonly #path: string | undefined
  readonly #byRoot = new Map<Hash, StoredOutput>()
  readonly #byBlock = new Map<Hash, StoredOutput>()

  /** One that is kept in memory only; {@link ProofStore.open} reads a file. */
  constructor(path?: string) {
    this.#path = path
  }

  /**
   * Reads the file, if there is one, and adds to it from then on.
   *
   * @throws OL1900 when it cannot be read
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
      // The end of a write that was cut off: its output was not proposed.
    }
  }

  #keep(output: StoredOutput): void {
    this.#byRoot.set(output.root, output)
    this.#byBlock.set(output.blockHash, output)
  }

  /** The output that the oracle keeps as this root. */
  get(root: Hash): StoredOutput | undefined {
    return this.#byRoot.get(root)
  }

  /**
   * Adds an output. One that is there already is left as it is.
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
          // A new line first: whatever a crash left behind then spoils no line but its own.
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
   * The proof of withdrawals as `eth_getProof` gave it, for the slots that were asked for.
   *
   * @returns `undefined` unless it is here for every one of them
   */
  proof(blockHash: Hash, slots: readonly Hash[]): StoredOutput['proof'] {
    const { proof } = this.#byBlock.get(blockHash) ?? {}
    if (proof === undefined) return undefined
    const bySlot = new Map(proof.storageProof.map((entry) => [BigInt(entry.key), entry]))
    const storageProof = slots.map((slot) => bySlot.get(BigInt(slot)))
    return storageProof.every((entry) => entry !== undefined) ? { ...proof, storageProof } : undefined
  }
}
