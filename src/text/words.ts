import { lookAlikes } from './lookAlikes.generated.js'

const ascii = /^\p{ASCII}*$/u
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const apostrophes = /['\u2019\u02bc]/g
const letterOf: ReadonlyMap<string, string> = new Map(
  lookAlikes.flatMap(([letters, characters]) => [...characters].map((character) => [character, letters] as const)),
)

// These are accents, and marks that belong to no script. Vowel signs of Devanagari or Thai are part of words and stay.
const addedMarks = /(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{ASCII}]\p{M}*)\p{M}|(?=\p{sc=Inherited})\p{M}/gu

// In scripts without spaces, each sign is a word.
const unspaced = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}'
const word = new RegExp(`[${unspaced}]\\p{M}*|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`, 'gu')

/** Full case folding: ß and ẞ become ss, ſ becomes s, and the final ς becomes σ. */
const foldCase = (text: string): string => text.toUpperCase().toLowerCase().replaceAll('ς', 'σ')

/** Converts a decimal digit of any script to ASCII; in Unicode, digits come in runs of ten from zero. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) as number
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}

/**
 * The words of a text without differences that carry no meaning: compatibility forms, invisible characters, case, white space
 * and punctuation. Signs that carry meaning stay: accents, symbols, % & @ # * / \ and a minus before a digit. Two texts with
 * equal words say the same.
 *
 * @example
 * statedWords('Leave it,\tto PORT!') // ['leave', 'it', 'to', 'port']
 */
export function statedWords(text: string): string[] {
  const plain = foldCase(text.normalize('NFKC').replace(invisible, '').replace(apostrophes, '')).replace(
    /\p{Pd}(?=\p{N})/gu,
    '\u2212',
  )
  const words = plain
    .replace(/(?![%&@#*/\\])\p{P}/gu, ' ')
    .split(/\s+/u)
    .filter(Boolean)
  return words.length > 0 ? words : [plain]
}

/**
 * The words of a text for finding copies. In addition to {@link statedWords}, accents are removed, letters and digits of other
 * scripts that look like Latin ones are replaced by them (Unicode TR39), and i, l and |, or rn and m, are equal. So exchanging
 * characters in a way that readers overlook does not make a new word. A text without letters or digits is one word, itself; a
 * blank text has none. The words are for comparison only, not for display.
 *
 * @example
 * comparableWords('Pаris — the CAPITAL\u200b of Ｆrance!') // ['parls', 'the', 'capltal', 'of', 'france']
 */
export function comparableWords(text: string): string[] {
  const level = foldCase(ascii.test(text) ? text : foldScripts(text))
    .replace(apostrophes, '')
    .replace(/(?<=\p{L})\||\|(?=\p{L})/gu, 'l')
    .replaceAll('i', 'l')
    .replaceAll('rn', 'm')
  return level.match(word) ?? (level.trim() === '' ? [] : [level.trim()])
}

/** Replaces look-alikes before case folding: Ν looks like N, but its lower case ν looks like v. */
const foldScripts = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(invisible, '')
    .replace(addedMarks, '')
    .replace(/\P{ASCII}/gu, (character) => letterOf.get(character) ?? character)
    .replace(/(?![0-9])\p{Nd}/gu, digitOf)
