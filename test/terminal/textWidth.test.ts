import { expect, test } from '@jest/globals'
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
