import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { hashJson } from '../../src/files/canonicalJson.js'
import { readTrainingRecords } from '../../src/models/trainingRecord.js'
import { temporaryFolder } from './tinyModel.js'

const path = join(temporaryFolder(), 'records.jsonl')

async function read(...lines: readonly unknown[]) {
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return readTrainingRecords(path)
}

test('three shapes, decided line by line; other fields are never trained on', async () => {
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
    [{ messages: [{ role: 'user', content: 'c', tool_calls: [] }] }, 'tool_calls'],
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
