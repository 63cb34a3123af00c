import { describe, expect, test } from '@jest/globals'
import { brailleChart, type Series } from '../../src/terminal/brailleChart.js'

const draw = (series: readonly Series[], size: Partial<Parameters<typeof brailleChart>[1]> = {}): string[] =>
  brailleChart(series, { columns: 2, rows: 1, x: [0, 3], y: [0, 3], ...size }).map((runs) =>
    runs.map(({ text }) => text).join(''),
  )
const dots = (...points: [number, number][]): Series => ({ points, joined: false })
const line = (...points: [number, number][]): Series => ({ points, joined: true })

describe('dots of a braille character', () => {
  // Unicode numbers them 1 2 3 7 down the left and 4 5 6 8 down the right.
  test.each<[number, number, string]>([
    [0, 3, '⠁ '],
    [0, 2, '⠂ '],
    [0, 1, '⠄ '],
    [0, 0, '⡀ '],
    [1, 3, '⠈ '],
    [1, 2, '⠐ '],
    [1, 1, '⠠ '],
    [1, 0, '⢀ '],
    [3, 0, ' ⢀'],
  ])('at %i, %i', (x, y, expected) => {
    expect(draw([dots([x, y])])).toEqual([expected])
  })

  test('of one series come together', () => {
    expect(draw([dots([0, 0], [0, 1], [1, 3])])).toEqual(['⡌ '])
  })
})

test('a line has a dot in every column between its points', () => {
  expect(draw([line([0, 0], [3, 3])])).toEqual(['⡠⠊'])
})

test('the later series covers the earlier, character by character', () => {
  const rows = brailleChart([dots([0, 0], [3, 0]), dots([1, 3])], { columns: 2, rows: 1, x: [0, 3], y: [0, 3] })
  expect(rows).toEqual([
    [
      { text: '⠈', series: 1 },
      { text: '⢀', series: 0 },
    ],
  ])
})

describe('what does not fit', () => {
  test('in height is drawn on the border', () => {
    expect(draw([dots([0, 99], [3, -99])])).toEqual(['⠁⢀'])
  })

  test('in width, or is no number, is left out', () => {
    expect(draw([dots([-1, 0], [9, 0], [1, Number.NaN])])).toEqual(['  '])
  })

  test('a flat range puts the line into the middle', () => {
    expect(draw([line([0, 1], [3, 1])], { y: [1, 1] })).toEqual(['⠒⠒'])
  })
})
