import { describe, expect, test } from '@jest/globals'
import { encodeAbiParameters, encodePacked, type Hex, keccak256, pad, parseEther, toEventSelector, toHex } from 'viem'
import { getL2TransactionHash, getSourceHash, serializeTransaction } from 'viem/op-stack'
import {
  failingDeposit,
  parseDeposit,
  serializeDeposit,
  sourceHash,
} from '../../../src/devnet/bridge/depositTransaction.js'
import { attributesTransaction, parseAttributes } from '../../../src/devnet/bridge/l1Block.js'

const from = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65'
const target = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

interface Case {
  readonly logIndex: number
  readonly mint: bigint
  readonly value: bigint
  readonly gas: bigint
  readonly isCreation: boolean
  readonly data: Hex
}

const cases: readonly Case[] = [
  ...[0, 1, 127, 128, 300].map((logIndex) => ({
    logIndex,
    mint: parseEther('100000') + BigInt(logIndex),
    value: BigInt(logIndex),
    gas: 100_000n,
    isCreation: false,
    data: '0x' as Hex,
  })),
  { logIndex: 3, mint: 0n, value: 0n, gas: 21_000n, isCreation: false, data: '0x00' },
  { logIndex: 4, mint: 1n, value: 2n ** 255n, gas: 2n ** 64n - 1n, isCreation: false, data: `0x${'ab'.repeat(700)}` },
  { logIndex: 5, mint: 0n, value: 7n, gas: 60_000n, isCreation: true, data: '0x600060005360016000f3' },
]

/** The log as the portal writes it. */
function logOf({ logIndex, mint, value, gas, isCreation, data }: Case) {
  const opaque = encodePacked(['uint256', 'uint256', 'uint64', 'bool', 'bytes'], [mint, value, gas, isCreation, data])
  const to = isCreation ? '0x0000000000000000000000000000000000000000' : target
  const topics = [
    toEventSelector('event TransactionDeposited(address indexed, address indexed, uint256 indexed, bytes)'),
    pad(from),
    pad(to),
    pad('0x0'),
  ]
  const blockHash = keccak256(toHex(`block ${logIndex}`))
  return { topics, data: encodeAbiParameters([{ type: 'bytes' }], [opaque]), blockHash, logIndex }
}

describe('a deposit', () => {
  test.each(cases)('has the hash and the bytes that viem/op-stack gives it (%#)', (one) => {
    const log = logOf(one)
    const transaction = serializeDeposit(parseDeposit(log))
    const viemLog = { ...log, eventName: 'TransactionDeposited', args: { from, to: target, version: 0n } } as const
    const opaqueData = encodePacked(
      ['uint256', 'uint256', 'uint64', 'bool', 'bytes'],
      [one.mint, one.value, one.gas, one.isCreation, one.data],
    )
    const known = { ...viemLog, args: { ...viemLog.args, opaqueData } }
    expect(transaction.hash).toBe(
      getL2TransactionHash({ log: known as unknown as Parameters<typeof getL2TransactionHash>[0]['log'] }),
    )
    expect(transaction.raw).toBe(
      serializeTransaction({
        type: 'deposit',
        sourceHash: getSourceHash({ domain: 'userDeposit', l1BlockHash: log.blockHash, l1LogIndex: one.logIndex }),
        from,
        ...(!one.isCreation && { to: target }),
        mint: one.mint,
        value: one.value,
        gas: one.gas,
        isSystemTx: false,
        data: one.data,
      }),
    )
  })

  test('of another version is not guessed at', () => {
    const log = logOf(cases[0]!)
    const topics = [...log.topics.slice(0, 3), pad('0x1')]
    expect(() => parseDeposit({ ...log, topics })).toThrow('is not a deposit of version 0')
  })

  test('that cannot run is replaced by one that mints the same and spends nothing', () => {
    const fields = parseDeposit(logOf({ ...cases[1]!, value: 2n ** 200n }))
    const { raw, hash } = failingDeposit(fields)
    expect(hash).not.toBe(serializeDeposit(fields).hash)
    expect(raw).toBe(
      serializeTransaction({
        type: 'deposit',
        sourceHash: fields.sourceHash,
        from,
        to: '0x4200000000000000000000000000000000000015',
        mint: fields.mint,
        value: 0n,
        gas: fields.gas,
        isSystemTx: false,
        data: '0x',
      }),
    )
  })
})

test('the attributes of an L1 block name it, under its own source hash', () => {
  const hash = keccak256('0x01')
  const block = { number: 258n, hash, timestamp: 1_700_000_000n, baseFee: 875_000_000n }
  const { raw } = attributesTransaction(block)
  expect(raw).toContain(getSourceHash({ domain: 'l1InfoDeposit', l1BlockHash: hash, sequenceNumber: 0 }).slice(2))
  expect(sourceHash(1, hash, 0)).toBe(getSourceHash({ domain: 'l1InfoDeposit', l1BlockHash: hash, sequenceNumber: 0 }))
  const data = `0x${raw.slice(raw.indexOf('440a5e20'))}` as const
  expect(parseAttributes(data)).toEqual({ number: 258n, hash })
  expect(parseAttributes('0x71cfaa3f')).toBeUndefined()
})
