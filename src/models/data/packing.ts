import type { Example } from './example.js'

/** Tokens of a row where neither the settings nor a longer record say otherwise. */
const usualLength = 512

/** The tokens that rows of packed examples hold at most. */
export const packedLength = (examples: readonly Example[], maxLength: number | undefined, limit: number): number =>
  Math.min(limit, maxLength ?? Math.max(usualLength, ...examples.map(({ ids }) => ids.length)))

/**
 * Puts several examples into one row, longest first, each into the fullest row that still has room (best-fit decreasing).
 * The examples of a row do not see each other and count their positions from 0, so that loss and gradient are those of
 * the examples by themselves; only the padding is saved. Rows and their examples keep the order that they came in.
 *
 * @param length tokens of a row at most; no example is longer
 */
export function packExamples(examples: readonly Example[], length: number): Example[] {
  const longestFirst = [...examples.keys()].sort((a, b) => sizeAt(examples, b) - sizeAt(examples, a))
  // Rows by the room that is left in them.
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

/** One row of several examples. The first token of each has no label, so none is predicted from another's last. */
const joined = (examples: readonly Example[]): Example => ({
  ids: examples.flatMap(({ ids }) => ids),
  labelled: Uint8Array.from(examples.flatMap(({ labelled }) => [...labelled])),
  truncated: examples.reduce((sum, { truncated }) => sum + truncated, 0),
  lostEnd: examples.some(({ lostEnd }) => lostEnd),
  documents: examples.map(({ ids }) => ids.length),
})
