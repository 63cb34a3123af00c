import { eastAsianWidth } from 'get-east-asian-width'
import { colourCodes, escapeSteering } from './printable.js'

const zeroWidth = /^[\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Format}\p{Default_Ignorable_Code_Point}]$/u

const widthOf = (character: string): number =>
  zeroWidth.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) as number)

/** Joiners, variation selectors, keycaps, halves of flags and skin tones: with them several characters are one picture. */
const joining = /[\u200d\ufe0f\u20e3\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u
const picture = /\p{Emoji}.*[\u200d\ufe0f\u20e3\u{1f3fb}-\u{1f3ff}]|^[\u{1f1e6}-\u{1f1ff}]{2}$/u

/** Loading ICU's rules takes a third of the time of a whole help, so only texts that need them pay for them. */
let segmenter: Intl.Segmenter | undefined

/** What a text is drawn of, each with its columns. */
function drawn(text: string): { readonly part: string; readonly width: number }[] {
  if (!joining.test(text)) return Array.from(text, (part) => ({ part, width: widthOf(part) }))
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment: part }) => ({
    part,
    width: picture.test(part) ? 2 : [...part].reduce((sum, character) => sum + widthOf(character), 0),
  }))
}

/** The text as it will be seen, without colours: what steers a terminal takes the room of its number. */
export const stripColours = (text: string): string => escapeSteering(text.replace(colourCodes, ''))

const printableAscii = /^[ -~]*$/

/** Columns that a text takes up on a terminal. */
export function textWidth(text: string): number {
  // Most texts are of such letters, and the tables of Unicode take longer to load than a whole help to write.
  if (printableAscii.test(text)) return text.length
  return drawn(stripColours(text)).reduce((sum, { width }) => sum + width, 0)
}

/** The text cut to `width` columns, with an ellipsis when something is lost. Colours are lost with the rest. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { part, width: next } of drawn(stripColours(text))) {
    if (used + next > width - 1) break
    kept += part
    used += next
  }
  return width < 1 ? '' : `${kept}…`
}

/** Breaks a text at white space into lines of at most `width` columns; a longer word keeps its own line. */
export const wrap = (text: string, width: number): string[] =>
  text.split('\n').flatMap((paragraph) => fill(paragraph.split(/\s+/), width))

/** Puts words on lines of at most `width` columns; a longer word keeps its own line. */
export function fill(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The text filled with spaces to `width` columns. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - textWidth(text)))
  return side === 'left' ? text + spaces : spaces + text
}
