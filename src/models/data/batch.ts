import type { Feeds } from '../../onnx/runtime/Program.js'
import type { Example } from './example.js'

/** The static shape of a program over sequences. */
export interface BatchShape {
  readonly batch: number
  /** Tokens per sequence, padding included. */
  readonly length: number
  /** Rows of the language model head: labelled tokens of the whole batch, padding included. */
  readonly labels: number
  /** Whether a row holds several examples, which do not attend to each other. */
  readonly packed?: true
}

/** Sequences are padded to a multiple of this, so that few programs are compiled. */
const lengthStep = 16
/** Labelled rows are padded to a multiple of this share of the batch's tokens. */
const labelSteps = 4

export const labelCount = ({ labelled }: Example): number => labelled.reduce((sum, bit) => sum + bit, 0)

/**
 * The smallest shape on a grid that holds the examples. Because of the grid, most batches share a program.
 *
 * @param batch sequences of the program; a smaller last batch is filled with empty sequences
 */
export function shapeFor(examples: readonly Example[], batch: number, maximumLength: number): BatchShape {
  const longest = Math.max(1, ...examples.map(({ ids }) => ids.length))
  const length = Math.min(Math.ceil(longest / lengthStep) * lengthStep, Math.max(maximumLength, longest))
  const step = Math.max(1, Math.ceil((batch * length) / labelSteps))
  const labels = Math.max(
    1,
    examples.reduce((sum, example) => sum + labelCount(example), 0),
  )
  const packed = examples.some(({ documents }) => documents !== undefined)
  return { batch, length, labels: Math.ceil(labels / step) * step, ...(packed && { packed }) }
}

export const shapeKey = ({ batch, length, labels, packed }: BatchShape): string =>
  `${batch}x${length}/${labels}${packed ? ' packed' : ''}`

export interface Collated {
  readonly feeds: Feeds
  /** The index of the example that each labelled row belongs to; -1 for padding. */
  readonly owner: Int32Array
}

/**
 * Lays examples out as the feeds of a loss program. Row i describes the i-th labelled token: the position that predicts it,
 * its id, and its weight in the loss. Padding rows have weight 0.
 *
 * @param weightOf the weight of each labelled token of an example, by the example's index in the batch
 */
export function collate(
  examples: readonly Example[],
  { batch, length, labels, packed }: BatchShape,
  weightOf: (index: number) => number,
): Collated {
  const ids = new Int32Array(batch * length)
  const positions = new Int32Array(labels)
  const targets = new Int32Array(labels)
  const weights = new Float32Array(labels)
  const owner = new Int32Array(labels).fill(-1)
  let row = 0
  for (const [index, example] of examples.entries()) {
    ids.set(example.ids, index * length)
    for (let t = 1; t < example.ids.length; t++) {
      if (!example.labelled[t]) continue
      positions[row] = index * length + t - 1
      targets[row] = example.ids[t] as number
      weights[row] = weightOf(index)
      owner[row] = index
      row++
    }
  }
  const feeds = { ids, positions, targets, weights }
  return { feeds: packed ? { ...feeds, ...borders(examples, batch, length) } : feeds, owner }
}

/** The feeds of `packedContext`, which separate the examples of packed rows. */
function borders(examples: readonly Example[], batch: number, length: number) {
  const tokenPositions = new Int32Array(batch * length)
  // Padding belongs to no example.
  const segments = new Float32Array(batch * length).fill(-1)
  for (const [index, { ids, documents = [ids.length] }] of examples.entries()) {
    let at = index * length
    for (const [document, size] of documents.entries()) {
      segments.fill(document, at, at + size)
      for (let t = 0; t < size; t++) tokenPositions[at + t] = t
      at += size
    }
  }
  return { tokenPositions, segments }
}
