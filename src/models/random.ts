/**
 * A seeded generator of uniform numbers in [0, 1) with 32 random bits: xoshiro128** (Blackman and Vigna 2018,
 * https://prng.di.unimi.it), its state filled by splitmix32. The same seed gives the same adapter on every platform.
 */
export class Random {
  readonly #state: Uint32Array

  constructor(seed: number) {
    let x = seed >>> 0
    this.#state = Uint32Array.from({ length: 4 }, () => {
      x = (x + 0x9e3779b9) >>> 0
      let z = x
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      return (z ^ (z >>> 15)) >>> 0
    })
  }

  /** A generator that resumes from the {@link state} of another. */
  static from(state: readonly number[]): Random {
    const random = new Random(0)
    random.#state.set(state)
    return random
  }

  /** The state of the generator: four 32-bit integers. */
  get state(): readonly number[] {
    return [...this.#state]
  }

  /** The next number in [0, 1). */
  uniform(): number {
    const s = this.#state
    const [s0, s1, s2, s3] = s as unknown as [number, number, number, number]
    const product = Math.imul(s1, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    s[2] = s2 ^ s0
    s[3] = s3 ^ s1
    s[1] = s1 ^ (s[2] as number)
    s[0] = s0 ^ (s[3] as number)
    s[2] = (s[2] as number) ^ (s1 << 9)
    const t = s[3] as number
    s[3] = (t << 11) | (t >>> 21)
    return result / 2 ** 32
  }

  /** The next number of the standard normal distribution (Box and Muller 1958, one of their two numbers). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /**
   * Fills an array with the factors of torch.nn.functional.dropout: 0 with a probability, else 1 / (1 - probability). The
   * probability is rounded to 16 bits, because each draw serves two elements.
   */
  fillDropout(into: Float32Array, probability: number): void {
    const limit = Math.round(probability * 0x10000)
    const kept = 1 / (1 - probability)
    let [s0, s1, s2, s3] = this.#state as unknown as [number, number, number, number]
    // These are the steps of uniform(), with the state in local variables: there are millions of elements.
    for (let i = 0; i < into.length; i += 2) {
      const product = Math.imul(s1, 5)
      const bits = Math.imul((product << 7) | (product >>> 25), 9)
      const t = s1 << 9
      s2 ^= s0
      s3 ^= s1
      s1 ^= s2
      s0 ^= s3
      s2 ^= t
      s3 = (s3 << 11) | (s3 >>> 21)
      // The sign of the difference replaces a branch, which no processor could predict.
      into[i] = kept * (1 - (((bits & 0xffff) - limit) >>> 31))
      into[i + 1] = kept * (1 - (((bits >>> 16) - limit) >>> 31))
    }
    this.#state.set([s0, s1, s2, s3])
  }

  /** Sets each element to a uniform number in [-bound, bound). */
  fillSymmetric(into: Float32Array, bound: number): void {
    for (let i = 0; i < into.length; i++) into[i] = (this.uniform() * 2 - 1) * bound
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<Item>(items: Item[]): Item[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1))
      const kept = items[i] as Item
      items[i] = items[j] as Item
      items[j] = kept
    }
    return items
  }
}
