import type { Passage } from './Passage.js'
import { RecordCopies } from './RecordCopies.js'

/**
 * For each text the one that it copies, or itself. Texts are taken in the order of the list: the first is the original, whoever
 * wrote it, and a copy of a copy that is no copy of the original is an original itself, so that no chain of small edits, and no
 * text pasted together from several, ties two originals to each other. See {@link RecordCopies} for what a copy is.
 *
 * @returns an index for each text, its own where it is an original
 * @example
 * originalsOf([tide, moon, tideWithOneWordChanged].map((text) => [{ text, learned: true }])) // Int32Array [0, 1, 0]
 */
export function originalsOf(texts: readonly (readonly Passage[])[]): Int32Array {
  const finder = new RecordCopies()
  const sketches = texts.map((passages) => finder.sketch(passages))
  for (const sketch of sketches) finder.count(sketch)
  /** The originals, by the finder's numbers. */
  const known: number[] = []
  return Int32Array.from(sketches, (sketch, text) => {
    const copy = finder.find(sketch)
    if (copy !== undefined) return known[copy.of] as number
    finder.add(sketch)
    known.push(text)
    return text
  })
}
