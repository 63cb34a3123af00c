import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { WrittenNumber } from '../../src/files/WrittenNumber.js'
import type { Row } from '../../src/records/Row.js'
import { readRows } from '../../src/records/readRows.js'
import { rowLimit } from '../../src/records/rowLimit.js'
import { temporaryFolder } from '../models/tinyModel.js'

const fixtures = fileURLToPath(new URL('../fixtures/dataFiles', import.meta.url))
const folder = temporaryFolder()

/** What pandas and pyarrow read; see test/fixtures/dataFiles/make_data_files.py. */
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Record<string, unknown[]>

async function read(name: string, content: string | Uint8Array) {
  const path = join(folder, name)
  writeFileSync(path, content)
  return readRows(path)
}

/** As a spreadsheet, an archive or a library writes it. */
const foreign: readonly [string, readonly number[], string][] = [
  ['sheet.xlsx', [0x50, 0x4b, 3, 4, 0x14], '.xlsx'],
  ['sheet.csv', [0x50, 0x4b, 3, 4, 0x14], '.xlsx'],
  ['sheet.xls', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], '.xls'],
  ['rows.jsonl.zst', [0x28, 0xb5, 0x2f, 0xfd, 4], 'zstd'],
  ['rows.jsonl.xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'xz'],
  ['data.arrow', [0xff, 0xff, 0xff, 0xff, 0x10], 'Hugging Face'],
  ['rows.jsonl.gz', [...gzipSync(gzipSync('{"text":"a"}'))], 'gzip twice'],
]

describe('what is no data file is refused by name', () => {
  test.each(foreign)('%s', async (name, bytes, found) => {
    const error = await refusal(read(name, Uint8Array.from(bytes)))
    expect(error).toMatchObject({ code: 'OL1361', message: expect.stringContaining(found) })
  })

  test.each([
    ['german.csv', 'prompt;completion\r\nWas?;Ein Lot\r\n', 'a semicolon separates the columns instead of a comma'],
    ['tabs.csv', 'prompt\tcompletion\nWhat?\tA lead\n', 'a tab separates the columns instead of a comma'],
    ['semicolons.tsv', 'prompt;completion\nWhat?;A lead\n', 'instead of a tab'],
  ])('%s has other signs between its columns', async (name, text, reason) => {
    const error = await refusal(read(name, text))
    expect(error).toMatchObject({ code: 'OL1353', message: expect.stringContaining(reason) })
  })
})

test.each([
  ['lines.jsonl.gz', '{}\n', ''],
  ['array.json.gz', '{},', '['],
  ['rows.csv.gz', 'a,b\n', ''],
])('a small file that unpacks to too many rows is refused: %s', async (name, row, before) => {
  const packed = gzipSync(before + row.repeat(rowLimit + 2))
  expect(packed.length).toBeLessThan(100_000)
  expect(await refusal(read(name, packed))).toMatchObject({ code: 'OL1362' })
})

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: { readonly code: string; readonly message: string }) => error,
  )

describe('rows are those that pandas reads', () => {
  test.each(Object.keys(expected).filter((name) => name !== 'parquet'))('%s', async (name) => {
    const { rows, faults } = await readRows(join(fixtures, name))
    expect(faults).toEqual([])
    expect(rows.map(({ value }) => value)).toEqual(expected[name])
  })

  const parquet = readdirSync(fixtures).filter((name) => /_[12]\.parquet$/.test(name))
  test('floats inside of messages are told apart from integers, as Python prints them', async () => {
    const path = join(fixtures, 'nested.parquet')
    const { rows } = await readRows(path, undefined, { asWritten: true })
    const { messages, score } = (rows[0] as Row).value as unknown as {
      messages: { calls: { arguments: object }[] }[]
      score: unknown
    }
    expect(score).toBe(1)
    expect(messages[1]?.calls[0]?.arguments).toEqual({
      degrees: new WrittenNumber('20.0'),
      rooms: 3,
      steps: [new WrittenNumber('1.0'), 2.5, new WrittenNumber('-0.0'), new WrittenNumber('1e+22')],
    })
    const [plain] = (await readRows(path)).rows
    expect(JSON.stringify(plain?.value)).toContain('{"degrees":20,"rooms":3,"steps":[1,2.5,')
  })

  test.each(parquet)('%s', async (name) => {
    const { rows, faults } = await readRows(join(fixtures, name))
    expect(faults).toEqual([])
    const shown = (cell: unknown): unknown =>
      cell instanceof Date ? '<datetime>' : cell instanceof Uint8Array ? '<bytes>' : cell
    const values = rows.map(({ value }) => Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shown(v)])))
    expect(values).toEqual(expected['parquet'])
    expect(rows.map(({ unit, line, record }) => [unit, line, record])).toEqual([1, 2, 3, 4].map((i) => ['row', i, i]))
  })

  test('there is one for each compression and page', () => {
    expect(parquet).toHaveLength(12)
  })
})

test('the hash is of the bytes on the disk', async () => {
  const path = join(fixtures, 'packed.csv.gz')
  const { createHash } = await import('node:crypto')
  expect((await readRows(path)).sha256).toBe(`0x${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
})

describe('CSV', () => {
  test('a row is named by the line on which it begins', async () => {
    const { rows } = await readRows(join(fixtures, 'quotes.csv'))
    expect(rows.map(({ line, record }) => [line, record])).toEqual([
      [2, 1],
      [5, 2],
      [6, 3],
      [7, 4],
    ])
  })

  test.each([
    ['too few cells', 'a,b\n1,2\n3\n', 3, 'it has 1 column, the first row names 2'],
    ['too many cells', 'a,b\n1,2\n\n3,4,5\n', 4, 'it has 3 columns, the first row names 2'],
    ['a cell that goes on after its quote', 'a,b\n1,"2" 3\n', 2, 'column "b" continues after the quote'],
  ])('%s: the row is refused, and the next is read', async (_, text, line, reason) => {
    const { rows, faults } = await read('bad.csv', `${text}5,6\n`)
    expect(faults).toMatchObject([{ code: 'OL1353', details: { line, reason: expect.stringContaining(reason) } }])
    expect(rows.at(-1)?.value).toEqual({ a: '5', b: '6' })
  })

  test.each([
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', 'never closed'],
    ['two columns of one name', 'a,b,a\n1,2,3\n', 'column 3 has the name "a" again'],
    ['a zero character', 'a,b\n1,\0\n', 'U+0000'],
  ])('%s: the file is refused', async (_, text, reason) => {
    await expect(read('bad.csv', text)).rejects.toMatchObject({
      code: 'OL1353',
      details: { reason: expect.stringContaining(reason) },
    })
  })

  test('of Latin-1 is refused at its place', async () => {
    await expect(read('bad.csv', Buffer.from('a\ncaf\xe9\n', 'latin1'))).rejects.toMatchObject({
      code: 'OL1905',
      details: { line: 2, byte: 4 },
    })
  })
})

describe('Parquet', () => {
  test('text that is not UTF-8 is refused by column and row, a number that is no double by field', async () => {
    const { rows, faults } = await readRows(join(fixtures, 'latin.parquet'))
    expect(rows.map(({ value }) => value)).toEqual([
      { text: 'sound', n: 1 },
      { text: 'sound too', n: 2 },
    ])
    expect(faults).toMatchObject([{ code: 'OL1354', message: expect.stringContaining('column "text" of row 3') }])
  })

  test('a damaged file is refused', async () => {
    const sound = readFileSync(join(fixtures, 'zstd_1.parquet'))
    const cut = sound.subarray(0, 500)
    const changed = Buffer.from(sound)
    changed.fill(0x55, 40, 90)
    for (const bytes of [cut, changed, Buffer.from('PAR1')])
      expect(await refusal(read('bad.parquet', bytes))).toMatchObject({ code: 'OL1354' })
  })
})

describe('gzip', () => {
  test.each([
    ['lines.jsonl.gz', '{"text": "a"}\n', { text: 'a' }],
    ['any-name', '[{"text": "a"}]', { text: 'a' }],
    ['table.tsv.gz', 'a\tb\n1\t2\n', { a: '1', b: '2' }],
  ])('%s', async (name, text, value) => {
    expect((await read(name, gzipSync(text))).rows).toMatchObject([{ value, line: name === 'table.tsv.gz' ? 2 : 1 }])
  })

  test('that is damaged is refused', async () => {
    expect(await refusal(read('bad.jsonl.gz', gzipSync('{"text": "a"}').subarray(0, 20)))).toMatchObject({
      code: 'OL1355',
    })
  })
})

describe('JSON', () => {
  test('an object of objects has a record in each', async () => {
    const { rows } = await read('index.json', '{\n "17": {"a": [1]},\n "18": {"a": []}\n}')
    expect(rows).toMatchObject([
      { line: 2, record: 1, value: { a: [1] } },
      { line: 3, record: 2, value: { a: [] } },
    ])
  })

  test('a fault in one element of an array does not hide the next', async () => {
    const { rows, faults } = await read('array.json', '[\n {"a": 1, "a": 2},\n {"a": 3}, 7,\n {"b": "\\ud800"}]')
    expect(rows).toMatchObject([{ line: 3, record: 2, value: { a: 3 } }])
    expect(faults).toMatchObject([
      { code: 'OL1904', details: { line: 2, reason: 'column 11: the key "a" is there twice in one object' } },
      { code: 'OL1904', details: { line: 3, reason: 'found 7' } },
      {
        code: 'OL1904',
        details: { line: 4, reason: expect.stringContaining('column 8: a text holds half a character') },
      },
    ])
  })

  test('a record that is nested too deep is refused', async () => {
    const deep = `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const { rows, faults } = await read('deep.jsonl', `${deep}\n{"a": 1}\n`)
    expect(rows).toHaveLength(1)
    expect(faults).toMatchObject([{ code: 'OL1904', details: { line: 1 } }])
  })

  test.each([
    ['plain text', 'First Citizen:\nBefore we proceed any further, hear me speak.\n'],
    ['columns without the name', 'a;b\nx;y\n'],
  ])('%s is no data file', async (_, text) => {
    expect(await refusal(read('input.txt', text))).toMatchObject({ code: 'OL1352' })
  })

  test.each([
    ['a key twice', '{"a": {"x": 1}, "a": {"x": 2}}\n', 'the key "a" is there twice'],
    ['an unclosed line', '{"a": 1\n{"a": 2}\n', 'the text ends too early'],
  ])('%s', async (_, text, reason) => {
    const { faults } = await read('lines.jsonl', `${text}{"a": 3}\n`)
    expect(faults).toMatchObject([{ code: 'OL1904', details: { line: 1, reason: expect.stringContaining(reason) } }])
  })
})
