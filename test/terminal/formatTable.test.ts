import { expect, test } from '@jest/globals'
import { formatTable } from '../../src/terminal/formatTable.js'
import { textWidth } from '../../src/terminal/textWidth.js'

const columns = [{ title: 'who' }, { title: 'record', shrink: true }, { title: 'share', align: 'right' as const }]
const rows = [
  ['mara', 'How do I reef a mainsail in a rising wind?', '61.2 %'],
  ['ines', '夜の航海灯', '8.8 %'],
]
const style = (width: number) => ({ width, title: (text: string) => text })

test('columns are aligned, also under wide characters', () => {
  expect(formatTable(columns, rows, style(100))).toBe(
    [
      'who   record                                       share',
      'mara  How do I reef a mainsail in a rising wind?  61.2 %',
      'ines  夜の航海灯                                   8.8 %',
    ].join('\n'),
  )
})

test('a narrow terminal cuts only what may shrink', () => {
  const lines = formatTable(columns, rows, style(30)).split('\n')
  expect(lines).toEqual([
    'who   record             share',
    'mara  How do I reef a…  61.2 %',
    'ines  夜の航海灯         8.8 %',
  ])
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(30)
})

test('the longest of several such columns gives room first', () => {
  const two = [
    { title: 'a', shrink: true },
    { title: 'b', shrink: true },
  ]
  const [, line] = formatTable(two, [['x'.repeat(10), 'y'.repeat(30)]], style(30)).split('\n')
  expect(line).toBe(`${'x'.repeat(10)}  ${'y'.repeat(17)}…`)
})

test('on a terminal that is too narrow for everything the fixed columns stay whole', () => {
  const [, line] = formatTable(columns, rows, style(5)).split('\n')
  expect(line).toBe('mara  How d…  61.2 %')
})

test('a table without rows shows its titles', () => {
  expect(formatTable(columns, [], style(80))).toBe('who  record  share')
})
