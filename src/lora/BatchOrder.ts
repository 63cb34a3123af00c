import { Random } from '../models/random.js'
import type { TrainingSettings } from './settings.js'

/** How far the examples have been gone through. */
export interface OrderPosition {
  /** 1-based. */
  readonly epoch: number
  /** Examples of the epoch that were taken. */
  readonly taken: number
  /** The generator's state before the epoch's order was drawn. */
  readonly random: readonly number[]
}

/** Effective batches, epoch after epoch, each epoch in an order of its own. Batches never span two epochs. */
export class BatchOrder {
  readonly #count: number
  readonly #size: number
  readonly #shuffle: boolean
  readonly #random: Random
  #order: readonly number[] = []
  #position: OrderPosition

  /** @param start a generator for the first epoch, or a position to go on from */
  constructor(
    count: number,
    { batchSize, gradientAccumulation, shuffle }: TrainingSettings,
    start: Random | OrderPosition,
  ) {
    this.#count = count
    this.#size = batchSize * gradientAccumulation
    this.#shuffle = shuffle
    const position = start instanceof Random ? { epoch: 1, taken: 0, random: start.state } : start
    this.#random = Random.from(position.random)
    this.#position = position
    this.#draw()
  }

  /** Where a new order given this position goes on. */
  get position(): OrderPosition {
    return this.#position
  }

  /** Whether the next batch is the first of another epoch. */
  get atEpochEnd(): boolean {
    return this.#position.taken >= this.#count
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
    const order = Array.from({ length: this.#count }, (_, i) => i)
    this.#order = this.#shuffle ? this.#random.shuffle(order) : order
  }
}
