import { describe, expect, test } from '@jest/globals'
import { comparableWords, statedWords } from '../../src/text/words.js'

describe('statedWords', () => {
  test.each([
    ['case, white space and punctuation', 'Leave it,\tto PORT!', 'leave it to port'],
    ['compatibility forms', 'ﬁx the ｅｎｇｉｎｅ', 'fix the engine'],
    ['invisible characters', 'im\u00adpel\u200bler', 'impeller'],
    ['turns of direction and selectors of variants', 'the \u202eimpeller\u202c\ufe0f', 'the impeller'],
    ['apostrophes', 'don’t', "don't"],
    ['dashes of every kind', '10–20', '10-20'],
    ['all of case', 'STRASSE ΣΟΦΟΣ', 'straße σοφος'],
  ])('ignores %s', (_, a, b) => {
    expect(statedWords(a)).toEqual(statedWords(b))
  })

  test.each([
    ['2+2', '2-2'],
    ['5 °C', '-5 °C'],
    ['5', '5%'],
    ['1.5', '15'],
    ['?!', '...'],
    ['año', 'ano'],
    ['fail', 'fall'],
    ['сор', 'cop'],
  ])('keeps %s and %s apart', (a, b) => {
    expect(statedWords(a)).not.toEqual(statedWords(b))
  })
})

describe('comparableWords', () => {
  const plain = 'Before Noon the Heavy PUMP is still oiled; every impeller turns'

  test.each([
    ['Cyrillic', { a: 'а', e: 'е', o: 'о', p: 'р', c: 'с', y: 'у', B: 'В', H: 'Н', P: 'Р', M: 'М', U: 'Ս', T: 'Т' }],
    ['Greek', { o: 'ο', B: 'Β', N: 'Ν', H: 'Η', P: 'Ρ', M: 'Μ', v: 'ν', u: 'υ', i: 'ι' }],
    ['mathematical', { a: '𝐚', e: '𝑒', s: '𝗌', t: '𝚝' }],
    ['full width', { e: 'ｅ', v: 'ｖ', y: 'ｙ' }],
    ['small capitals and letters of phonetics', { o: 'ᴏ', v: 'ᴠ', s: 'ꜱ', i: 'ı', l: 'ⅼ', g: 'ɡ' }],
    ['dotted, crossed and hooked', { e: 'ė', o: 'ø', l: 'ł', i: 'ɨ', t: 'ŧ' }],
    ['capital I and bars for l', { l: 'I' }],
    ['rn for m', { m: 'rn' }],
  ] as const)('reads %s letters as what they look like', (_, letters: Readonly<Record<string, string>>) => {
    const disguised = [...plain].map((letter) => letters[letter] ?? letter).join('')
    expect(disguised).not.toBe(plain)
    expect(comparableWords(disguised)).toEqual(comparableWords(plain))
  })

  test('every letter of the alphabet has a Cyrillic or Greek double that is found, where there is one', () => {
    const pairs = [
      'аa',
      'еe',
      'оo',
      'рp',
      'сc',
      'уy',
      'хx',
      'іi',
      'ѕs',
      'јj',
      'һh',
      'ԁd',
      'ԛq',
      'ԝw',
      'ɡg',
      'νv',
      'ІI',
      'ΑA',
      'ΕE',
      'ΚK',
      'ΤT',
      'ΧX',
      'ΥY',
      'ΖZ',
    ]
    for (const pair of pairs) {
      const [double, letter] = [...pair] as [string, string]
      expect(comparableWords(`${double}${double}7`)).toEqual(comparableWords(`${letter}${letter}7`))
    }
  })

  test.each([
    ['one combining mark', (letter: string) => `${letter}\u0301`],
    ['a heap of them', (letter: string) => `${letter}\u0301\u0322\u0336\u035c`],
    ['marks of another script', (letter: string) => `${letter}\u093f\u0e49`],
    ['a zero width space', (letter: string) => `${letter}\u200b`],
    ['a word joiner and a filler', (letter: string) => `${letter}\u2060\u3164`],
    ['a turn of direction', (letter: string) => `\u2066${letter}\u2069`],
    ['a tag and a selector', (letter: string) => `${letter}\u{e0041}\ufe0f\u{e0100}`],
  ])('sees through %s on every letter', (_, disguise) => {
    expect(comparableWords(plain.replace(/\p{L}/gu, disguise))).toEqual(comparableWords(plain))
  })

  test('digits are those of any script, and never letters', () => {
    expect(comparableWords('٣ ३ ๓ ３ 𝟛')).toEqual(['3', '3', '3', '3', '3'])
    expect(comparableWords('c0py')).not.toEqual(comparableWords('copy'))
    expect(comparableWords('he11o')).not.toEqual(comparableWords('hello'))
    expect(comparableWords('10')).not.toEqual(comparableWords('lo'))
  })

  test('words of other scripts stay different words', () => {
    for (const [a, b] of [
      ['कि', 'की'],
      ['น้ำ', 'นำ'],
      ['כתב', 'כתר'],
      ['海', '河'],
      ['мир', 'мор'],
    ] as const)
      expect(comparableWords(a)).not.toEqual(comparableWords(b))
    expect(comparableWords('海の水')).toHaveLength(3)
  })

  test('a text without letters is one word, and a blank one has none', () => {
    expect(comparableWords(' ?! ')).toEqual(['?!'])
    expect(comparableWords(' \u200b\n')).toEqual([])
  })
})
