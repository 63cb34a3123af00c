import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { AbiParameter } from 'viem'
import { contractAbis, remedies } from '../../src/chain/client/contractErrors.js'
import { catalogue, type ErrorCode, errorTables } from '../../src/errors/catalogue.js'
import type { ErrorDescriptor, ErrorTable } from '../../src/errors/ErrorDescriptor.js'
import { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'

const field = /\{(\w+)\}/g
const fieldsOf = (text: string): string[] => [...text.matchAll(field)].map(([, name = '']) => name)
const entries = Object.entries(catalogue) as [ErrorCode, ErrorDescriptor][]

/** An error as code that the compiler does not see makes it. */
const made = (code: ErrorCode, details: Record<string, unknown>): OpenLedgerError =>
  new OpenLedgerError(code, details as never)

describe.each(entries)('%s', (code, { message, hint, hintMeans }) => {
  const names = [...new Set([...fieldsOf(message), ...fieldsOf(hint)])]
  const complete = Object.fromEntries(names.map((name) => [name, `<${name}>`]))

  test('shows every value that it is given, and no name in braces', () => {
    const error = made(code, complete)
    const shown = `${error.message}\n${error.hint}`
    expect(shown).not.toMatch(field)
    for (const value of Object.values(complete)) expect(shown).toContain(value)
  })

  test('cannot be made without one of its values', () => {
    for (const name of names) {
      expect(() => made(code, { ...complete, [name]: undefined })).toThrow(`${code} was given no ${name}`)
    }
  })

  test('has a hint in the reference that says something', () => {
    expect(hintMeans ?? hint).not.toMatch(/^\{\w+\}$/)
    if (hintMeans !== undefined) expect(hintMeans).not.toMatch(field)
  })
})

describe('the tables', () => {
  const numbersOf = (errors: ErrorTable): number[] => Object.keys(errors).map((code) => Number(code.slice(2)))

  test.each(errorTables)('$title: every code is in the range of its table', ({ codes, errors }) => {
    const outside = numbersOf(errors).filter((code) => !codes.some(([first, last]) => first <= code && code <= last))
    expect(outside).toEqual([])
  })

  test('no two ranges overlap, so that no table can override a code of another', () => {
    const runs = errorTables.flatMap(({ codes }) => codes).toSorted(([one], [other]) => one - other)
    for (const [i, [first, last]] of runs.entries()) {
      expect(last).toBeGreaterThanOrEqual(first)
      expect(first).toBeGreaterThan(runs[i - 1]?.[1] ?? 999)
    }
  })

  test('the catalogue has every code of every table', () => {
    const all = errorTables.flatMap(({ errors }) => Object.keys(errors))
    expect(Object.keys(catalogue).sort()).toEqual(all.sort())
  })
})

test('outside of tests a missing value is said to be unknown: an error that another version carried here', () => {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    expect(made('OL1706', { pid: 7 }).message).toBe('Process 7 of the devnet cannot be ended: (unknown)')
  } finally {
    process.env['NODE_ENV'] = before
  }
})

test('a value that looks like a field is shown as it is', () => {
  expect(made('OL1706', { pid: 7, reason: 'of {pid}' }).message).toBe(
    'Process 7 of the devnet cannot be ended: of {pid}',
  )
})

describe('what is said about an error of a contract', () => {
  const inputs = new Map<string, readonly AbiParameter[]>()
  for (const item of contractAbis.flat()) if (item.type === 'error') inputs.set(item.name, item.inputs)

  test.each(Object.entries(remedies))('%s names only what the error says', (name, { hint }) => {
    const known = inputs.get(name)?.map((input) => input.name)
    expect(known).toEqual(expect.arrayContaining(fieldsOf(hint)))
  })
})

test('the reference page has an entry for every code, and none whose hint is a field', () => {
  const page = readFileSync('docs/errors.md', 'utf8')
  for (const [code] of entries) expect(page).toContain(`### ${code}\n`)
  expect(page).not.toMatch(/^\*\*[^*]+\*\* \{\w+\}$/m)
})

test('every code is met in a test', () => {
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('catalogue.test.ts'))
    .map((name) => readFileSync(join('test', name), 'utf8'))
  expect(entries.map(([code]) => code).filter((code) => !tests.some((text) => text.includes(code)))).toEqual([])
})
