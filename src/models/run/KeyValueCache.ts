import type { Feeds } from '../../onnx/runtime/Program.js'
import type { ModelConfig } from '../layers/ModelConfig.js'

/** Room is made for so many tokens first, and doubled whenever it runs out: few programs, and half of it is in use. */
const leastCapacity = 256

/** Keys and values of the tokens of one text, in the form that a program over `cachedContext` is fed. */
export class KeyValueCache {
  readonly #heads: number
  /** `key.0`, `value.0`, ...: each [keyValueHeads, capacity, headSize]. */
  readonly #kept = new Map<string, Float32Array>()
  #ids: number[] = []
  #capacity = 0

  constructor({ keyValueHeads }: Pick<ModelConfig, 'keyValueHeads'>) {
    this.#heads = keyValueHeads
  }

  /** The tokens whose keys and values are here. */
  get ids(): readonly number[] {
    return this.#ids
  }

  /** Tokens that there is room for; 0 while there are none. */
  get capacity(): number {
    return this.#capacity
  }

  /** `past.key.0`, `past.value.0`, ...; views, not copies. */
  feeds(): Feeds {
    return Object.fromEntries([...this.#kept].map(([name, data]) => [`past.${name}`, data]))
  }

  /** Forgets all but the first tokens. */
  truncate(length: number): void {
    this.#ids = this.#ids.slice(0, length)
  }

  /**
   * Puts new tokens behind the others.
   *
   * @param added `key.0`, `value.0`, ...: each [keyValueHeads, length, headSize], padded behind the tokens
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
