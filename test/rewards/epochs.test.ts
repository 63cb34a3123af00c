import { describe, expect, test } from '@jest/globals'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { hashJson } from '../../src/files/canonicalJson.js'
import { buildEpoch, receiptProof, rewardProof } from '../../src/rewards/epochs.js'
import { receiptHash } from '../../src/rewards/receipts.js'
import { address, chainId, rewardPool, sampleEpochs, sampleReceipts } from './sampleEpochs.js'

const seed = Number(process.env['SEED'] ?? 600)
console.log(`epochs: seed ${seed}`)
const epochs = sampleEpochs(seed)
const all = [sampleReceipts(seed, 7), sampleReceipts(seed + 1, 1), sampleReceipts(seed + 2, 4)] as const

describe('buildEpoch', () => {
  test('roots equal the trees that OpenZeppelin builds from the plain definition', () => {
    const earned = new Map<string, bigint>()
    for (const [n, epoch] of epochs.entries()) {
      for (const { shares } of all[n]!)
        for (const { contributor, amountWei } of shares)
          earned.set(contributor, (earned.get(contributor) ?? 0n) + BigInt(amountWei))
      const receipts = StandardMerkleTree.of(
        all[n]!.map((receipt) => [receipt.inferenceId, hashJson(receipt), receipt.poolWei]),
        ['bytes32', 'bytes32', 'uint256'],
      )
      const rewards = StandardMerkleTree.of(
        [...earned].map(([holder, amount]) => [chainId, rewardPool, holder, amount]),
        ['uint256', 'address', 'address', 'uint256'],
      )
      expect(epoch.manifest.receiptsRoot).toBe(receipts.root)
      expect(epoch.manifest.rewardsRoot).toBe(rewards.root)
      expect(epoch.manifestHash).toBe(hashJson(epoch.manifest))
    }
  })

  test('cumulative totals equal the sum of all pools so far, and each epoch names the one before', () => {
    let total = 0n
    for (const [n, { manifest, cumulative }] of epochs.entries()) {
      const pool = all[n]!.reduce((sum, { poolWei }) => sum + BigInt(poolWei), 0n)
      total += pool
      expect(manifest.epoch).toBe(n + 1)
      expect(manifest.poolWei).toBe(String(pool))
      expect(manifest.totalAllocatedWei).toBe(String(total))
      expect([...cumulative.values()].reduce((a, b) => a + b)).toBe(total)
      expect(manifest.previousRewardsRoot).toBe(n === 0 ? null : epochs[n - 1]!.manifest.rewardsRoot)
    }
  })

  test('the same receipts in another order make the same epoch', () => {
    const again = buildEpoch({
      receipts: all[0].toReversed(),
      chainId,
      rewardPool: rewardPool.toUpperCase().replace('0X', '0x'),
    })
    expect(again.manifest).toEqual(epochs[0].manifest)
  })

  test('another chain or another pool gives other reward roots', () => {
    const here = epochs[0].manifest
    expect(buildEpoch({ receipts: all[0], chainId: 902, rewardPool }).manifest.rewardsRoot).not.toBe(here.rewardsRoot)
    expect(buildEpoch({ receipts: all[0], chainId, rewardPool: address(7) }).manifest.rewardsRoot).not.toBe(
      here.rewardsRoot,
    )
  })

  test('proofs of rewards and receipts are accepted by OpenZeppelin', () => {
    const [, , third] = epochs
    for (const [holder, amount] of third.cumulative) {
      const { cumulativeWei, proof } = rewardProof(third, `0x${holder.slice(2).toUpperCase()}`)
      expect(cumulativeWei).toBe(amount)
      const leaf = [chainId, rewardPool, holder, amount]
      expect(
        StandardMerkleTree.verify(third.manifest.rewardsRoot, ['uint256', 'address', 'address', 'uint256'], leaf, [
          ...proof,
        ]),
      ).toBe(true)
    }
    for (const receipt of all[2]) {
      const found = receiptProof(third, receipt.inferenceId)
      expect(found.receipt).toEqual(receipt)
      const leaf = [receipt.inferenceId, receiptHash(receipt), receipt.poolWei]
      expect(
        StandardMerkleTree.verify(third.manifest.receiptsRoot, ['bytes32', 'bytes32', 'uint256'], leaf, [
          ...found.proof,
        ]),
      ).toBe(true)
    }
    expect(() => rewardProof(third, address(99))).toThrow(expect.objectContaining({ code: 'OL1807' }))
    expect(() => receiptProof(third, all[0][0]!.inferenceId)).toThrow(expect.objectContaining({ code: 'OL1807' }))
  })

  test('an inference is paid for once', () => {
    const [receipt] = all[0]
    expect(() => buildEpoch({ receipts: [...all[0], receipt!], chainId, rewardPool })).toThrow(
      expect.objectContaining({ code: 'OL1802' }),
    )
    const settled = new Set([receipt!.inferenceId])
    expect(() => buildEpoch({ receipts: all[0], settled, chainId, rewardPool })).toThrow(
      expect.objectContaining({
        code: 'OL1802',
        exitCode: 6,
        details: expect.objectContaining({ inferenceId: receipt!.inferenceId }),
      }),
    )
  })

  test('nothing to allocate, a broken receipt, another chain: refused', () => {
    expect(() => buildEpoch({ receipts: [], chainId, rewardPool })).toThrow(expect.objectContaining({ code: 'OL1803' }))
    const broken = { ...all[0][0]!, poolWei: '1' }
    expect(() => buildEpoch({ receipts: [broken], chainId, rewardPool })).toThrow(
      expect.objectContaining({ code: 'OL1801' }),
    )
    expect(() => buildEpoch({ receipts: all[1], previous: epochs[0], chainId: 902, rewardPool })).toThrow(
      expect.objectContaining({ code: 'OL1806' }),
    )
    expect(() => buildEpoch({ receipts: all[0], chainId, rewardPool: '0x12' })).toThrow(
      expect.objectContaining({ code: 'OL1800' }),
    )
  })
})
