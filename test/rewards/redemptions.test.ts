import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { encodeAbiParameters, zeroHash } from 'viem'
import { keccak256 } from '../../src/files/canonicalJson.js'
import { loadEpoch, writeEpoch } from '../../src/rewards/epochFolder.js'
import { buildEpoch, type Epoch } from '../../src/rewards/epochs.js'
import { checkReceipt, createReceipt, type Receipt } from '../../src/rewards/receipts.js'
import {
  checkRedeemedReceipts,
  checkRedemption,
  type Redemption,
  redeemedInferences,
} from '../../src/rewards/redemptions.js'
import { seededRandom } from '../attribution/seededRandom.js'
import { address, chainId, rewardPool, sampleReceipts } from './sampleEpochs.js'

const payer = address(100) as `0x${string}`
const modelId = keccak256('model')

/** The chain of a voucher, computed without the project's own function. */
function headOf(fees: readonly bigint[], ids: readonly `0x${string}`[], from: `0x${string}` = zeroHash): `0x${string}` {
  let head = from
  for (const [i, fee] of fees.entries()) {
    const types = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }] as const
    head = keccak256(Buffer.from(encodeAbiParameters(types, [head, ids[i] as `0x${string}`, fee]).slice(2), 'hex'))
  }
  return head
}

/** A voucher for inferences of these fees, each of which a receipt is made of, paying one record. */
function redeemed(fees: readonly bigint[], name = 'a'): { redemption: Redemption; receipts: Receipt[] } {
  const feeWei = fees.reduce((sum, fee) => sum + fee, 0n)
  const voucherId = keccak256(`voucher ${name}`)
  const inference = (i: number) => ({
    modelId,
    promptHash: keccak256(`prompt ${i}`),
    answerHash: keccak256(`answer ${i}`),
    payer,
    nonce: `${name}-${i}`,
  })
  const blank = fees.map((_, i) =>
    createReceipt({ ...inference(i), inputTokens: 1, outputTokens: 1, feeWei: 0n, poolWei: 0n, shares: [] }),
  )
  const ids = blank.map(({ inferenceId }) => inferenceId as `0x${string}`)
  const redemption: Redemption = {
    version: 1,
    voucherId,
    payer,
    modelId,
    cumulativeWei: String(feeWei),
    head: headOf(fees, ids),
    previousHead: zeroHash,
    feeWei: String(feeWei),
    poolWei: String((feeWei * 7n) / 10n),
    inferences: ids.map((inferenceId, i) => ({ inferenceId, feeWei: String(fees[i]) })),
  }
  const parts = redeemedInferences(redemption)
  const receipts = fees.map((fee, i) => {
    const poolWei = parts.get(ids[i] as `0x${string}`)?.poolWei as bigint
    const shares = [{ recordId: keccak256(`record ${i}`), contributor: address(i), amountWei: poolWei }]
    return createReceipt({ ...inference(i), inputTokens: 1, outputTokens: 1, feeWei: fee, poolWei, voucherId, shares })
  })
  return { redemption, receipts }
}

describe('what a redemption paid into the pool is divided by fees', () => {
  test('to the wei, each part less than a wei from its quota, for any fees', () => {
    const random = seededRandom(5)
    for (let run = 0; run < 300; run++) {
      const fees = Array.from({ length: 1 + Math.floor(random() * 9) }, () =>
        BigInt(Math.floor(random() * 10 ** (run % 16))),
      )
      if (fees.every((fee) => fee === 0n)) continue
      const { redemption } = redeemed(fees, `run ${run}`)
      const parts = [...redeemedInferences(redemption).values()]
      const [pool, total] = [BigInt(redemption.poolWei), BigInt(redemption.feeWei)]
      expect(parts.reduce((sum, { poolWei }) => sum + poolWei, 0n)).toBe(pool)
      for (const [i, { poolWei }] of parts.entries()) {
        const off = poolWei * total - pool * (fees[i] as bigint)
        expect(off < total && -off < total).toBe(true)
      }
    }
  })
})

describe('a redemption from anywhere', () => {
  const { redemption } = redeemed([30n, 0n, 12n])
  const [one, two, three] = redemption.inferences as [{ inferenceId: `0x${string}`; feeWei: string }, never, never]

  test('is taken when its inferences lead to what was signed', () => {
    expect(checkRedemption(structuredClone(redemption))).toEqual(redemption)
  })

  test.each([
    ['head', { inferences: [two, one, three] }],
    ['head', { inferences: [one, two] }],
    ['head', { inferences: [{ ...one, feeWei: '31' }, two, three] }],
    ['head', { previousHead: keccak256('another') }],
    ['inferences.3.inferenceId', { inferences: [one, two, three, one] }],
    ['feeWei', { feeWei: '41' }],
    ['feeWei', { cumulativeWei: '41' }],
    ['poolWei', { poolWei: '43' }],
    ['voucherId', { voucherId: '0x12' }],
    ['inferences', { inferences: [] }],
  ])('is refused for its %s', (field, change) => {
    expect(() => checkRedemption({ ...redemption, ...change })).toThrow(
      expect.objectContaining({ code: 'OL1800', details: expect.objectContaining({ field }) }),
    )
  })
})

describe('an epoch with vouchers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openledger-redemptions-'))
  const { redemption, receipts } = redeemed([1001n, 17n, 5n])
  const other = redeemed([999n], 'other')
  const single = sampleReceipts(3, 2)
  const epoch: Epoch = buildEpoch({
    receipts: [...receipts.slice(0, 2), ...single],
    redemptions: [other.redemption, redemption],
    chainId,
    rewardPool,
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('commits to the redemptions that its receipts name, and to no others', () => {
    expect(epoch.redemptions).toEqual([redemption])
    expect(epoch.manifest.version).toBe(2)
    expect(epoch.receipts.map(({ version }) => version).sort()).toEqual([1, 1, 2, 2])
    const pools = epoch.receipts.reduce((sum, { poolWei }) => sum + BigInt(poolWei), 0n)
    expect(epoch.manifest.poolWei).toBe(String(pools))
    const plain = buildEpoch({ receipts: single, redemptions: [redemption], chainId, rewardPool })
    expect(plain.manifest).not.toHaveProperty('redemptionsHash')
    expect(plain.manifest.version).toBe(1)
  })

  test('is written, read and verified again; another byte of its vouchers is found', async () => {
    const path = await writeEpoch(folder, epoch)
    expect((await loadEpoch(path)).manifestHash).toBe(epoch.manifestHash)
    const file = join(path, 'redemptions.jsonl')
    const lines = readFileSync(file, 'utf8')
    const changed = lines.replace('"feeWei":"17"', '"feeWei":"18"')
    writeFileSync(file, changed)
    await expect(loadEpoch(path)).rejects.toMatchObject({
      code: 'OL1805',
      details: {
        check: 'vouchers',
        detail: `redemptionsHash is ${epoch.manifest.redemptionsHash}, expected ${keccak256(changed)}`,
      },
    })
    writeFileSync(file, '')
    await expect(loadEpoch(path)).rejects.toMatchObject({ code: 'OL1805', details: { check: 'vouchers' } })
    rmSync(file)
    await expect(loadEpoch(path)).rejects.toMatchObject({ code: 'OL1900' })
    writeFileSync(file, lines)
    expect((await loadEpoch(path)).redemptions).toEqual([redemption])
  })

  test('takes no receipt that pays other than its voucher, or is under none', () => {
    const [first] = receipts as [Receipt, Receipt, Receipt]
    const build = (changed: Receipt, redemptions: Redemption[]) => () =>
      buildEpoch({ receipts: [changed], redemptions, chainId, rewardPool })
    const refused = expect.objectContaining({ code: 'OL1846', exitCode: 6 })
    expect(build(first, [])).toThrow(refused)
    expect(build(first, [other.redemption])).toThrow(refused)
    expect(build({ ...first, feeWei: '1000' }, [redemption])).toThrow(refused)
    expect(build({ ...first, payer: address(7) as `0x${string}` }, [redemption])).toThrow(refused)
    const [share] = first.shares as [Receipt['shares'][number]]
    const more = { ...first, poolWei: '1001', shares: [{ ...share, amountWei: '1001' }] }
    expect(build(more, [redemption])).toThrow(refused)
    expect(() => checkRedeemedReceipts([first], [redemption, redemption])).toThrow(refused)
    expect(() => checkRedeemedReceipts([first], [redemption, other.redemption])).toThrow(refused)
  })

  test('a receipt says by its version whether a voucher paid', () => {
    const [first] = receipts as [Receipt, Receipt, Receipt]
    const { voucherId: _, ...without } = first
    expect(() => checkReceipt(without)).toThrow(expect.objectContaining({ code: 'OL1800' }))
    expect(() => checkReceipt({ ...first, version: 1 })).toThrow(expect.objectContaining({ code: 'OL1800' }))
  })
})
