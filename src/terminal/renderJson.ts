/** Characters that JSON allows but a terminal would obey: the second half of the control characters, and format characters. */
const steering = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/** JSON escapes have 16 bits, so that a character beyond them takes two. */
const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/**
 * Renders a JSON document on one line. Amounts are bigint and become decimal strings, because JSON numbers lose digits.
 * Characters that would control a terminal are escaped, which does not change the meaning of the document.
 */
export function renderJson(document: unknown): string {
  const text = JSON.stringify(document, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return text.replace(steering, escaped)
}
