import { unsupported } from './limits.js'

/** Digraph letters with a separate title case: upper, title, lower. */
const digraphs = ['Ǆǅǆǅ', 'Ǉǈǉǈ', 'Ǌǋǌǋ', 'Ǳǲǳǲ']

/** Python's title case of one character, which is its upper case with a few exceptions. */
function titleCharacter(character: string): string {
  const digraph = digraphs.find((forms) => forms.includes(character))
  if (digraph !== undefined) return digraph[1] as string
  if (/[\u10d0-\u10fa\u10fd-\u10ff]/.test(character)) return character
  if (/[\u1f80-\u1faf\u1fb2-\u1fb4\u1fb7\u1fbc\u1fc2-\u1fc4\u1fc7\u1fcc\u1ff2-\u1ff4\u1ff7\u1ffc]/.test(character))
    throw unsupported('title case of Greek letters with an iota below')
  const upper = character.toUpperCase()
  // Letters such as ß and ﬁ become several letters, of which only the first is upper case.
  if (!/[ßև\ufb00-\ufb06\ufb13-\ufb17]/.test(character)) return upper
  const [first = '', ...rest] = Array.from(upper)
  return first + rest.join('').toLowerCase()
}

/** Python's `str.capitalize`. */
export function capitalize(text: string): string {
  const [first, ...rest] = Array.from(text)
  return first === undefined ? '' : titleCharacter(first) + lowerAfter(first, rest.join(''))
}

/** Lower case of letters that follow other letters, which decides the form of a final sigma. */
const lowerAfter = (before: string, text: string): string =>
  text.includes('Σ') ? `${before}${text}`.toLowerCase().slice(before.toLowerCase().length) : text.toLowerCase()

/** Python's `str.title`. */
export function title(text: string): string {
  if (text.includes('Σ')) throw unsupported('title case of the letter Σ')
  let wasLetter = false
  return Array.from(text, (character) => {
    const written = wasLetter ? character.toLowerCase() : titleCharacter(character)
    wasLetter = /\p{Cased}/u.test(character)
    return written
  }).join('')
}

/** Python's `str.swapcase`. */
export function swapCase(text: string): string {
  if (text.includes('Σ')) throw unsupported('swapping the case of the letter Σ')
  return Array.from(text, (character) => {
    if (/\p{Uppercase}/u.test(character)) return character.toLowerCase()
    return /\p{Lowercase}/u.test(character) ? character.toUpperCase() : character
  }).join('')
}
