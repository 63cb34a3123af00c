import { type Component, refused } from './refused.js'

/**
 * Refuses added tokens that Python's tokenizers would match at other places: tokens that match whole words only, and
 * overlapping tokens of which only one is normalized, because Python matches those that are not normalized first.
 *
 * @throws Error that names the token
 */
export function checkAddedTokens(tokens: readonly Component[]): void {
  const contents: { raw: string[]; normalized: string[] } = { raw: [], normalized: [] }
  for (const token of tokens) {
    const content = String(token['content'])
    if (token['single_word'] === true) throw refused(`single_word of the added token ${JSON.stringify(content)}`)
    contents[(token['normalized'] ?? token['special'] !== true) ? 'normalized' : 'raw'].push(content)
  }
  for (const raw of contents.raw)
    for (const normalized of contents.normalized)
      if (overlap(raw, normalized))
        throw refused(
          `that the added tokens ${JSON.stringify(raw)} and ${JSON.stringify(normalized)} overlap and only one is normalized`,
        )
}

/** Whether two texts can occur with shared characters: one contains the other, or an end of one begins the other. */
function overlap(a: string, b: string): boolean {
  if (a.includes(b) || b.includes(a)) return true
  for (let length = 1; length < Math.min(a.length, b.length); length++)
    if (a.endsWith(b.slice(0, length)) || b.endsWith(a.slice(0, length))) return true
  return false
}
