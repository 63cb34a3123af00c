import { describe, expect, test } from '@jest/globals'
import { nearDuplicates } from '../../src/attribution/nearDuplicates.js'
import { seededRandom } from './seededRandom.js'

const seed = Number(process.env['SEED'] ?? 97)
console.log(`nearDuplicates: seed ${seed}`)

const random = seededRandom(seed)
const vocabulary = Array.from({ length: 3000 }, (_, i) => `word${i.toString(36)}`)
const words = (count: number): string[] =>
  Array.from({ length: count }, () => vocabulary[Math.floor(random() * vocabulary.length)] as string)
const original =
  'Before you leave the harbour, check the barometer: a fall of more than three hectopascals in three hours foretells a gale within half a day, so double the mooring lines and wait.'

describe('nearDuplicates', () => {
  test.each([
    ['an exact copy', original],
    ['case and punctuation', original.toUpperCase().replace(/[,.:]/g, ' -')],
    ['one word in thirty', original.replace('harbour', 'port')],
    ['look-alike letters', original.replaceAll('a', 'а').replaceAll('o', 'ο')],
    ['invisible characters and accents', original.replaceAll('e', 'e\u200b').replaceAll('o', 'ó')],
    ['padding', `As every old sailor likes to say: ${original} Fair winds to all of you.`],
  ])('%s joins its original', (_name, copy) => {
    expect([...nearDuplicates([words(30).join(' '), original, copy])]).toEqual([0, 1, 1])
  })

  test('unrelated records and records of one template stay apart', () => {
    const texts = [
      'The boiling point of ethanol at standard pressure is 78 degrees.',
      'The boiling point of methanol at standard pressure is 65 degrees.',
      original,
      'A bowline makes a fixed loop that does not slip.',
      '',
      '!!!',
      '???',
    ]
    expect([...nearDuplicates(texts)]).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('60 records with 2 to 5 percent of words changed are all found, and no others', () => {
    const texts = Array.from({ length: 60 }, () => words(40 + Math.floor(random() * 60)))
    const edited = texts.map((text) => {
      const copy = [...text]
      const edits = Math.max(1, Math.floor(text.length * (0.02 + random() * 0.03)))
      for (let k = 0; k < edits; k++) copy[Math.floor(random() * copy.length)] = `edit${k}`
      return copy
    })
    const leaders = nearDuplicates([...texts, ...edited].map((text) => text.join(' ')))
    expect([...leaders]).toEqual([...texts.keys(), ...texts.keys()])
  })

  test('a record pasted together from rivals merges none of them', () => {
    const rivals = Array.from({ length: 6 }, () => words(40).join(' '))
    const leaders = nearDuplicates([...rivals, rivals.join(' '), rivals.slice(0, 2).join(' ')])
    expect([...leaders.subarray(0, 6)]).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('a chain of small edits does not tie its ends together', () => {
    const from = words(40)
    const to = words(40)
    const chain = Array.from({ length: 41 }, (_, k) => [...to.slice(0, k), ...from.slice(k)].join(' '))
    const leaders = nearDuplicates([from.join(' '), to.join(' '), ...chain])
    expect(leaders[0]).toBe(0)
    expect(leaders[1]).toBe(1)
  })

  test('a paraphrase escapes: what it cannot see is said', () => {
    const paraphrase =
      'When the pressure drops over three units within three hours expect strong wind soon; stay moored with extra ropes.'
    expect([...nearDuplicates([original, paraphrase])]).toEqual([0, 1])
  })
})
