import { describe, expect, test } from '@jest/globals'
import stringWidth from 'string-width'
import { createStyle } from '../../src/terminal/Style.js'
import { pad, stripColours, textWidth, truncate, wrap } from '../../src/terminal/textWidth.js'
import { fakeSurroundings } from './fakeSurroundings.js'

const { stdout } = fakeSurroundings({ terminal: true })
const { red } = createStyle(stdout, { FORCE_COLOR: '1' }, true).paint

test.each([
  ['mara', 4],
  ['', 0],
  ['日本語', 6],
  ['한국', 4],
  ['e\u0301', 1],
  ['🐝', 2],
  ['…', 1],
  [red('four'), 4],
])('%s is %i columns wide', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

test('a text is cut by columns, not by code units', () => {
  expect(truncate('contributor', 11)).toBe('contributor')
  expect(truncate('contributor', 6)).toBe('contr…')
  expect(truncate('日本語です', 6)).toBe('日本…')
  expect(textWidth(truncate('日本語です', 6))).toBeLessThanOrEqual(6)
  expect(truncate('🐝🐝', 3)).toBe('🐝…')
  expect(truncate('abc', 0)).toBe('')
})

test('what fits keeps its colours, what is cut loses them whole', () => {
  expect(truncate(red('ok'), 2)).toBe(red('ok'))
  expect(truncate(red('declined'), 4)).toBe('dec…')
  expect(stripColours(red('x'))).toBe('x')
})

test('lines break at white space and never inside a word', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('a --very-long-flag b', 6)).toEqual(['a', '--very-long-flag', 'b'])
  expect(wrap('one\ntwo', 80)).toEqual(['one', 'two'])
})

test('padding counts columns', () => {
  expect(pad('日本', 6)).toBe('日本  ')
  expect(pad('7', 3, 'right')).toBe('  7')
  expect(pad('long', 2)).toBe('long')
})

describe('as string-width counts', () => {
  test('every character of the planes in use that is printed as it is, and samples of the others', () => {
    const different: string[] = []
    for (let code = 0x20; code < 0x110000; code += code < 0x20000 ? 1 : 101) {
      const character = String.fromCodePoint(code)
      // Surrogates and controls are no characters, and what steers a terminal is shown as its number.
      if (/[\p{Surrogate}\p{Control}]/u.test(character) || stripColours(character) !== character) continue
      if (textWidth(character) !== stringWidth(character)) different.push(code.toString(16))
    }
    // Skin tones: alone they are a picture, and string-width says so only in an emoji.
    expect(different.filter((code) => !/^1f3f[b-f]$/.test(code))).toEqual([])
  })

  test.each([
    '👨‍👩‍👧',
    '🏳️‍🌈',
    '🇬🇧',
    '🇬🇧🇫🇷',
    '🇬',
    '👍🏽',
    '❤️',
    '❤',
    '☎️',
    '1️⃣',
    '#⃣',
    '🧑🏽‍🚀',
    '🐈‍⬛',
    '🫱🏻‍🫲🏿',
    '©️',
    '©',
    'ก็',
    '각',
    'x🇯🇵y',
  ])('%s', (text) => {
    expect(textWidth(text)).toBe(stringWidth(text))
  })

  test('a picture of several characters is not cut in two', () => {
    expect(truncate('👨‍👩‍👧 family', 3)).toBe('👨‍👩‍👧…')
    expect(truncate('🇬🇧🇫🇷', 3)).toBe('🇬🇧…')
  })
})
