import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { filesOf, loadEpoch, readEpochFiles, writeEpoch } from '../../src/rewards/epochFolder.js'
import { buildEpoch } from '../../src/rewards/epochs.js'
import { type EpochFiles, verifyEpochOffChain } from '../../src/rewards/verify.js'
import { chainId, rewardPool, sampleEpochs, sampleReceipts } from './sampleEpochs.js'

const [first, second, third] = sampleEpochs(42)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-epochs-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('epoch folder', () => {
  test('comes back as it was written, with nothing left beside it', async () => {
    for (const [epoch, previous] of [[first], [second, first], [third, second]] as const) {
      const path = await writeEpoch(folder, epoch)
      const loaded = await loadEpoch(path, previous)
      expect(loaded.manifest).toEqual(epoch.manifest)
      expect(loaded.receipts).toEqual(epoch.receipts)
      expect(loaded.cumulative).toEqual(epoch.cumulative)
      expect([...loaded.cumulative.keys()]).toEqual([...epoch.cumulative.keys()])
      expect(loaded.rewardsTree.proof(0)).toEqual(epoch.rewardsTree.proof(0))
      expect(loaded.manifestHash).toBe(epoch.manifestHash)
    }
    expect((await readdir(folder)).sort()).toEqual(['1', '2', '3'])
    expect((await readdir(join(folder, '1'))).sort()).toEqual([
      'epoch.json',
      'receipts-tree.json',
      'receipts.jsonl',
      'rewards-tree.json',
    ])
  })

  test('the same epoch again changes nothing, another is refused', async () => {
    await writeEpoch(folder, first)
    const before = await readFile(join(folder, '1', 'epoch.json'), 'utf8')
    await expect(writeEpoch(folder, first)).resolves.toBe(join(folder, '1'))
    const other = buildEpoch({ receipts: sampleReceipts(9, 2), chainId, rewardPool })
    await expect(writeEpoch(folder, other)).rejects.toMatchObject({ code: 'OL1804', exitCode: 6 })
    expect(await readFile(join(folder, '1', 'epoch.json'), 'utf8')).toBe(before)
    expect((await readdir(folder)).some((name) => name.endsWith('.tmp'))).toBe(false)
  })

  test('changed files are refused, with receipt and field', async () => {
    const path = await writeEpoch(join(folder, 'changed'), first)
    const file = join(path, 'receipts.jsonl')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/"inputTokens":\d+/, '"inputTokens":77777'))
    await expect(loadEpoch(path)).rejects.toMatchObject({
      code: 'OL1805',
      exitCode: 6,
      details: { check: 'receipts file' },
    })
    await writeFile(file, text.replace(/"amountWei":"(\d+)"/, '"amountWei":"1$1"'))
    await expect(loadEpoch(path)).rejects.toMatchObject({
      code: 'OL1805',
      message: expect.stringContaining(first.receipts[0]!.inferenceId),
    })
    await writeFile(file, text.replace('"payer":"0x', '"payer":"0xZ'))
    await expect(loadEpoch(path)).rejects.toMatchObject({
      code: 'OL1800',
      details: { where: `${file}:1`, field: 'payer' },
    })
    await rm(file)
    await expect(loadEpoch(path)).rejects.toMatchObject({ code: 'OL1900' })
  })
})

describe('verifyEpochOffChain', () => {
  const failures = (files: EpochFiles, previous: Parameters<typeof verifyEpochOffChain>[1] = first): string[] =>
    verifyEpochOffChain(files, previous).flatMap(({ name, ok, detail }) => (ok ? [] : [`${name}: ${detail}`]))
  const files = filesOf(second)
  const holder = files.rewardsTree.values[0]!.value[2]
  const [receipt] = files.receipts

  test('all checks hold for an epoch as built, with and without its history', () => {
    expect(verifyEpochOffChain(files, first)).toHaveLength(7)
    expect(failures(files)).toEqual([])
    expect(verifyEpochOffChain(filesOf(first)).every(({ ok }) => ok)).toBe(true)
    expect(verifyEpochOffChain(filesOf(third)).every(({ ok }) => ok)).toBe(true)
  })

  test('reads what was written', async () => {
    const path = await writeEpoch(join(folder, 'read'), third)
    expect(await readEpochFiles(path)).toEqual(filesOf(third))
  })

  test('a share moved from one account to another is found by hash and by reward', () => {
    const shares = receipt!.shares.map((share, i) =>
      i === 0 ? { ...share, contributor: rewardPool as `0x${string}` } : share,
    )
    const found = failures({ ...files, receipts: [{ ...receipt!, shares }] })
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'receipts file',
      'receipt proofs',
      'rewards follow receipts',
    ])
    expect(found[1]).toContain(`receiptHash of receipt ${receipt!.inferenceId}`)
  })

  test('a larger reward is found by proof, total and history', () => {
    const values = files.rewardsTree.values.map((leaf, i) =>
      i === 0 ? { ...leaf, value: [...leaf.value.slice(0, 3), `9${leaf.value[3]}`] } : leaf,
    )
    const names = failures({ ...files, rewardsTree: { ...files.rewardsTree, values } }).map(
      (line) => line.split(':')[0],
    )
    expect(names).toEqual(['totals', 'reward proofs', 'rewards follow receipts'])
  })

  test('a sound tree that pays less than before is found by history alone', () => {
    const cumulative = new Map(second.cumulative).set(holder as `0x${string}`, 0n)
    const shrunk = buildEpoch({
      receipts: sampleReceipts(43, 1),
      previous: { manifest: first.manifest, cumulative },
      chainId,
      rewardPool,
    })
    const found = failures(filesOf(shrunk))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^rewards follow receipts: cumulativeWei of account 0x[0-9a-f]{40} (shrinks|is)/)
  })

  test('a false root, count or predecessor is found', () => {
    const wrong = `0x${'00'.repeat(32)}` as const
    const change = (fields: Partial<EpochFiles['manifest']>): string[] =>
      failures({ ...files, manifest: { ...files.manifest, ...fields } })
    expect(change({ receiptsRoot: wrong })[0]).toMatch(/^receipt proofs: the proof of leaf 0/)
    expect(change({ rewardsRoot: wrong })[0]).toMatch(/^reward proofs: the proof of leaf 0/)
    expect(change({ receiptCount: 2 })).toEqual(['totals: receiptCount is 2, expected 1'])
    expect(change({ previousRewardsRoot: wrong })[0]).toMatch(/^succession: previousRewardsRoot/)
    expect(change({ chainId: 1 }).map((line) => line.split(':')[0])).toEqual(['reward proofs', 'succession'])
    expect(failures(files, third)[0]).toMatch(/shrinks|expected/)
  })
})
