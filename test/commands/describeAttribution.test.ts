import { describe, expect, test } from '@jest/globals'
import type { Attribution, RecordInfluence } from '../../src/attribution/report/Attribution.js'
import { describeAttribution } from '../../src/commands/views/describeAttribution.js'
import { createStyle } from '../../src/terminal/Style.js'
import { textWidth } from '../../src/terminal/textWidth.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'

const mara = '0x00000000000000000000000000000000000000Aa'
const zed = '0x00000000000000000000000000000000000000Bb'
const names = new Map([
  [mara.toLowerCase(), 'mara'],
  [zed.toLowerCase(), 'zed'],
])

const record = (line: number, share: number, contributor: string | null = mara): RecordInfluence => ({
  id: `0x${line}`,
  line,
  contributor,
  score: share,
  share,
  bm25: 0,
  ...(share > 0 && { excerpt: `record ${line} on reefing the mainsail early, before the wind is there` }),
})

const attribution = (changes: Partial<Attribution> = {}): Attribution => ({
  question: { line: 1, prompt: 'When do I reef the mainsail?', answer: undefined, extra: {} },
  answer: ' Reef early. A reef that is taken too late is hard to take, and the boat is over-pressed before it is in.',
  generated: true,
  inputTokens: 8,
  outputTokens: 20,
  loss: 1,
  outcome: 'attributed',
  influence: [record(3, 0.6), record(9, 0.398, zed), record(4, 0.002), record(5, 0)],
  contributors: [
    { contributor: mara, share: 0.602 },
    { contributor: zed, share: 0.398 },
  ],
  spans: [
    { text: 'too late', start: 1, end: 3, recordIds: ['0x3'] },
    { text: 'is hard to take', start: 5, end: 9, recordIds: ['0x3', '0x9'] },
  ],
  lexical: [{ contributor: zed, share: 1 }],
  ...changes,
})

const plain = (changes: Partial<Attribution> = {}, shown = 2): string[] =>
  describeAttribution(attribution(changes), names, styleOf(), shown).split('\n')
const styleOf = (columns?: number) => {
  const { stdout } = fakeSurroundings({ terminal: columns !== undefined, columns: columns ?? 80 })
  return createStyle(stdout, { NO_COLOR: '1' }, true)
}

describe('an attribution', () => {
  test('tells question, answer, shares beside the baseline, the strongest records and the longest span', () => {
    const excerpt = 'on reefing the mainsail early, before the wind is there'
    expect(plain()).toEqual([
      '? When do I reef the mainsail?',
      '  Reef early. A reef that is taken too late is hard to take, and the boat is over-pressed before it is in.',
      '  mara 60 %, zed 40 %  (BM25: zed 100 %)',
      `     60 %  mara  record 3 ${excerpt}`,
      `     40 %  zed   record 9 ${excerpt}`,
      '           and 1 more',
      '    “is hard to take” word for word in 2 records',
    ])
  })

  test('that no record shaped says that nobody is paid', () => {
    const lines = plain({ outcome: 'none', contributors: [], influence: [record(3, 0)], spans: [] })
    expect(lines.at(-1)).toBe('  No record lowered the loss of this answer: nobody is paid for it.')
  })

  test('of data without contributors names lines of the file instead', () => {
    const influence = [record(3, 0.7, null), record(9, 0.3, null)]
    const lines = plain({ influence, contributors: [{ contributor: '', share: 1 }], spans: [] })
    expect(lines).toHaveLength(4)
    expect(lines[2]).toMatch(/^ {5}70 % {2}line 3 {2}record 3/)
    expect(lines[3]).toMatch(/^ {5}30 % {2}line 9 {2}record 9/)
  })

  test('that is copied whole says so, with or without its full stop', () => {
    const text =
      'Reef early. A reef that is taken too late is hard to take, and the boat is over-pressed before it is in'
    const lines = plain({ spans: [{ text, start: 0, end: 22, recordIds: ['0x3'] }] })
    expect(lines.at(-1)).toBe('    the whole answer stands word for word in 1 record')
  })

  test('of many contributors stays one line', () => {
    const contributors = Array.from({ length: 9 }, (_, i) => ({ contributor: `c${i}`, share: 1 / 9 }))
    expect(plain({ contributors, lexical: [] })[2]).toBe('  c0 11 %, c1 11 %, c2 11 %, c3 11 %, 5 more  (BM25: nobody)')
  })

  test.each([60, 80, 140])('fits a terminal of %d columns', (columns) => {
    const spans = [
      { text: 'A reef that is taken too late is hard to take, and the boat', start: 0, end: 9, recordIds: ['0x3'] },
    ]
    const text = describeAttribution(attribution({ spans }), names, styleOf(columns))
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(columns)
    expect(text).toContain('word for word in 1 record')
  })
})
