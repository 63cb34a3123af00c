/**
 * Marks each colour code of ours until the text is written. Every process draws a new mark at random, so that no record,
 * answer or file name, all of which are older, can contain it and pass as a colour of ours.
 */
export const colourMark = `\u{10fffd}${Math.random().toString(36).slice(2)}`

/** Matches all colour codes of ours in a text. */
export const colourCodes = new RegExp(`${colourMark}\\[[0-9;]*m`, 'g')

/**
 * Control characters except line breaks and tabs, and Unicode's line and paragraph separators. Format characters too, among
 * them those that reverse the direction of writing, except the two joiners, which emoji and several scripts need.
 */
const steering = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) as number).toString(16)}}`

/**
 * Makes a text safe for a terminal. Colours that {@link createStyle} painted work; every other character that would control
 * the terminal or reverse the text is shown by its number. All output of openledger passes through this function, so that no
 * text from a stranger can move the cursor, set a title or hide words.
 *
 * @example
 * printable('\u001b]0;owned\u0007') // '\\u{1b}]0;owned\\u{7}'
 */
export const printable = (text: string): string => escapeSteering(text).replaceAll(colourMark, '\u001b')

/** Shows every character that controls a terminal by its number. Colours of ours stay marked. */
export const escapeSteering = (text: string): string => text.replace(steering, escaped)

/**
 * Puts a text on one line and shows every invisible character by a sign or its number, for a reviewer who judges a record by
 * its appearance.
 *
 * @example
 * visible('one\ntwo\u200b') // 'one⏎two\\u{200b}'
 */
export const visible = (text: string): string =>
  text
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0]/gu, escaped)
