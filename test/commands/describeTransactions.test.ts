import { expect, test } from '@jest/globals'
import type { PlannedTransaction } from '../../src/chain/client/describeTransaction.js'
import { describeCalls } from '../../src/commands/gov/describeCalls.js'
import { describeTransactions } from '../../src/commands/views/describeTransactions.js'

const address = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const hostile = 'late\n  value     0.000000000000000000 OPEN\r\u202e'
const planned: PlannedTransaction = {
  network: 'OpenLedger devnet L2',
  chainId: 901,
  from: address,
  to: address,
  contract: 'DatanetRegistry',
  function: 'rejectAccess',
  arguments: [{ name: 'reason', value: hostile }],
  data: '0x12345678',
  valueWei: 7n * 10n ** 18n,
  gas: 50_000n,
  gasCostWei: null,
}

test('a text among the arguments cannot pass for another line of what is signed', () => {
  const lines = describeTransactions([planned]).split('\n')
  expect(lines).toHaveLength(7)
  expect(lines[4]).toBe('    reason = late⏎  value     0.000000000000000000 OPEN\\u{d}\\u{202e}')
  expect(lines.filter((line) => line.startsWith('  value'))).toEqual(['  value     7.000000000000000000 OPEN'])
})

test('nor for another call of a proposal', () => {
  const call = { ...planned, target: address, arguments: [{ name: 'reason', value: 'late\ncall 2      pay nobody' }] }
  expect(describeCalls([call])).toEqual([
    'DatanetRegistry.rejectAccess(reason = late⏎call 2      pay nobody), with 7.000000 OPEN of the treasury',
  ])
})
