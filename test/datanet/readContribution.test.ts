import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { addContribution, readContribution } from '../../src/datanet/intake/addContribution.js'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { hashJson } from '../../src/files/canonicalJson.js'
import type { FieldMap } from '../../src/records/FieldMap.js'
import { accountOf, forEachDatanet, type temporaryFolder } from './fixtures.js'

const mara = accountOf(4)
const fixtures = fileURLToPath(new URL('../fixtures/dataFiles', import.meta.url))

let folder: ReturnType<typeof temporaryFolder>
let store: DatanetStore

forEachDatanet((made) => {
  ;({ folder, store } = made)
})

async function add(
  content: string | Uint8Array,
  { name = 'notes.jsonl', map }: { name?: string; map?: FieldMap } = {},
) {
  const path = join(folder.path, name)
  writeFileSync(path, content)
  return addContribution(store, await readContribution(path, map), { account: mara })
}

const stored = (): string[] =>
  store.database
    .prepare<[], { content: string }>('SELECT content FROM records ORDER BY contribution, rowid')
    .all()
    .map(({ content }) => content)

describe('text that would be signed as something else', () => {
  test.each([
    ['Latin-1', Buffer.from('{"text":"ok"}\n{"text":"caf\xe9"}\n', 'latin1'), 'OL1905', { line: 2, byte: 13 }],
    ['UTF-16', Buffer.from('\ufeff{"text":"ok"}\n', 'utf16le'), 'OL1906', { encoding: 'UTF-16' }],
    ['a key twice', '{"text":"mine"}\n{"text":"a","text":"b"}\n', 'OL1904', { line: 2 }],
    ['a key twice inside', '{"messages":[{"role":"assistant","content":"a","content":"b"}]}\n', 'OL1904', { line: 1 }],
    ['half a character', '{"text":"a\\ud800"}\n', 'OL1904', { line: 1 }],
    ['depth without end', `{"text":"a","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}\n`, 'OL1904', { line: 1 }],
  ])('%s is refused, and nothing stored', async (_, content, code, details) => {
    await expect(add(content)).rejects.toMatchObject({ code, details })
    expect(stored()).toEqual([])
  })

  test('is kept to the character: no other normal form, and no mark at the start', async () => {
    const text = 'e\u0301bb, \u00e9bb, \u{1f30a}'
    await add(`\ufeff${JSON.stringify({ text })}\r\n`)
    expect(stored()).toEqual([JSON.stringify({ text })])
  })
})

describe('bad records', () => {
  test('are counted, and the first ten shown', async () => {
    const lines = Array.from({ length: 14 }, (_, i) => JSON.stringify(i === 0 ? { text: 'good' } : { text: ' ', n: i }))
    const refused = add(`${lines.join('\n')}\n{"text":\n`)
    await expect(refused).rejects.toMatchObject({ code: 'OL1357', details: { bad: 14, total: 15 } })
    const { message } = (await refused.catch((error: unknown) => error)) as Error
    const list = message.split('\n').slice(1)
    expect(list).toHaveLength(11)
    expect(list[0]).toMatch(/^- OL1100 .*notes\.jsonl, line 2: `text` is blank$/)
    expect(list[10]).toBe('- and 4 more')
    expect(stored()).toEqual([])
  })

  test('whose signatures are missing are counted too', async () => {
    const path = join(folder.path, 'unsigned.jsonl')
    const by = { contributor: mara.address }
    writeFileSync(
      path,
      [{ text: 'a', ...by }, { text: 'b' }, { text: 'c', ...by }].map((line) => JSON.stringify(line)).join('\n'),
    )
    const refused = addContribution(store, await readContribution(path))
    await expect(refused).rejects.toMatchObject({ code: 'OL1357', details: { bad: 3, total: 3 } })
  })
})

describe('tables', () => {
  test('are read by the columns that are named; the others are not signed', async () => {
    const map = { prompt: 'question', completion: 'answer' }
    await add('"question",answer,note\nEbb?,"Out, and low",x\n', { name: 'faq.csv', map })
    expect(stored()).toEqual(['{"completion":"Out, and low","prompt":"Ebb?"}'])
  })

  test('whose metadata alone is named keep the content that each row has', async () => {
    await add('text,terms,note\nSlack water.,MIT,x\n', { name: 'faq.csv', map: { licence: 'terms' } })
    expect(stored()).toEqual(['{"text":"Slack water."}'])
    expect(store.record(hashJson({ text: 'Slack water.' }))?.licence).toBe('MIT')
  })

  test('without names have only the fields of records', async () => {
    await expect(add('text,note\na,b\n', { name: 'faq.csv' })).rejects.toMatchObject({
      code: 'OL1100',
      details: { line: 2, field: 'note' },
    })
  })

  test('may leave columns empty, as Parquet does', async () => {
    const { added } = await add('prompt,completion,text,licence\n,,a,\nEbb?,Out,,MIT\n', { name: 'mixed.csv' })
    expect(added).toEqual([hashJson({ text: 'a' }), hashJson({ prompt: 'Ebb?', completion: 'Out' })])
    expect(store.record(added[1] as `0x${string}`)?.licence).toBe('MIT')
  })

  test('of Parquet have the same records', async () => {
    const contribution = await readContribution(join(fixtures, 'zstd_2.parquet'), { text: 'large' })
    const { added } = await addContribution(
      store,
      { ...contribution, lines: contribution.lines.slice(0, 1) },
      { account: mara },
    )
    expect(added).toEqual([hashJson({ text: 'a' })])
  })
})
