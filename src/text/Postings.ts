/**
 * An inverted index: for each word or run of words, the texts that contain it, latest first. The lists are stored in flat
 * arrays, because there are millions of them.
 */
export class Postings {
  readonly #first: number[] = []
  readonly #next: number[] = []
  readonly #texts: number[] = []
  readonly #counts: number[] = []

  /** Number of texts under a key. */
  count(key: number): number {
    return this.#counts[key] ?? 0
  }

  add(key: number, text: number): void {
    while (this.#first.length <= key) {
      this.#first.push(-1)
      this.#counts.push(0)
    }
    this.#next.push(this.#first[key] as number)
    this.#texts.push(text)
    this.#first[key] = this.#texts.length - 1
    this.#counts[key] = (this.#counts[key] as number) + 1
  }

  /** The texts under a key. */
  *of(key: number): Generator<number> {
    for (let at = this.#first[key] ?? -1; at >= 0; at = this.#next[at] as number) yield this.#texts[at] as number
  }
}
