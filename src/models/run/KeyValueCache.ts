import type { Feeds } from '../../onnx/runtime/Program.js'
import type { ModelConfig } from '../layers/ModelConfig.js'

/** Initial capacity in tokens; it doubles when it is full, so that there are few programs and at least half is in use. */
const leastCapacity = 256

/** The KV cache of one text, in the layout of the feeds of `cachedContext`. */
export class KeyValueCache {
  readonly #heads: number
  /** `key.0`, `value.0`, ...: each [keyValueHeads, capacity, headSize]. */
  readonly #kept = new Map<string, Float32Array>()
  #ids: number[] = []
  #capacity = 0

  constructor({ keyValueHeads }: Pick<ModelConfig, 'keyValueHeads'>) {
    this.#heads = keyValueHeads
  }

  /** The cached tokens. */
  get ids(): readonly number[] {
    return this.#ids
  }

  /** Capacity in tokens; 0 while the cache is empty. */
  get capacity(): number {
    return this.#capacity
  }

  /** The feeds `past.key.0`, `past.value.0`, ...; views, not copies. */
  feeds(): Feeds {
    return Object.fromEntries([...this.#kept].map(([name, data]) => [`past.${name}`, data]))
  }

  /** Drops all but the first tokens. */
  truncate(length: number): void {
    this.#ids = this.#ids.slice(0, length)
  }

  /**
   * Appends new tokens.
   *
   * @param added `key.0`, `value.0`, ...: each [keyValueHeads, length, headSize], padded after the tokens
   */
  append(ids: readonly number[], added: Readonly<Record<string, Float32Array>>, length: number): void {
    const start = this.#ids.length
    this.#reserve(start + ids.length)
    for (const [name, data] of Object.entries(added)) {
      const size = data.length / this.#heads / length
      const kept = this.#room(name, size)
      for (let head = 0; head < this.#heads; head++) {
        const from = head * length * size
        kept.set(data.subarray(from, from + ids.length * size), (head * this.#capacity + start) * size)
      }
    }
    this.#ids.push(...ids)
  }

  #room(name: string, size: number): Float32Array {
    const kept = this.#kept.get(name) ?? new Float32Array(this.#heads * this.#capacity * size)
    this.#kept.set(name, kept)
    return kept
  }

  #reserve(tokens: number): void {
    if (tokens <= this.#capacity) return
    const before = this.#capacity
    this.#capacity = Math.max(leastCapacity, 2 ** Math.ceil(Math.log2(tokens)))
    for (const [name, old] of this.#kept) {
      const size = old.length / this.#heads / before
      const kept = new Float32Array(this.#heads * this.#capacity * size)
      for (let head = 0; head < this.#heads; head++) {
        const row = old.subarray(head * before * size, (head + 1) * before * size)
        kept.set(row, head * this.#capacity * size)
      }
      this.#kept.set(name, kept)
    }
  }
}
