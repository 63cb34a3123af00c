import type { Example } from './example.js'

/** Default tokens per row, unless a record is longer. */
const usualLength = 512

/** The length of packed rows, in tokens. */
export const packedLength = (examples: readonly Example[], maxLength: number | undefined, limit: number): number =>
  Math.min(limit, maxLength ?? Math.max(usualLength, ...examples.map(({ ids }) => ids.length)))

/**
 * Packs several examples into one row, longest first, each into the fullest row with room for it (best-fit decreasing).
 * The examples of a row do not attend to each other and count positions from 0, so loss and gradient equal those of the
 * separate examples; packing only saves padding. Rows, and examples within a row, keep their original order.
 *
 * @param length tokens per row; no example may be longer
 */
export function packExamples(examples: readonly Example[], length: number): Example[] {
  const longestFirst = [...examples.keys()].sort((a, b) => sizeAt(examples, b) - sizeAt(examples, a))
  // Rows are indexed by their free room.
  const rows: number[][][] = Array.from({ length: length + 1 }, () => [])
  for (const index of longestFirst) {
    const size = sizeAt(examples, index)
    let room = size
    while (room < length && (rows[room] as number[][]).length === 0) room++
    const row = (rows[room] as number[][]).pop() ?? []
    row.push(index)
    ;(rows[room - size] as number[][]).push(row)
  }
  return rows
    .flat()
    .map((row) => row.sort((a, b) => a - b))
    .sort((a, b) => (a[0] as number) - (b[0] as number))
    .map((row) => joined(row.map((index) => examples[index] as Example)))
}

const sizeAt = (examples: readonly Example[], index: number): number => (examples[index] as Example).ids.length

/** Joins examples to one row. The first token of an example has no label, so none is predicted from another example. */
const joined = (examples: readonly Example[]): Example => ({
  ids: examples.flatMap(({ ids }) => ids),
  labelled: Uint8Array.from(examples.flatMap(({ labelled }) => [...labelled])),
  truncated: examples.reduce((sum, { truncated }) => sum + truncated, 0),
  lostEnd: examples.some(({ lostEnd }) => lostEnd),
  documents: examples.map(({ ids }) => ids.length),
})
