import { colourCodes, escapeSteering } from './printable.js'

const zeroWidth = /^[\p{Mark}\p{Cf}]$/u
/** Hangul, CJK, full-width forms, and what is drawn as a picture: two columns each. */
const doubleWidth =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u

const widthOf = (character: string): number => (zeroWidth.test(character) ? 0 : doubleWidth.test(character) ? 2 : 1)

/** The text as it will be seen, without colours: what steers a terminal takes the room of its number. */
export const stripColours = (text: string): string => escapeSteering(text.replace(colourCodes, ''))

const printableAscii = /^[ -~]*$/

/** Columns that a text takes up on a terminal. */
export function textWidth(text: string): number {
  // Most texts are of such letters, and the tables of Unicode take longer to load than a whole help to write.
  if (printableAscii.test(text)) return text.length
  let width = 0
  for (const character of stripColours(text)) width += widthOf(character)
  return width
}

/** The text cut to `width` columns, with an ellipsis when something is lost. Colours are lost with the rest. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const character of stripColours(text)) {
    const next = widthOf(character)
    if (used + next > width - 1) break
    kept += character
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
