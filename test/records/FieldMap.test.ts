import { describe, expect, test } from '@jest/globals'
import { mapFields, parseFieldMap } from '../../src/records/FieldMap.js'
import type { Row } from '../../src/records/Row.js'

const known = ['prompt', 'completion', 'messages']
const row = (value: Row['value'], rounded?: Row['rounded']): Row => ({
  path: 'a.jsonl',
  unit: 'line',
  line: 3,
  record: 2,
  value,
  ...(rounded && { rounded }),
})

describe('parseFieldMap', () => {
  test.each([
    [{}, undefined],
    [{ map: ['prompt=question,completion=answer'] }, { completion: 'answer', prompt: 'question' }],
    [{ map: ['completion=answer', 'prompt=question'] }, { completion: 'answer', prompt: 'question' }],
    [
      { promptField: 'q', completionField: 'a' },
      { completion: 'a', prompt: 'q' },
    ],
    [
      { map: ['prompt=Question, the one, completion = Best Answer'] },
      { completion: 'Best Answer', prompt: 'Question, the one' },
    ],
    [{ map: ['prompt=a=b'], promptField: 'a=b' }, { prompt: 'a=b' }],
  ])('%j', (input, expected) => {
    const found = parseFieldMap(input, known)
    expect(found).toEqual(expected)
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected))
  })

  test.each([
    [{ map: ['prompt'] }, 'not of the form'],
    [{ map: ['prompt='] }, 'not of the form'],
    [{ map: ['promt=question'] }, 'no field "promt"'],
    [{ map: ['prompt=a'], promptField: 'b' }, 'read from "a" already'],
  ])('%j is refused', (input, reason) => {
    expect(() => parseFieldMap(input, known)).toThrow(
      expect.objectContaining({
        code: 'OL1356',
        details: expect.objectContaining({ reason: expect.stringContaining(reason) }),
      }),
    )
  })
})

describe('mapFields', () => {
  test('puts fields in the place of columns; two may change places', () => {
    expect(
      mapFields(row({ prompt: 'a', completion: 'q', x: 1 }), { prompt: 'completion', completion: 'prompt' }),
    ).toEqual(row({ prompt: 'q', completion: 'a', x: 1 }))
  })

  test('the whole name of a column comes before the names inside of it', () => {
    expect(mapFields(row({ 'a.b': 'whole', a: { b: 'inner' } }), { prompt: 'a.b' })).toEqual(
      row({ prompt: 'whole', a: { b: 'inner' } }),
    )
  })

  test('a column that is not there is a problem, and no property of an object is one', () => {
    for (const column of ['b', 'a.length', 'constructor', 'a.0.x'])
      expect(mapFields(row({ a: ['x'] }), { prompt: column })).toEqual({
        problem: `it has no column ${JSON.stringify(column)}, but a`,
      })
  })

  test('what is said of a rounded number goes with its column', () => {
    const rounded = new Map([['n', 'the number 1 is another']])
    expect(mapFields(row({ n: 1, prompt: 2 }, rounded), { prompt: 'n' })).toMatchObject({
      rounded: new Map([
        ['n', 'the number 1 is another'],
        ['prompt', 'the number 1 is another'],
      ]),
    })
  })
})
