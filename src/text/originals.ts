import type { Passage } from './Passage.js'
import { RecordCopies } from './RecordCopies.js'

/**
 * For each text, the original that it copies, or itself. The order of the list decides: of several copies the first is the
 * original, regardless of its author. Copies are compared with originals only; a text that resembles a copy but not its original is an
 * original itself, so no chain of small edits, and no text pasted from several, joins two originals. {@link RecordCopies}
 * defines a copy.
 *
 * @returns an index for each text; an original has its own
 * @example
 * originalsOf([tide, moon, tideWithOneWordChanged].map((text) => [{ text, learned: true }])) // Int32Array [0, 1, 0]
 */
export function originalsOf(texts: readonly (readonly Passage[])[]): Int32Array {
  const finder = new RecordCopies()
  const sketches = texts.map((passages) => finder.sketch(passages))
  for (const sketch of sketches) finder.count(sketch)
  /** The index of each original, by its number in the finder. */
  const known: number[] = []
  return Int32Array.from(sketches, (sketch, text) => {
    const copy = finder.find(sketch)
    if (copy !== undefined) return known[copy.of] as number
    finder.add(sketch)
    known.push(text)
    return text
  })
}
