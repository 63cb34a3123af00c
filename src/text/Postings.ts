/** For each run of words, the texts that hold it, the latest first: lists in two flat arrays, because there are millions. */
export class Postings {
  readonly #first: number[] = []
  readonly #next: number[] = []
  readonly #texts: number[] = []
  readonly #counts: number[] = []

  /** How many texts were added under a run. */
  count(run: number): number {
    return this.#counts[run] ?? 0
  }

  add(run: number, text: number): void {
    while (this.#first.length <= run) {
      this.#first.push(-1)
      this.#counts.push(0)
    }
    this.#next.push(this.#first[run] as number)
    this.#texts.push(text)
    this.#first[run] = this.#texts.length - 1
    this.#counts[run] = (this.#counts[run] as number) + 1
  }

  /** The texts under a run. */
  *of(run: number): Generator<number> {
    for (let at = this.#first[run] ?? -1; at >= 0; at = this.#next[at] as number) yield this.#texts[at] as number
  }
}
