import { describe, expect, test } from '@jest/globals'
import { CopyFinder } from '../../src/text/CopyFinder.js'
import type { Passage } from '../../src/text/Passage.js'
import { seededRandom } from '../attribution/seededRandom.js'

const seed = Number(process.env['SEED'] ?? 31)
console.log(`CopyFinder: seed ${seed}`)

const random = seededRandom(seed)
const below = (limit: number): number => Math.floor(random() * limit)
const vocabulary = Array.from({ length: 3000 }, (_, i) => `word${i.toString(36)}`)
const words = (count: number): string[] => Array.from({ length: count }, () => vocabulary[below(3000)] as string)
const said = (text: string): readonly Passage[] => [{ text, learned: true }]
const asked = (prompt: string, completion: string): readonly Passage[] => [
  { text: prompt, learned: false },
  { text: completion, learned: true },
]

/** What a text copies of earlier ones, all of which are remembered. */
const copyOf = (text: readonly Passage[], earlier: readonly (readonly Passage[])[]) => finderOf(earlier)(text)

function finderOf(earlier: readonly (readonly Passage[])[]) {
  const finder = new CopyFinder()
  const sketches = earlier.map((each) => finder.sketch(each))
  for (const sketch of sketches) finder.count(sketch)
  for (const sketch of sketches) finder.add(sketch)
  return (text: readonly Passage[]) => finder.find(finder.sketch(text))
}

const original =
  'Before you leave the harbour, check the barometer: a fall of more than three hectopascals in three hours foretells a gale within half a day, so double the mooring lines and wait.'
const short = 'Reef the main before the wind decides for you and your crew.'

describe('a copy is found', () => {
  test.each([
    ['the same', original],
    ['case and punctuation', original.toUpperCase().replace(/[,.:]/g, ' -')],
    ['one word in thirty', original.replace('harbour', 'port')],
    ['look-alike letters', original.replaceAll('a', 'а').replaceAll('o', 'ο').replaceAll('l', 'I')],
    ['invisible characters and accents', original.replaceAll('e', 'e\u200b').replaceAll('o', 'ó')],
    ['padding around it', `As every old sailor likes to say: ${original} Fair winds to all of you.`],
    ['padding as long as itself, nearly', `${original} ${words(28).join(' ')}`],
    ['its second half', original.slice(original.length / 2)],
    ['its parts turned around', original.split(/[:,] /).reverse().join(', ')],
  ])('%s', (_, text) => {
    expect(copyOf(said(text), [said(words(30).join(' ')), said(original)])?.of).toBe(1)
  })

  test('whichever one or two of twelve words are changed, left out or added', () => {
    const list = short.split(' ')
    expect(list).toHaveLength(12)
    for (let i = 0; i < 12; i++)
      for (let j = i; j < 12; j++) {
        const changed = list.map((word, k) => (k === i || k === j ? `other${k}` : word))
        const removed = list.filter((_, k) => k !== i && k !== j)
        const added = list.flatMap((word, k) => (k === i || k === j ? [word, `more${k}`] : [word]))
        for (const copy of [changed, removed, added])
          expect({ copy, of: copyOf(said(copy.join(' ')), [said(short)])?.of }).toEqual({ copy, of: 0 })
      }
  })

  test('60 texts with 2 to 5 percent of words changed are all found, and no others', () => {
    const texts = Array.from({ length: 60 }, () => words(40 + below(60)))
    const edited = texts.map((text) => {
      const copy = [...text]
      const edits = Math.max(1, Math.floor(text.length * (0.02 + random() * 0.03)))
      for (let k = 0; k < edits; k++) copy[below(copy.length)] = `edit${k}`
      return copy
    })
    const earlier = texts.map((text) => said(text.join(' ')))
    for (const [i, text] of edited.entries()) expect(copyOf(said(text.join(' ')), earlier)?.of).toBe(i)
    for (const [i, text] of earlier.entries()) expect(copyOf(text, earlier.toSpliced(i, 1))).toBeUndefined()
  })

  test('pasted together from several, whole or in excerpts, it is a copy of the one it has most of', () => {
    const rivals = [24, 40, 32].map((count) => words(count))
    const whole = rivals.flat().join(' ')
    const excerpts = rivals.flatMap((text) => text.slice(3, 14)).join(' ')
    const earlier = rivals.map((text) => said(text.join(' ')))
    expect(copyOf(said(whole), earlier)).toEqual({ of: 1, part: 1 })
    expect(copyOf(said(excerpts), earlier)).toEqual({ of: 0, part: 1 })
  })

  test('the part that is copied is told', () => {
    expect(copyOf(said(original), [said(original)])).toEqual({ of: 0, part: 1 })
    const list = original.split(' ')
    const part = (list.length - 1) / list.length
    expect(copyOf(said(list.with(-1, 'hurry').join(' ')), [said(original)])).toEqual({ of: 0, part })
  })
})

describe('what is no copy', () => {
  test('unrelated texts and short ones of one form', () => {
    const texts = [
      'The boiling point of ethanol at standard pressure is 78 degrees.',
      'The boiling point of methanol at standard pressure is 65 degrees.',
      'What does abeam mean?',
      'What does astern mean?',
      'Yes.',
      'No.',
      original,
      'A bowline makes a fixed loop that does not slip.',
      '',
      '!!!',
      '???',
    ].map(said)
    for (const [i, text] of texts.entries()) expect(copyOf(text, texts.toSpliced(i, 1))).toBeUndefined()
  })

  test('another answer to the same question', () => {
    const question = 'What should I check before I leave the harbour with a falling barometer in the evening?'
    const first = asked(question, 'Check the mooring lines, and wait until the gale has passed.')
    const second = asked(question, 'Listen to the forecast on channel sixteen and fill the water tank.')
    expect(copyOf(second, [first])).toBeUndefined()
    expect(copyOf(asked(question, 'Check the mooring lines, and wait till the gale has passed.'), [first])?.of).toBe(0)
  })

  test('other cases under one long instruction, once eight prompts have it', () => {
    const instruction =
      'Read the clause below and say whether it forbids a party to solicit or hire employees of the other party during the agreement and after it. Answer Yes or No. Clause:'
    const cases = Array.from({ length: 10 }, (_, i) =>
      asked(`${instruction} ${words(9).join(' ')}`, i % 2 ? 'Yes' : 'No'),
    )
    const last = cases[9] as readonly Passage[]
    expect(copyOf(last, cases.slice(0, 9))).toBeUndefined()
    // A copy of one of them is found all the same.
    expect(copyOf(asked(`${(last[0] as Passage).text} indeed`, (last[1] as Passage).text), cases)?.of).toBe(9)
  })

  test('a quotation in a text with more of its own', () => {
    expect(copyOf(said(`${original} ${words(40).join(' ')}`), [said(original)])).toBeUndefined()
  })

  test('a paraphrase: what it cannot see is said', () => {
    const paraphrase =
      'When the pressure drops over three units within some hours expect strong wind soon; stay moored with extra ropes.'
    expect(copyOf(said(paraphrase), [said(original)])).toBeUndefined()
  })
})

test('the search is exact: it finds every edit, part and holder that comparing with all texts finds', () => {
  // Few words, so that runs are shared by chance everywhere and the rarest half is a real choice.
  const few = Array.from({ length: 12 }, (_, i) => `w${i}`)
  const sentence = (length: number): string[] => Array.from({ length }, () => few[below(12)] as string)
  const earlier = Array.from({ length: 150 }, () => sentence(6 + below(20)))
  const find = finderOf(earlier.map((other) => said(other.join(' '))))
  let found = 0
  for (let round = 0; round < 400; round++) {
    const source = [...(earlier[below(150)] as string[])]
    for (let edits = below(5); edits > 0; edits--) {
      const at = below(source.length)
      const kind = below(3)
      source.splice(at, kind === 0 ? 0 : 1, ...(kind === 1 ? [] : [few[below(12)] as string]))
    }
    const text = [...source.slice(below(4)), ...sentence(below(6))]
    const expected = earlier.some((other) => copies(text, other))
    const actual = find(said(text.join(' ')))
    if (expected) expect({ text, actual }).toEqual({ text, actual: expect.anything() })
    if (expected) found++
  }
  expect(found).toBeGreaterThan(100)
})

/** The first two rules and the padded copy of one text, written down as plainly as possible. */
function copies(text: readonly string[], other: readonly string[]): boolean {
  const runs = (list: readonly string[]) => list.slice(2).map((_, i) => list.slice(i, i + 3).join(' '))
  const part = (a: readonly string[], b: readonly string[]): number => {
    const known = new Set(runs(b))
    const standing = runs(a).map((run) => known.has(run))
    const mask = a.map((_, i) => standing[i - 2] || standing[i - 1] || standing[i])
    return mask.filter(Boolean).length / a.length
  }
  const edits = distance(text, other)
  if (text.join(' ') === other.join(' ')) return true
  if (edits <= Math.floor(Math.max(text.length, other.length) / 6)) return true
  if (text.length >= 8 && part(text, other) >= 3 / 4) return true
  return other.length >= 8 && part(other, text) >= 4 / 5 && part(text, other) >= 1 / 2
}

function distance(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, j) => j + 1)
  for (const [i, word] of a.entries()) {
    let corner = i
    let left = i + 1
    row = row.map((above, j) => {
      const cost = Math.min(corner + (word === b[j] ? 0 : 1), above + 1, left + 1)
      corner = above
      left = cost
      return cost
    })
  }
  return row.at(-1) ?? a.length
}
