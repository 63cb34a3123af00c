import { describe, expect, test } from '@jest/globals'
import { keccak256 } from '../../src/files/canonicalJson.js'
import {
  checkReceipt,
  createReceipt,
  inferenceIdOf,
  type ReceiptInput,
  receiptHash,
} from '../../src/rewards/receipts.js'
import { address, sampleReceipts } from './sampleEpochs.js'

const input: ReceiptInput = {
  modelId: keccak256('model'),
  promptHash: keccak256('prompt'),
  answerHash: keccak256('answer'),
  payer: '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B',
  nonce: '1',
  inputTokens: 12,
  outputTokens: 34,
  feeWei: 1000n,
  poolWei: 700n,
  shares: [
    { recordId: `0x${'bb'.repeat(32)}`, contributor: address(1), amountWei: 200n },
    { recordId: `0x${'AA'.repeat(32)}`, contributor: address(2), amountWei: 500n },
    { recordId: `0x${'cc'.repeat(32)}`, contributor: address(3), amountWei: 0n },
  ],
}

describe('createReceipt', () => {
  test('gives lower-case hex, shares by record id, none of zero', () => {
    const receipt = createReceipt(input)
    expect(receipt.payer).toBe('0xab5801a7d398351b8be11c439e05c5b3259aec9b')
    expect(receipt.shares).toEqual([
      { recordId: `0x${'aa'.repeat(32)}`, contributor: address(2), amountWei: '500' },
      { recordId: `0x${'bb'.repeat(32)}`, contributor: address(1), amountWei: '200' },
    ])
    expect(receipt).toMatchObject({ version: 1, feeWei: '1000', poolWei: '700', inputTokens: 12, outputTokens: 34 })
  })

  test('the inference id is the hash of the five fields that name it', () => {
    const { modelId, promptHash, answerHash } = input
    const json = `{"answerHash":"${answerHash}","modelId":"${modelId}","nonce":"1","payer":"${input.payer.toLowerCase()}","promptHash":"${promptHash}"}`
    expect(inferenceIdOf(input)).toBe(keccak256(json))
    expect(createReceipt(input).inferenceId).toBe(keccak256(json))
    expect(inferenceIdOf({ ...input, nonce: '2' })).not.toBe(keccak256(json))
  })

  test('the order and the capitals of the input do not change its hash, an amount does', () => {
    const hash = receiptHash(createReceipt(input))
    expect(
      receiptHash(createReceipt({ ...input, shares: input.shares.toReversed(), payer: input.payer.toLowerCase() })),
    ).toBe(hash)
    expect(receiptHash(createReceipt({ ...input, feeWei: 1001n }))).not.toBe(hash)
  })

  test('shares that miss the pool by a wei are refused', () => {
    const shares = [{ ...input.shares[0]!, amountWei: 699n }]
    expect(() => createReceipt({ ...input, shares })).toThrow(
      expect.objectContaining({
        code: 'OL1801',
        exitCode: 6,
        details: expect.objectContaining({ sumWei: 699n, poolWei: '700' }),
      }),
    )
    expect(() => createReceipt({ ...input, shares: [] })).toThrow(expect.objectContaining({ code: 'OL1801' }))
  })

  test('an answer that nobody is paid for has an empty pool', () => {
    expect(createReceipt({ ...input, poolWei: 0n, shares: [] }).shares).toEqual([])
  })

  test.each([
    ['payer', { payer: '0x12' }],
    ['modelId', { modelId: 'model' }],
    ['inputTokens', { inputTokens: 1.5 }],
    ['inputTokens', { inputTokens: 2 ** 32 }],
    ['feeWei', { feeWei: -1n }],
    ['feeWei', { feeWei: 2n ** 256n }],
    ['poolWei', { feeWei: 699n }],
    ['nonce', { nonce: '' }],
    ['shares.0.contributor', { shares: [{ ...input.shares[0]!, contributor: 'mara', amountWei: 700n }] }],
    [
      'shares.1.recordId',
      {
        shares: [
          { ...input.shares[0]!, amountWei: 350n },
          { ...input.shares[0]!, amountWei: 350n },
        ],
      },
    ],
  ] as const)('names the field: %s', (field, change) => {
    expect(() => createReceipt({ ...input, ...change })).toThrow(
      expect.objectContaining({ code: 'OL1800', details: expect.objectContaining({ field }) }),
    )
  })
})

test('checkReceipt wants one spelling, one order and no other fields', () => {
  const [receipt] = sampleReceipts(1, 1)
  expect(checkReceipt(receipt)).toEqual(receipt)
  for (const change of [
    { payer: receipt!.payer.toUpperCase().replace('0X', '0x') },
    { feeWei: `0${receipt!.feeWei}` },
    { note: 'hello' },
    { version: 2 },
  ])
    expect(() => checkReceipt({ ...receipt, ...change }, 'receipts.jsonl:3')).toThrow(
      expect.objectContaining({ code: 'OL1800', message: expect.stringContaining('receipts.jsonl:3') }),
    )
  const two = sampleReceipts(4, 20).find(({ shares }) => shares.length > 1)!
  expect(() => checkReceipt({ ...two, shares: two.shares.toReversed() })).toThrow(
    expect.objectContaining({ code: 'OL1800' }),
  )
})
