import { describe, expect, test } from '@jest/globals'
import { bundledBase } from '../../src/models/base/bundledBase.js'
import { ChatTokenizer } from '../../src/models/chat/ChatTokenizer.js'
import { TextStream } from '../../src/models/run/TextStream.js'

const tokenizer = await ChatTokenizer.open(bundledBase)
const decode = (ids: readonly number[]): string => tokenizer.decode(ids)

function stream(ids: readonly number[], stop: readonly string[] = []) {
  const parts: string[] = []
  const text = new TextStream({ decode, stop, onText: (added) => parts.push(added) })
  let read = 0
  for (const id of ids) {
    if (text.stopped) break
    text.push(id)
    read++
  }
  return { whole: text.finish(), parts, read, stopped: text.stopped }
}

describe('text comes in whole characters and adds up', () => {
  test.each([
    'The tide rises.',
    '  two  spaces\n\tand a tab ',
    'naïve café, Straße',
    '海の潮 🌊👩‍👩‍👧 end',
    '\u{1F30A}',
    '',
  ])('%j', (text) => {
    const ids = tokenizer.encode(text)
    const { whole, parts } = stream(ids)
    expect(whole).toBe(decode(ids))
    expect(parts.join('')).toBe(whole)
    for (const part of parts) expect(part).not.toContain('\uFFFD')
  })

  test('half a character at the end is told as what it is', () => {
    const ids = tokenizer.encode('a🌊').slice(0, -1)
    const { whole, parts } = stream(ids)
    expect(whole).toBe(decode(ids))
    expect(parts.join('')).toBe(whole)
  })
})

describe('a stop text', () => {
  const ids = tokenizer.encode('One. Two. Three. Four.')

  test('ends the text before it, and nothing of it is told', () => {
    const { whole, parts, read, stopped } = stream(ids, [' Three. F', 'Thx'])
    expect(whole).toBe('One. Two.')
    expect(parts.join('')).toBe(whole)
    expect(stopped).toBe(true)
    expect(read).toBeLessThan(ids.length)
  })

  test('that only begins holds nothing back for good', () => {
    const { whole, parts, stopped } = stream(ids, ['Four. Five'])
    expect(parts.join('')).toBe(whole)
    expect(whole).toBe(decode(ids))
    expect(stopped).toBe(false)
  })

  test('the first of several counts', () => {
    expect(stream(ids, ['Three', 'Two']).whole).toBe('One. ')
  })
})

test('each token decodes a few others, however long the text', () => {
  const longest = { ids: 0 }
  const text = new TextStream({
    decode: (ids) => {
      longest.ids = Math.max(longest.ids, ids.length)
      return decode(ids)
    },
  })
  for (const id of tokenizer.encode('The tide rises and falls. '.repeat(20))) text.push(id)
  expect(longest.ids).toBeLessThan(12)
})
