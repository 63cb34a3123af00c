import { describe, expect, test } from '@jest/globals'
import { passagesOf } from '../../src/records/recordTexts.js'
import { originalsOf } from '../../src/text/originals.js'
import { seededRandom } from '../attribution/seededRandom.js'

const random = seededRandom(5)
const words = (count: number): string[] => Array.from({ length: count }, () => `x${Math.floor(random() * 1e6)}`)
const originals = (texts: readonly string[]): number[] => [...originalsOf(texts.map((text) => passagesOf({ text })))]

describe('attacks on who is first', () => {
  test('a copy of a copy goes to the first', () => {
    const first = words(40)
    const second = first.with(20, 'second')
    expect(originals([first.join(' '), second.join(' '), second.with(5, 'third').join(' ')])).toEqual([0, 0, 0])
  })

  test('a record pasted together from rivals merges none of them, and is a copy', () => {
    const rivals = Array.from({ length: 6 }, () => words(40).join(' '))
    expect(originals([...rivals, rivals.join(' '), rivals.slice(0, 2).join(' ')]).slice(0, 6)).toEqual([
      0, 1, 2, 3, 4, 5,
    ])
    expect(originals([...rivals, rivals.join(' ')])[6]).not.toBe(6)
  })

  test('a record that was pasted together first, from what rivals say later, makes copies only of what it really has', () => {
    const rivals = Array.from({ length: 3 }, () => words(40))
    // The thief knew a third of each, and registered that before them.
    const framing = rivals.flatMap((rival) => rival.slice(0, 13)).join(' ')
    expect(originals([framing, ...rivals.map((rival) => rival.join(' '))])).toEqual([0, 1, 2, 3])
    // Who knew the whole of it was first.
    expect(originals([rivals.flat().join(' '), ...rivals.map((rival) => rival.join(' '))])).toEqual([0, 0, 0, 0])
  })

  test('set phrases that were registered first frame nobody', () => {
    const phrases = Array.from({ length: 30 }, () => words(8))
    const honest = phrases.map((phrase) => [...phrase, ...words(20)].join(' '))
    expect(originals([...phrases.map((phrase) => phrase.join(' ')), ...honest]).slice(30)).toEqual(
      honest.map((_, i) => 30 + i),
    )
  })

  test('a chain of small edits from one rival’s record to another’s does not tie them together', () => {
    const from = words(40)
    const to = words(40)
    const chain = Array.from({ length: 41 }, (_, k) => [...to.slice(0, k), ...from.slice(k)].join(' '))
    expect(originals([from.join(' '), to.join(' '), ...chain]).slice(0, 2)).toEqual([0, 1])
    // Registered between them, neither: the second was no copy of anything before the chain, and is of its last link only.
    const between = originals([from.join(' '), ...chain.slice(1, 20), to.join(' ')])
    expect(between[0]).toBe(0)
    expect(between.at(-1)).toBe(20)
  })

  test('later records change nothing of what is an original among the earlier ones', () => {
    const texts = Array.from({ length: 30 }, () => words(20).join(' '))
    const before = originals(texts)
    expect(originals([...texts, ...texts.map((text) => `${text} and more of it`)]).slice(0, 30)).toEqual(before)
  })
})

describe('passagesOf', () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Neap?' },
    { role: 'assistant', content: 'Small.' },
  ]

  test('says of every shape what is learned, and leaves the system turn out', () => {
    const expected = [
      { text: 'Neap?', learned: false },
      { text: 'Small.', learned: true },
    ]
    expect(passagesOf({ messages })).toEqual(expected)
    expect(passagesOf({ prompt: 'Neap?', completion: 'Small.' })).toEqual(expected)
    expect(passagesOf({ prompt: messages.slice(0, 2), completion: messages.slice(2) })).toEqual(expected)
    expect(passagesOf({ instruction: 'Neap?', output: 'Small.' })).toEqual([
      expected[0],
      { text: '', learned: false },
      expected[1],
    ])
    expect(passagesOf({ text: 'Neap: small.' })).toEqual([{ text: 'Neap: small.', learned: true }])
  })

  test('a record in another shape is the same text', () => {
    const texts = [
      { prompt: 'What is a neap tide, and when?', completion: 'One of small range.' },
      { text: 'What is a neap tide, and when? One of small range.' },
    ]
    expect([...originalsOf(texts.map(passagesOf))]).toEqual([0, 0])
  })
})
