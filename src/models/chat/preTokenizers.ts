import { type Component, refused } from './refused.js'

/** Punctuation as Python's tokenizers define it: that of Unicode, and every sign of ASCII. */
const punctuation = '[\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E]'
/** Word characters of Rust's regular expressions. */
const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d'
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

const split = (pattern: string, behavior: 'Isolated' | 'Removed', invert = false): Component => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior,
  invert,
})
const sequence = (...pretokenizers: readonly Component[]): Component => ({ type: 'Sequence', pretokenizers })

/**
 * Rewrites a pre-tokenizer so that the library splits text as Python does.
 *
 * @param first whether no other pre-tokenizer has split the text before
 * @throws Error that names a construct which the library would compute differently
 */
export function portablePreTokenizer(given: Component | null, first = true): Component | null {
  if (given === null) return null
  const type = String(given['type'])
  switch (type) {
    case 'Sequence': {
      const parts = (given['pretokenizers'] ?? []) as readonly Component[]
      return sequence(...parts.map((part, i) => portablePreTokenizer(part, first && i === 0) as Component))
    }
    case 'ByteLevel':
      // In the library's own expression, other characters count as white space.
      return given['use_regex'] === false || given['add_prefix_space'] === true
        ? given
        : sequence(split(gpt2, 'Isolated'), { ...given, use_regex: false })
    case 'Digits':
      return split(given['individual_digits'] === true ? '\\p{N}' : '\\p{N}+', 'Isolated')
    case 'Whitespace':
      return split(`[${word}]+|[^${word}\\s]+`, 'Removed', true)
    case 'WhitespaceSplit':
      return split('\\s+', 'Removed')
    case 'Punctuation':
      return punctuationSplit(behaviorOf(given))
    case 'Metaspace':
      return metaspace(given, first)
    case 'Split':
      return portableSplit(given)
  }
  throw refused(`the pre-tokenizer ${type}`)
}

/** Normalizes the spelling: `merged_with_previous` becomes `MergedWithPrevious`. */
const behaviorOf = (given: Component): string =>
  String(given['behavior'] ?? 'Isolated').replace(/(?:^|_)([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase())

function punctuationSplit(behavior: string): Component {
  if (behavior === 'Isolated' || behavior === 'Removed') return split(punctuation, behavior)
  if (behavior === 'Contiguous') return split(`${punctuation}+`, 'Isolated')
  throw refused(`the pre-tokenizer Punctuation with ${behavior}`)
}

function metaspace(given: Component, first: boolean): Component {
  const { replacement = '▁', str_rep } = given
  if (
    typeof replacement !== 'string' ||
    Array.from(replacement).length !== 1 ||
    (str_rep ?? replacement) !== replacement
  )
    throw refused('the pre-tokenizer Metaspace with this replacement')
  const scheme = given['prepend_scheme'] ?? (given['add_prefix_space'] === false ? 'never' : 'always')
  if (scheme === 'first' && !first) throw refused('the pre-tokenizer Metaspace with prepend_scheme first after another')
  const replaced = { type: 'Metaspace', replacement, prepend_scheme: scheme }
  const sign = `\\u{${(replacement.codePointAt(0) as number).toString(16)}}`
  return given['split'] === false ? replaced : sequence(replaced, split(`${sign}[^${sign}]*`, 'Isolated'))
}

function portableSplit(given: Component): Component {
  const { String: text, Regex: expression } = (given['pattern'] ?? {}) as { String?: string; Regex?: string }
  const behavior = behaviorOf(given)
  const invert = given['invert'] === true
  if (expression !== undefined && /[+*?}]\+|\(\?>/.test(expression.replace(/\\[pP]\{\^?\w+\}|\\./g, '.')))
    throw refused(`the possessive quantifiers of the pre-tokenizer Split`)
  if (behavior === 'Isolated' && !invert) return { ...given, behavior }
  if (behavior === 'Removed' && (invert || expression !== undefined)) return { ...given, behavior }
  // Gemma: a space ends a piece.
  if (behavior === 'MergedWithPrevious' && !invert && text !== undefined && Array.from(text).length === 1) {
    const sign = `\\u{${(text.codePointAt(0) as number).toString(16)}}`
    return split(`[^${sign}]*${sign}`, 'Isolated')
  }
  throw refused(`the pre-tokenizer Split with ${behavior}${invert ? ' and invert' : ''}`)
}
