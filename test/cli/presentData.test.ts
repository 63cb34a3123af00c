import { expect, test } from '@jest/globals'
import { presentData } from '../../src/cli/presentData.js'

// The example of EIP-55 itself.
const spelt = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const typed = spelt.toLowerCase()

test('every address is shown with its checksum, and texts of others as they are', () => {
  const data = { account: typed, holders: [{ account: typed, shares: 1 }], content: { prompt: typed }, answer: typed }
  expect(presentData(data, { open: false })).toEqual({
    account: spelt,
    holders: [{ account: spelt, shares: 1 }],
    content: { prompt: typed },
    answer: typed,
  })
})

test.each([
  [0n, '0'],
  [1n, '0.000000000000000001'],
  [250_000_000_000_000_000n, '0.25'],
  [-1_500_000_000_000_000_000n, '-1.5'],
  [12_345_000_000_000_000_000_000n, '12345'],
])('%s wei has %s OPEN beside it', (feeWei, feeOpen) => {
  expect(presentData({ feeWei }, { open: true })).toEqual({ feeWei, feeOpen })
})

test('an amount as text, one that is not known, and one that has its OPEN already', () => {
  const data = { poolWei: '2000000000000000000', bondWei: null, feeWei: 1n, feeOpen: 'mine', weiOf: 'x' }
  expect(presentData(data, { open: true })).toEqual({ ...data, poolOpen: '2', bondOpen: null })
})

test('a file that is given as it is stays as it is', () => {
  const file = { payer: typed, cumulativeWei: '5' }
  expect(presentData({ file }, { open: true })).toEqual({ file })
})
