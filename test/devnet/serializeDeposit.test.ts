import { expect, test } from '@jest/globals'
import { keccak256, parseEther, toHex } from 'viem'
import { getSourceHash, serializeTransaction } from 'viem/op-stack'
import { serializeDeposit } from '../../src/devnet/serializeDeposit.js'

test.each([0, 1, 127, 128, 300])('a deposit is what viem/op-stack serialises (log %s)', (logIndex) => {
  const account = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65'
  const blockHash = keccak256(toHex(`block ${logIndex}`))
  const mint = parseEther('100000') + BigInt(logIndex)
  const expected = serializeTransaction({
    type: 'deposit',
    sourceHash: getSourceHash({ domain: 'userDeposit', l1BlockHash: blockHash, l1LogIndex: logIndex }),
    from: account,
    to: account,
    mint,
    value: 0n,
    gas: 100_000n,
    isSystemTx: false,
    data: '0x',
  })
  expect(serializeDeposit({ blockHash, logIndex }, account, mint)).toBe(expected)
})
