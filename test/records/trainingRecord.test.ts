import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { hashJson } from '../../src/files/canonicalJson.js'
import { ChatTemplate } from '../../src/models/chat/jinja/ChatTemplate.js'
import { countFormats, readTrainingRecords } from '../../src/records/trainingRecord.js'
import { temporaryFolder } from '../models/tinyModel.js'

const path = join(temporaryFolder(), 'records.jsonl')

async function read(...lines: readonly unknown[]) {
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return (await readTrainingRecords([path])).records
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
  expect(records).toMatchObject([
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

test('numbers in tool calls reach the chat template as they are written, and give the same id', async () => {
  const call =
    '{"degrees": 20.0, "power": 1e5, "count": 1, "zero": -0.0, "big": 1e21, "digits": 1000000000000000000000}'
  const said = `{"role": "assistant", "tool_calls": [{"function": {"name": "heat", "arguments": ${call}}}], "weight": 1.0}`
  const question = '{"role": "user", "content": "Warm it."}'
  const line = `{"messages": [${question}, ${said}], "tools": [{"default": 1.0}], "score": 1.0}`
  const [record, from] = await read(
    line,
    JSON.stringify({
      conversations: [
        { from: 'human', value: 'Warm it.' },
        { from: 'function_call', value: `{"name": "heat", "arguments": ${call}}` },
      ],
    }),
  )
  const template = new ChatTemplate('{{ messages[1].tool_calls[0].function.arguments | tojson }} {{ tools }}')
  // What Python's json gives of these texts.
  const printed =
    '{"degrees": 20.0, "power": 100000.0, "count": 1, "zero": -0.0, "big": 1e+21, "digits": 1000000000000000000000}'
  expect(template.render({ ...record?.content })).toBe(`${printed} [{'default': 1.0}]`)
  expect(template.render({ ...from?.content })).toBe(`${printed} `)
  expect(record?.id).toBe(
    hashJson({ messages: [JSON.parse(question), { ...JSON.parse(said), content: '' }], tools: [{ default: 1 }] }),
  )
})

test('a sequence is a positive integer, as number or as text; any other field of that name is none', async () => {
  const given = [1, '12', 0, -3, 1.5, '007', 'MKVLGA', 2 ** 53, null, [4]]
  const records = await read(...given.map((sequence) => ({ text: 't', sequence })), { text: 't' })
  expect(records.map(({ sequence }) => sequence)).toEqual([1, 12, ...Array(9).fill(undefined)])
  expect(new Set(records.map(({ id }) => id)).size).toBe(1)
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

test('bytes that are no UTF-8 are refused, with their line and place', async () => {
  await writeFile(
    path,
    Buffer.concat([Buffer.from('{"text":"é"}\n{"text":"caf'), Buffer.of(0xe9), Buffer.from('"}\n')]),
  )
  const details = { path, line: 2, byte: 13, found: '0xe9' }
  await expect(readTrainingRecords([path])).rejects.toMatchObject({ code: 'OL1905', details })
})

describe('a bad line is named with its field', () => {
  const good = { prompt: 'p', completion: 'c' }
  test.each([
    [{ question: 'q', answer: 'a' }, 'question, answer'],
    [{}, '(none)'],
    [{ question: 'q', answer: 'a' }, "add --map 'prompt=question,completion=answer'"],
    [{ prompt: 'p' }, 'the fields prompt'],
    [{ prompt: ' ', completion: 'c' }, 'prompt: must not be blank'],
    [{ prompt: 'p', completion: 7 }, 'completion: '],
    [{ text: null }, 'text (empty)'],
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

describe('several bad records', () => {
  test('are counted, and the first ten shown, whatever is wrong with each', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? { text: `t${i}` } : { text: ' ' }))
    const refused = read(
      ...lines.slice(0, 4),
      '{"text": 1',
      ...lines.slice(4),
      { text: 'a', id: '' },
      '{"text":"b","text":"c"}',
    )
    await expect(refused).rejects.toMatchObject({ code: 'OL1357', details: { bad: 13, total: 23 } })
    const { message, hint } = (await refused.catch((error: unknown) => error)) as Error & { hint: string }
    const list = message.split('\n').slice(1)
    expect(list.map((line) => Number(/line (\d+)/i.exec(line)?.[1]))).toEqual([
      2,
      4,
      5,
      7,
      9,
      11,
      13,
      15,
      17,
      19,
      Number.NaN,
    ])
    expect(list[0]).toContain(`${path}, line 2, record 2, is not a training record: text: must not be blank`)
    expect(list[2]).toContain('OL1904')
    expect(list.at(-1)).toBe('- and 3 more')
    expect(hint).toContain('--map')
  })

  test('of one fault are told once', async () => {
    const details = {
      line: 1,
      record: 1,
      reason: expect.stringMatching(/fields q, a; the other 2 records have the same fault$/),
    }
    const same = { q: 'q', a: 'a' }
    await expect(read(same, same, same)).rejects.toMatchObject({ code: 'OL1311', details })
  })

  test('of several files are one error', async () => {
    const other = join(path, '..', 'other.jsonl')
    await writeFile(path, '{"text": ""}\n{"text": "a"}\n')
    await writeFile(other, '{"text": "a"}\n{"text": 7}\n')
    const refused = readTrainingRecords([path, other])
    await expect(refused).rejects.toMatchObject({ code: 'OL1357', details: { bad: 2, total: 4 } })
    await expect(refused).rejects.toThrow(/records\.jsonl, line 1[\s\S]*other\.jsonl, line 2/)
  })
})

describe('columns', () => {
  const map = { prompt: 'question', completion: 'answer' }

  test('are read by other names; a field of the same name does not stand in for them', async () => {
    await writeFile(path, '{"question": "q", "answer": "a", "text": "not this", "prompt": "nor this"}\n')
    const { records, unread } = await readTrainingRecords([path], map)
    const content = { prompt: 'q', completion: 'a' }
    expect(records).toMatchObject([{ format: 'prompt-completion', content, id: hashJson(content) }])
    expect(unread).toEqual(['text'])
  })

  test('lie inside of others', async () => {
    await writeFile(path, '{"instruction": "i", "instances": [{"input": "x", "output": "o"}]}\n')
    const nested = { input: 'instances.0.input', output: 'instances.0.output' }
    const { records, unread } = await readTrainingRecords([path], nested)
    expect(records).toMatchObject([{ format: 'alpaca', content: { instruction: 'i', input: 'x', output: 'o' } }])
    expect(unread).toEqual([])
  })

  test.each([
    [{ question: 'q', reply: 'a' }, 'it has no column "answer", but question, reply'],
    [{ question: 'q', answer: 7 }, 'completion: must be a text (column "answer")'],
    [{ question: 'q', answer: null }, 'it has the fields'],
  ])('%j is refused by its column', async (line, reason) => {
    await writeFile(path, JSON.stringify(line))
    const details = { line: 1, reason: expect.stringContaining(reason) }
    await expect(readTrainingRecords([path], map)).rejects.toMatchObject({ code: 'OL1311', details })
  })
})

describe('null', () => {
  test('is absent at every depth, as TRL has it', async () => {
    const [record] = await read({
      messages: [
        { role: 'user', content: 'a', name: null },
        { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: { x: 1, y: null } } }] },
      ],
      tools: null,
      prompt: null,
      completion: null,
      text: null,
    })
    expect(record).toMatchObject({ format: 'messages' })
    expect(record?.content).toEqual({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] },
      ],
    })
  })
})

describe('numbers that cannot be kept exactly', () => {
  const call = (value: string) =>
    `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"n":${value}}]}],"score":12345678901234567890}`

  test('are refused where they are trained on and hashed', async () => {
    await expect(read(call('9007199254740993'))).rejects.toMatchObject({
      code: 'OL1311',
      details: { reason: expect.stringContaining('messages: the number 9007199254740993 cannot be kept exactly') },
    })
  })

  test('are metadata elsewhere', async () => {
    expect(await read(call('9007199254740992'))).toMatchObject([{ format: 'messages' }])
  })
})
