import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { hashJson } from '../../src/files/canonicalJson.js'
import { countFormats, readTrainingRecords } from '../../src/models/trainingRecord.js'
import { temporaryFolder } from './tinyModel.js'

const path = join(temporaryFolder(), 'records.jsonl')

async function read(...lines: readonly unknown[]) {
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return readTrainingRecords(path)
}

test('the shape is decided line by line; other fields are never trained on', async () => {
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: '' },
  ]
  const records = await read(
    { prompt: 'p', completion: 'c', licence: 'CC0-1.0', contributor: '0xab', score: 3 },
    '',
    { messages, id: '0x01' },
    { text: 't' },
  )
  expect(records).toEqual([
    {
      line: 1,
      format: 'prompt-completion',
      content: { prompt: 'p', completion: 'c' },
      id: hashJson({ prompt: 'p', completion: 'c' }),
      contributor: '0xab',
    },
    { line: 3, format: 'messages', content: { messages }, id: '0x01', contributor: undefined },
    { line: 4, format: 'text', content: { text: 't' }, id: hashJson({ text: 't' }), contributor: undefined },
  ])
})

const turns = [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: 'b' },
]

test.each([
  ['alpaca', { instruction: 'i', input: '', output: 'o' }, { instruction: 'i', input: '', output: 'o' }],
  [
    'alpaca',
    { instruction: 'i', input: null, output: 'o', system: 's', history: [['q', 'a']], text: 'below', split: 'train' },
    { instruction: 'i', output: 'o', system: 's', history: [['q', 'a']] },
  ],
  [
    'sharegpt',
    {
      conversations: [
        { from: 'human', value: 'a' },
        { from: 'gpt', value: 'b' },
      ],
    },
    { messages: turns },
  ],
  ['sharegpt', { conversations: turns }, { messages: turns }],
  [
    'sharegpt',
    {
      system: 's',
      tools: '[{"name":"tide"}]',
      conversations: [
        { from: 'human', value: 'a' },
        { from: 'function_call', value: '{"name":"tide","arguments":{}}' },
        { from: 'observation', value: '3 m' },
        { from: 'gpt', value: 'b', weight: 0 },
      ],
    },
    {
      tools: [{ name: 'tide' }],
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'a' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ type: 'function', function: { name: 'tide', arguments: {} } }],
        },
        { role: 'tool', content: '3 m' },
        { role: 'assistant', content: 'b', weight: 0 },
      ],
    },
  ],
  ['prompt-completion', { prompt: turns.slice(0, 1), completion: turns.slice(1) }, undefined],
  [
    'messages',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }], name: 'mara' }, turns[1]], tools: [{ x: 1 }] },
    { messages: [{ role: 'user', content: 'a', name: 'mara' }, turns[1]], tools: [{ x: 1 }] },
  ],
  [
    'messages',
    { messages: [turns[0], { role: 'assistant', content: null, tool_calls: [{ id: '1' }] }] },
    {
      messages: [turns[0], { role: 'assistant', content: '', tool_calls: [{ id: '1' }] }],
    },
  ],
])('%s: %j', async (format, line, content) => {
  expect(await read(line)).toMatchObject([{ format, content: content ?? line }])
})

test('records are counted by shape', async () => {
  expect(countFormats(await read({ text: 'a' }, { instruction: 'i', output: 'o' }, { text: 'b' }))).toEqual({
    text: 2,
    alpaca: 1,
  })
})

test('ids of the shapes that a Datanet has are the hash of their fields', async () => {
  const lines = [{ prompt: 'p', completion: 'c' }, { messages: turns }, { text: 't' }]
  expect((await read(...lines)).map(({ id }) => id)).toEqual(lines.map(hashJson))
  const sharegpt = { conversations: [{ from: 'human', value: 'a' }] }
  expect((await read({ ...sharegpt, source: 'x' }))[0]?.id).toBe(hashJson(sharegpt))
})

describe('a file of JSON', () => {
  const records = [{ text: 'a "quoted" ], b' }, { prompt: 'p', completion: 'c' }]
  test.each([
    ['an array', JSON.stringify(records), [1, 1]],
    ['an array over lines', `\n${JSON.stringify(records, null, 2)}\n`, [3, 6]],
    ['an object with one array', JSON.stringify({ version: 1, tags: { x: [] }, data: records }, null, 2), [7, 10]],
    ['the same on one line', JSON.stringify({ data: records }), [1, 1]],
    ['CRLF and a byte order mark', `\uFEFF${JSON.stringify(records, null, 1).replaceAll('\n', '\r\n')}`, [2, 5]],
    ['lines with CRLF and a mark', `\uFEFF${records.map((r) => JSON.stringify(r)).join('\r\n\r\n')}\r\n`, [1, 3]],
  ])('%s', async (_, text, lines) => {
    const found = await read(text)
    expect(found.map(({ content }) => content)).toEqual(records)
    expect(found.map(({ line }) => line)).toEqual(lines)
  })

  test('one record alone, with arrays of its own', async () => {
    for (const text of [JSON.stringify({ messages: turns }), JSON.stringify({ messages: turns }, null, 2)])
      expect(await read(text)).toMatchObject([{ line: 1, format: 'messages' }])
  })

  test.each([
    ['[{"text": "a"},', 'OL1903', {}],
    ['{\n"data": [', 'OL1903', {}],
    ['{"a": [], "b": []}', 'OL1351', { found: 'an object with the arrays a, b' }],
    ['{\n"a": 1\n}', 'OL1351', { found: 'an object with no array' }],
    ['[\n{"text": "a"},\n7]', 'OL1904', { line: 3 }],
    ['[\n{"text": "a"},\n{"text": ""}]', 'OL1311', { line: 3, record: 2 }],
    ['[]', 'OL1312', {}],
  ])('%j is refused', async (text, code, details) => {
    await expect(read(text)).rejects.toMatchObject({ code, details: { path, ...details } })
  })
})

test('bytes that are no UTF-8 are refused, with their line', async () => {
  await writeFile(
    path,
    Buffer.concat([Buffer.from('{"text":"é"}\n{"text":"caf'), Buffer.of(0xe9), Buffer.from('"}\n')]),
  )
  await expect(readTrainingRecords(path)).rejects.toMatchObject({ code: 'OL1350', details: { path, line: 2 } })
})

describe('a bad line is named with its field', () => {
  const good = { prompt: 'p', completion: 'c' }
  test.each([
    [{ question: 'q', answer: 'a' }, 'question, answer'],
    [{}, '(none)'],
    [{ prompt: 'p' }, 'the fields prompt'],
    [{ prompt: ' ', completion: 'c' }, 'prompt: must not be blank'],
    [{ prompt: 'p', completion: 7 }, 'completion: '],
    [{ text: null }, 'text: '],
    [{ messages: [] }, 'messages: '],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content: '],
    [{ messages: [{ role: '', content: 'c' }] }, 'messages.0.role: '],
    [{ messages: [{ role: 'user', content: 'c', train_detail: [] }] }, 'messages.0.train_detail: '],
    [{ messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 'messages.0.content: must be a string'],
    [{ messages: [{ role: 'user', content: 'c', weight: 2 }] }, 'messages.0.weight: must be 0 or 1'],
    [{ prompt: [{ role: 'user', content: 'c' }], completion: 'c' }, 'completion: '],
    [{ instruction: 'i', output: '' }, 'output: must not be blank'],
    [{ instruction: 'i', output: 'o', history: [['q']] }, 'history.0'],
    [{ conversations: [{ from: 'narrator', value: 'x' }] }, 'conversations.0.from: narrator is none of system, human'],
    [{ conversations: [{ from: 'human' }] }, 'conversations.0.value: '],
    [{ conversations: [{ from: 'function_call', value: 'tide()' }] }, 'conversations.0.value: '],
    [{ ...good, contributor: 5 }, 'contributor: '],
    [{ ...good, id: '' }, 'id: '],
  ])('%j', async (bad, reason) => {
    await expect(read(good, bad)).rejects.toMatchObject({
      code: 'OL1311',
      details: { path, line: 2, reason: expect.stringContaining(reason) },
    })
  })

  test.each([['{"prompt": "p"'], ['[1]'], ['"text"']])('%s', async (bad) => {
    await expect(read(good, bad)).rejects.toMatchObject({ code: 'OL1904', details: { path, line: 2 } })
  })

  test.each([[''], ['\n\n  \n']])('an empty file, %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'OL1312', details: { path } })
  })
})
