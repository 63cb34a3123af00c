import { describe, expect, test } from '@jest/globals'
import { recordOriginals } from '../../src/attribution/shares/recordOriginals.js'
import { errorOf } from '../datanet/fixtures.js'

const tide = 'A neap tide has a small range and comes a day or two after the quarter moon.'
const copy = tide.replace('quarter', 'half')
const other = 'Double the mooring lines when the barometer falls by three hectopascals in three hours.'

const records = (texts: readonly string[], sequences: readonly (number | undefined)[] = [], path = 'records.jsonl') =>
  texts.map((text, i) => ({ path, line: i + 1, record: i + 1, sequence: sequences[i], content: { text } }))

describe('who was first', () => {
  test('is decided by the sequence, at any place in the file', () => {
    expect([...recordOriginals(records([copy, other, tide], [7, 3, 2]))]).toEqual([2, 1, 2])
    expect([...recordOriginals(records([copy, other, tide], [2, 3, 7]))]).toEqual([0, 1, 0])
  })

  test('is told by the line without one', () => {
    expect([...recordOriginals(records([copy, other, tide]))]).toEqual([0, 1, 0])
    // The records that were held out come last in the list, but not in the file.
    expect([...recordOriginals(records([copy, other, tide]).toReversed())]).toEqual([2, 1, 2])
  })

  test('is told by the file of several', () => {
    const first = records([copy, other], [5, 6], 'a.jsonl')
    const second = records([tide], [1], 'b.jsonl')
    expect([...recordOriginals([...first, ...second])]).toEqual([0, 1, 0])
    expect([...recordOriginals([...second, ...first])]).toEqual([0, 0, 2])
  })

  test('is refused to guess at', async () => {
    expect(await errorOf(async () => recordOriginals(records([tide, copy, other], [1, undefined, 3])))).toMatchObject({
      code: 'OL1518',
      details: { path: 'records.jsonl', line: 2, other: 1 },
    })
    expect(await errorOf(async () => recordOriginals(records([tide, copy], [4, 4])))).toMatchObject({
      code: 'OL1519',
      details: { path: 'records.jsonl', line: 1, other: 2, sequence: 4 },
    })
  })
})
