import { describe, expect, test } from '@jest/globals'
import { hashJson, keccak256 } from '../../src/files/canonicalJson.js'
import { parseRecord, recordSizeLimit } from '../../src/records/parseRecord.js'
import { recordTexts } from '../../src/records/recordTexts.js'
import { accountOf } from '../datanet/fixtures.js'

const parse = (value: Record<string, unknown>) => parseRecord({ line: 7, value }, 'notes.jsonl')
const turns = [
  { role: 'user', content: 'Which?' },
  { role: 'assistant', content: 'This one.' },
]

describe('parseRecord', () => {
  test.each([
    ['prompt and completion', { prompt: 'Where?', completion: 'Here.' }, 'Where?\nHere.'],
    ['messages', { messages: turns }, 'Which?\nThis one.'],
    ['text', { text: 'Slack water.' }, 'Slack water.'],
  ])('reads %s; the id is the hash of the content alone', (_, content, text) => {
    const record = parse({ licence: 'MIT', ...content, contributor: accountOf(4).address })
    expect(record.content).toEqual(content)
    expect(record.id).toBe(hashJson(content))
    expect(record.contributor).toBe(accountOf(4).address)
    expect(recordTexts(record.content).join('\n')).toBe(text)
  })

  test('gives the id that the order of the keys does not change', () => {
    expect(parse({ completion: 'b', prompt: 'a' }).id).toBe(parse({ prompt: 'a', completion: 'b' }).id)
    expect(parse({ completion: 'é', prompt: 'a' }).id).toBe(keccak256('{"completion":"é","prompt":"a"}'))
  })

  test.each([
    ['nothing', {}, 'prompt', /is missing/],
    ['half a pair', { prompt: 'a' }, 'completion', /is missing/],
    ['a number for text', { text: 5 }, 'text', /is not of type string/],
    ['blank text', { text: ' \n' }, 'text', /is blank/],
    ['an unknown field', { text: 'a', contributer: 'x' }, 'contributer', /not a field/],
    ['two shapes', { text: 'a', prompt: 'b', completion: 'c' }, 'text', /not a field/],
    ['half a character', { text: 'a\ud800' }, 'text', /surrogate/],
    ['a strange role', { messages: [{ role: 'boss', content: 'x' }] }, 'messages.0.role', /is not system/],
    ['no answer', { messages: [turns[0]] }, 'messages', /no assistant/],
    ['a field in a message', { messages: [{ ...turns[1], name: 'x' }] }, 'messages.0.name', /not a field/],
    ['a short address', { text: 'a', contributor: '0x12' }, 'contributor', /is not an address/],
    ['a wrong signature', { text: 'a', signature: '0x12' }, 'signature', /is not a signature/],
    ['a blank licence', { text: 'a', licence: '' }, 'licence', /is blank/],
  ])('names file, line and field of a record with %s', (_, value, field, problem) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({
        code: 'OL1100',
        details: { file: 'notes.jsonl', line: 7, field, problem: expect.stringMatching(problem) },
      }),
    )
  })

  test('refuses an id that is not of the content, and accepts the one that is', () => {
    const { id } = parse({ text: 'a' })
    expect(parse({ text: 'a', id: id.toUpperCase().replace('0X', '0x') }).id).toBe(id)
    expect(() => parse({ text: 'b', id })).toThrow(expect.objectContaining({ code: 'OL1102', exitCode: 6 }))
  })

  test('limits the size in bytes of canonical content', () => {
    const frame = '{"text":""}'.length
    expect(parse({ text: 'a'.repeat(recordSizeLimit - frame) }).canonical).toHaveLength(recordSizeLimit)
    expect(() => parse({ text: 'a'.repeat(recordSizeLimit - frame + 1) })).toThrow(
      expect.objectContaining({ code: 'OL1101' }),
    )
    expect(() => parse({ text: 'é'.repeat(recordSizeLimit / 2) })).toThrow(expect.objectContaining({ code: 'OL1101' }))
  })
})
