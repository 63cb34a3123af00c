import { Random } from '../../models/random.js'
import type { TrainingSettings } from '../settings/settings.js'

/** The position within the batches of a training. */
export interface OrderPosition {
  /** 1-based. */
  readonly epoch: number
  /** Number of examples of the epoch that were drawn. */
  readonly taken: number
  /** The generator's state before the epoch's order was drawn. */
  readonly random: readonly number[]
}

/**
 * Draws effective batches, epoch after epoch. Each epoch has its own order, which can group examples of similar length. A batch
 * never spans two epochs.
 */
export class BatchOrder {
  readonly #lengths: readonly number[]
  readonly #size: number
  readonly #shuffle: boolean
  readonly #grouped: boolean
  readonly #random: Random
  #order: readonly number[] = []
  #position: OrderPosition

  /**
   * @param lengths number of tokens of each example
   * @param start a generator for the first epoch, or a position to resume from
   */
  constructor(
    lengths: readonly number[],
    { batchSize, gradientAccumulation, shuffle, groupByLength }: TrainingSettings,
    start: Random | OrderPosition,
  ) {
    this.#lengths = lengths
    this.#grouped = groupByLength
    this.#size = batchSize * gradientAccumulation
    this.#shuffle = shuffle
    const position = start instanceof Random ? { epoch: 1, taken: 0, random: start.state } : start
    this.#random = Random.from(position.random)
    this.#position = position
    this.#draw()
  }

  /** The position, from which a new order can resume. */
  get position(): OrderPosition {
    return this.#position
  }

  /** Whether the next batch begins a new epoch. */
  get atEpochEnd(): boolean {
    return this.#position.taken >= this.#lengths.length
  }

  /** The examples of the next step, by index. */
  next(): { readonly indices: readonly number[]; readonly epoch: number } {
    if (this.atEpochEnd) {
      this.#position = { epoch: this.#position.epoch + 1, taken: 0, random: this.#random.state }
      this.#draw()
    }
    const { epoch, taken } = this.#position
    const indices = this.#order.slice(taken, taken + this.#size)
    this.#position = { ...this.#position, taken: taken + indices.length }
    return { indices, epoch }
  }

  #draw(): void {
    const order = [...this.#lengths.keys()]
    if (this.#shuffle) this.#random.shuffle(order)
    this.#order = this.#grouped ? groupByLength(order, this.#lengths, this.#size) : order
  }
}

/**
 * Puts examples of similar length next to each other, but keeps some randomness: it cuts the order into mega-batches of 50
 * batches, or of a quarter of the data, and sorts each from long to short. The longest example of all comes first, so that a
 * lack of memory shows at once. From the same permutation, transformers' get_length_grouped_indices (`group_by_length`) makes
 * the same order.
 *
 * @param order a permutation of the examples
 * @param size examples per batch
 */
export function groupByLength(order: readonly number[], lengths: readonly number[], size: number): number[] {
  const length = (index: number | undefined): number => lengths[index as number] as number
  const megaSize = size * Math.max(1, Math.min(Math.floor(lengths.length / (size * 4)), 50))
  const grouped: number[] = []
  let longest = 0
  for (let start = 0; start < order.length; start += megaSize) {
    grouped.push(...order.slice(start, start + megaSize).sort((a, b) => length(b) - length(a)))
    if (length(grouped[start]) > length(grouped[longest])) longest = start
  }
  const [first, swapped] = [grouped[0] as number, grouped[longest] as number]
  grouped[0] = swapped
  grouped[longest] = first
  return grouped
}
