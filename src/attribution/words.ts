// Letters that look Latin and are not: writing "pаyment" with a Cyrillic а must not make a copy look new.
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [...'аеорсухіјѕһԁԛԝкмтвнɡıοαινρτυκχεγ'].map((letter, index) => [
    letter,
    [...'aeopcyxijshdqwkmtbhgioaivptukxey'][index] as string,
  ]),
)

// Scripts written without spaces: each sign is a word.
const unspaced = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}'
const word = new RegExp(`[${unspaced}]|(?:(?![${unspaced}])[\\p{L}\\p{N}])+`, 'gu')

/**
 * The words of a text for comparison: compatibility forms, case, accents, look-alike letters, invisible characters and
 * punctuation are levelled. A text without letters or digits is one word, itself.
 *
 * @example
 * comparableWords('Paris — the CAPITAL\u200b of Ｆrance!') // ['paris', 'the', 'capital', 'of', 'france']
 */
export function comparableWords(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
  const level = plain.replace(/[\u0131\u0261\u0370-\u052f]/gu, (letter) => lookAlikes.get(letter) ?? letter)
  return level.match(word) ?? (level.trim() === '' ? [] : [level.trim()])
}
