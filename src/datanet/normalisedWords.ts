/**
 * The words of a text without what an editor changes for nothing: Unicode compatibility forms, invisible characters, case,
 * white space and punctuation. Signs that carry meaning stay: symbols, % & @ # * / \ and a minus before a digit.
 *
 * Letters of other scripts that look alike stay different.
 */
export function normalisedWords(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}|['\u2019]/gu, '')
    .toLowerCase()
    .replace(/\p{Pd}(?=\p{N})/gu, '\u2212')
  const words = plain
    .replace(/(?![%&@#*/\\])\p{P}/gu, ' ')
    .split(/\s+/u)
    .filter(Boolean)
  return words.length > 0 ? words : [plain]
}
