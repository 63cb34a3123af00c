import { expect, test } from '@jest/globals'
import { checksOf } from '../../src/doctor/checks.js'
import { examine } from '../../src/doctor/examine.js'
import { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'

test('what a check throws is a failure with a remedy: its own hint, else the one of the check', async () => {
  const native = new Error('libfoo.so: cannot open shared object file\nRequire stack:\n- x')
  const ours = new OpenLedgerError('OL1020', { folder: '/x' })
  const examined = await examine([
    { name: 'fine', remedy: 'none', look: async () => ({ status: 'ok', found: '1.0' }) },
    { name: 'native', remedy: 'install it', look: () => Promise.reject(native) },
    { name: 'ours', remedy: 'unused', look: () => Promise.reject(ours) },
  ])
  expect(examined).toEqual([
    { name: 'fine', status: 'ok', found: '1.0' },
    { name: 'native', status: 'fail', found: 'libfoo.so: cannot open shared object file', remedy: 'install it' },
    { name: 'ours', status: 'fail', found: ours.message, remedy: ours.hint },
  ])
})

test.each([
  [79, 'warn', '79 columns'],
  [80, 'ok', '80 columns'],
  [Number.POSITIVE_INFINITY, 'ok', 'none: plain output, no questions'],
])('a terminal of %s columns: %s', async (columns, status, found) => {
  const checks = checksOf({ folder: '.', environment: {}, columns })
  const [examined] = await examine(checks.filter(({ name }) => name === 'Terminal'))
  expect(examined).toMatchObject({ status, found })
})

test('a folder that does not exist has no free space', async () => {
  const checks = checksOf({ folder: '/nowhere', environment: {}, columns: 80 })
  const [examined] = await examine(checks.filter(({ name }) => name === 'Free disk'))
  expect(examined).toMatchObject({ status: 'fail', found: 'no such file or folder' })
})
