import { constants } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'
import { decodeUtf8 } from '../../src/files/decodeUtf8.js'
import { readText } from '../../src/files/readText.js'
import { temporaryFolder } from '../models/tinyModel.js'

const text = '{"text": "Ébb, \u{1f30a} and e\u0301bb"}\n'
const folder = temporaryFolder()

test('UTF-8 is kept to the character, and a byte order mark at the start is left out', () => {
  expect(decodeUtf8('a', Buffer.from(text))).toBe(text)
  expect(decodeUtf8('a', Buffer.from(`\ufeff${text}\ufeff`))).toBe(`${text}\ufeff`)
  expect(decodeUtf8('a', Buffer.alloc(0))).toBe('')
  expect(decodeUtf8('a', Buffer.from('a'))).toBe('a')
})

test.each([
  ['Latin-1', Buffer.from('ok\ncaf\xe9 au lait\n', 'latin1'), { line: 2, byte: 4, found: '0xe9' }],
  ['half a surrogate pair', Buffer.from([0x61, 0xed, 0xa0, 0x80]), { line: 1, byte: 2, found: '0xed' }],
  ['a longer form than needed', Buffer.from([0xc0, 0xaf]), { line: 1, byte: 1, found: '0xc0' }],
  ['a cut character at the end', Buffer.from([0x61, 0x0a, 0xf0, 0x9f]), { line: 2, byte: 1, found: '0xf0' }],
  ['a lone byte of a character', Buffer.from([0x0a, 0x0a, 0x61, 0x80]), { line: 3, byte: 2, found: '0x80' }],
])('%s is refused at its place', (_, bytes, place) => {
  expect(() => decodeUtf8('a', bytes)).toThrow(
    expect.objectContaining({ code: 'OL1905', details: { path: 'a', ...place } }),
  )
})

/** A text in units of several bytes. */
function wide(given: string, size: 2 | 4, order: 'LE' | 'BE'): Buffer {
  const units =
    size === 2 ? [...Array(given.length)].map((_, i) => given.charCodeAt(i)) : [...given].map((c) => c.codePointAt(0))
  const bytes = Buffer.alloc(units.length * size)
  for (const [i, unit] of (units as number[]).entries())
    order === 'LE' ? bytes.writeUIntLE(unit, i * size, size) : bytes.writeUIntBE(unit, i * size, size)
  return bytes
}

describe('text of wider units', () => {
  test.each([
    ['UTF-16LE', wide(text, 2, 'LE')],
    ['UTF-16BE', wide(text, 2, 'BE')],
    ['UTF-16', wide(`\ufeff${text}`, 2, 'LE')],
    ['UTF-16', wide(`\ufeff${text}`, 2, 'BE')],
    ['UTF-32LE', wide(text, 4, 'LE')],
    ['UTF-32BE', wide(text, 4, 'BE')],
    ['UTF-32', wide(`\ufeff${text}`, 4, 'LE')],
    ['UTF-32', wide(`\ufeff${text}`, 4, 'BE')],
  ])('%s is refused with the command that converts it', async (encoding, bytes) => {
    const path = join(folder, 'wide.jsonl')
    writeFileSync(path, bytes)
    const error = await readText(path).then(
      () => undefined,
      (thrown: OpenLedgerError) => thrown,
    )
    expect(error).toMatchObject({ code: 'OL1906', details: { path, encoding } })
    const command = /`(.*)`/.exec(error?.hint ?? '')?.[1] as string
    expect(spawnSync('sh', ['-c', command], { cwd: folder }).status).toBe(0)
    expect(readFileSync(join(folder, 'converted'), 'utf8')).toBe(text)
  })
})

test('the command for Latin-1 converts it', () => {
  const path = join(folder, 'latin.txt')
  writeFileSync(path, Buffer.from('caf\xe9 \x93quoted\x94\n', 'latin1'))
  let hint = ''
  try {
    decodeUtf8(path, readFileSync(path))
  } catch (error) {
    hint = (error as OpenLedgerError).hint
  }
  const command = /`(iconv.*?)`/.exec(hint)?.[1] as string
  expect(spawnSync('sh', ['-c', command], { cwd: folder }).status).toBe(0)
  expect(readFileSync(join(folder, 'converted'), 'utf8')).toBe('café “quoted”\n')
})

test('a file longer than a JavaScript string is refused before it is decoded', () => {
  const limit = constants.MAX_STRING_LENGTH
  expect(() => decodeUtf8('long.txt', new Uint8Array(limit + 1))).toThrow(
    expect.objectContaining({ code: 'OL1907', details: { path: 'long.txt', limit } }),
  )
})
