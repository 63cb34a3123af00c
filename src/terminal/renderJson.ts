/** What JSON lets pass and a terminal would obey: the second half of the control characters, and what turns text around. */
const steering = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/** JSON knows numbers of 16 bits only: a character beyond them is two. */
const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/**
 * One JSON document on one line; amounts are bigint and become decimal strings, since JSON numbers lose digits. Characters that
 * would steer a terminal are escaped; the document means the same.
 */
export function renderJson(document: unknown): string {
  const text = JSON.stringify(document, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return text.replace(steering, escaped)
}
