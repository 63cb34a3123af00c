import { expect, test } from '@jest/globals'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatOpen,
  formatShare,
  shortHex,
} from '../../src/terminal/formats.js'

test.each([
  [0n, '0.000000 OPEN'],
  [1n, '<0.000001 OPEN'],
  [999_999_999_999n, '<0.000001 OPEN'],
  [10n ** 12n, '0.000001 OPEN'],
  [1_234_567_999_999_999_999n, '1.234567 OPEN'],
  [-(15n * 10n ** 17n), '-1.500000 OPEN'],
  [-1n, '-<0.000001 OPEN'],
  [10n ** 27n, '1,000,000,000.000000 OPEN'],
])('%s wei is %s', (wei, text) => {
  expect(formatOpen(wei)).toBe(text)
})

test('amounts can have fewer decimals, also none', () => {
  expect(formatOpen(1_999_999_999_999_999_999n, 2)).toBe('1.99 OPEN')
  expect(formatOpen(12_345n * 10n ** 18n, 0)).toBe('12,345 OPEN')
  expect(formatOpen(1n, 0)).toBe('<1 OPEN')
})

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [12_400, '12.4 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 00 s'],
  [3_599_499, '59 min 59 s'],
  [3_599_500, '1 h 00 min'],
  [8_040_000, '2 h 14 min'],
  [Number.POSITIVE_INFINITY, '?'],
])('%s ms lasts %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [4_250_000, '4.25 MB'],
  [999_500, '1.00 MB'],
  [5e15, '5.00e+3 TB'],
])('%s bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('a hash keeps its ends, what is short already stays whole', () => {
  expect(shortHex(`0x8f0a${'0'.repeat(56)}c41d`)).toBe('0x8f0a…c41d')
  expect(shortHex('0x12345678')).toBe('0x12345678')
})

test.each([
  [0, '0 %'],
  [1e-9, '<1 %'],
  [0.005, '1 %'],
  [0.734, '73 %'],
  [0.9949, '99 %'],
  [0.9999, '>99 %'],
  [1 - 1e-12, '100 %'],
  [1, '100 %'],
])('a share of %f is %s', (share, text) => {
  expect(formatShare(share)).toBe(text)
})

test('a count has its noun in the number that it is', () => {
  expect([0, 1, 2].map((count) => formatCount(count, 'answer'))).toEqual(['0 answers', '1 answer', '2 answers'])
})
