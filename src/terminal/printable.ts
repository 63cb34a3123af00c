/**
 * Stands in front of each colour code of ours until the text is written. It is drawn for each process, so that no record, answer
 * or file name, all of which were written earlier, can hold it and pass for a colour of ours.
 */
export const colourMark = `\u{10fffd}${Math.random().toString(36).slice(2)}`

/** All colour codes of ours in a text. */
export const colourCodes = new RegExp(`${colourMark}\\[[0-9;]*m`, 'g')

/**
 * Control characters but line breaks and tabs; format characters, among them those that reverse the direction of writing, but
 * the two joiners, which belong to emoji and to several scripts; and Unicode's own line and paragraph separators.
 */
const steering = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) as number).toString(16)}}`

/**
 * The text as it may be written to a terminal: colours that {@link createStyle} painted work, and every other character that
 * would steer the terminal or turn the text around is shown by its number. Everything that openledger prints passes through
 * here, so that no text from a stranger can move the cursor, set a title or hide words.
 *
 * @example
 * printable('\u001b]0;owned\u0007') // '\\u{1b}]0;owned\\u{7}'
 */
export const printable = (text: string): string => escapeSteering(text).replaceAll(colourMark, '\u001b')

/** The text with every character that steers a terminal shown by its number; colours of ours stay marked. */
export const escapeSteering = (text: string): string => text.replace(steering, escaped)

/**
 * The text on one line, with every character that cannot be seen shown by a sign or its number: for a record that somebody
 * judges by what they see.
 *
 * @example
 * visible('one\ntwo\u200b') // 'one⏎two\\u{200b}'
 */
export const visible = (text: string): string =>
  text
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0]/gu, escaped)
