import { describe, expect, test } from '@jest/globals'
import { printable, visible } from '../../src/terminal/printable.js'
import { createStyle } from '../../src/terminal/Style.js'
import { textWidth } from '../../src/terminal/textWidth.js'
import { fakeSurroundings } from './fakeSurroundings.js'

const { stdout, environment } = fakeSurroundings({ terminal: true, environment: { FORCE_COLOR: '1' } })
const { paint } = createStyle(stdout, environment, true)

describe('printable', () => {
  test.each([
    ['a title of the window', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
    ['a colour', '\u001b[8mhidden', '\\u{1b}[8mhidden'],
    ['the one-byte form of a control sequence', '\u009b2J', '\\u{9b}2J'],
    ['a carriage return over what was written', 'approve\rreject', 'approve\\u{d}reject'],
    ['a backspace', 'ab\b\bcd', 'ab\\u{8}\\u{8}cd'],
    ['text turned around', 'safe\u202etxt.exe', 'safe\\u{202e}txt.exe'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['a zero-width space', 'o\u200bpen', 'o\\u{200b}pen'],
    ['a tag character', 'x\u{e0041}', 'x\\u{e0041}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('shows %s by its number', (_, text, expected) => {
    expect(printable(text)).toBe(expected)
  })

  test('keeps lines, tabs, every script and emoji of several parts', () => {
    const text = 'one\n\ttwo  mañana  שלום  می‌خواهم  👩‍👩‍👧  e\u0301'
    expect(printable(text)).toBe(text)
  })

  test('lets the colours of a style work, one inside the other too', () => {
    expect(printable(paint.red('no'))).toBe('\u001b[31mno\u001b[39m')
    expect(printable(paint.bold(`a ${paint.green('b')} c`))).toBe('\u001b[1ma \u001b[32mb\u001b[39m c\u001b[22m')
  })

  test('takes no colour from the text that is painted', () => {
    expect(printable(paint.red('\u001b[8mno\u001b[0m'))).toBe('\u001b[31m\\u{1b}[8mno\\u{1b}[0m\u001b[39m')
  })
})

test('widths count what will be seen', () => {
  expect(textWidth(paint.red('four'))).toBe(4)
  expect(textWidth('\u001b[31mx')).toBe('\\u{1b}[31mx'.length)
})

test('visible puts a text on one line with nothing unseen in it', () => {
  expect(visible('one\ntwo\t\u200b\u00a0\u001b[1m')).toBe('one⏎two⇥\\u{200b}\\u{a0}\\u{1b}[1m')
})
