import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseEther, zeroHash } from 'viem'
import { getBalance } from 'viem/actions'
import { getEpoch } from '../../src/chain/actions/rewards/getEpoch.js'
import { getLedger } from '../../src/chain/actions/rewards/getLedger.js'
import { postEpoch as sendEpoch } from '../../src/chain/actions/rewards/postEpoch.js'
import { rewardPoolTotals } from '../../src/chain/actions/rewards/rewardPoolTotals.js'
import { voteEpoch } from '../../src/chain/actions/rewards/voteEpoch.js'
import { stake } from '../../src/chain/actions/staking/stake.js'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { reviewRecords } from '../../src/datanet/review/reviewRecords.js'
import type { StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { createVersion } from '../../src/datanet/versions/createVersion.js'
import type { Devnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { loadEpoch, writeEpoch } from '../../src/rewards/epochFolder.js'
import { buildEpoch } from '../../src/rewards/epochs.js'
import { attributeAgain } from '../../src/workflows/epochs/attributeAgain.js'
import { claimAll } from '../../src/workflows/epochs/claimAll.js'
import { attest, challenge, endVote, rivalRoot } from '../../src/workflows/epochs/judgeEpoch.js'
import { nextEpoch, postEpoch } from '../../src/workflows/epochs/postEpoch.js'
import { recomputeEpoch } from '../../src/workflows/epochs/recomputeEpoch.js'
import { readInferences } from '../../src/workflows/inference/inferences.js'
import { payInferences } from '../../src/workflows/inference/payInferences.js'
import { modelVersions } from '../../src/workflows/models/modelVersions.js'
import { publishModel } from '../../src/workflows/models/publishModel.js'
import type { Connection } from '../../src/workflows/network/openConnection.js'
import { collectStake, depositStake, requestStake, stakeStatus } from '../../src/workflows/stake/manageStake.js'
import { attributionOf, done, makeAdapter, makeWorkspace, startPublishedWorld } from './money.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-judge-'))
const paths = workspacePaths(folder)
const prices = { inputPriceWei: 10n ** 18n, outputPriceWei: 3n * 10n ** 18n }
const { user, zed } = devAccounts()
let devnet: Devnet
let connection: Connection
let mara: StoredRecord
let tobias: StoredRecord
let modelId: `0x${string}`

beforeAll(async () => {
  ;({ mara, tobias, devnet, connection, modelId } = await startPublishedWorld(folder, prices))
})
afterAll(async () => {
  await devnet.stop()
  rmSync(folder, { recursive: true })
})

const ask = async (prompt: string) => {
  const attributions = [
    attributionOf(prompt, [
      [mara, 0.75],
      [tobias, 0.25],
    ]),
  ]
  await done(payInferences(connection, { paths, modelId, scorer: 'test', attributions }))
}
const post = () => done(postEpoch(paths, connection))

describe('staking', () => {
  test('is shown before it is done', async () => {
    const deposit = depositStake(connection, parseEther('500'))
    expect(deposit.facts.account).toBe(user.address)
    const before = await getBalance(connection.client, { address: user.address })
    expect(await deposit.plan()).toMatchObject([{ function: 'stake', valueWei: parseEther('500') }])
    expect(await getBalance(connection.client, { address: user.address })).toBe(before)
    await deposit.carryOut()
    await stake(connection.as('zed'), { amountWei: parseEther('100') })
    await warp(devnet, 1)
    const { stake: found, staking, ballot } = await stakeStatus(connection)
    expect(found).toMatchObject({ activeWei: parseEther('500'), unbondingWei: 0n, locked: false })
    expect(staking.totalActiveWei).toBe(parseEther('600'))
    expect(ballot).toBeUndefined()
  })

  test('of which nothing was asked for cannot be collected', async () => {
    await expect(collectStake(connection)).rejects.toMatchObject({
      code: 'OL1845',
      details: { account: user.address, reason: 'no stake was asked for' },
    })
  })
})

describe('an epoch that is right', () => {
  test('is computed again to the same roots, attested, and not challenged', async () => {
    await expect(recomputeEpoch(paths, connection, undefined)).rejects.toMatchObject({ code: 'OL1840' })
    await ask('one')
    const { epoch } = await post()
    const recomputed = await recomputeEpoch(paths, connection, undefined)
    expect(recomputed.differences).toEqual([])
    expect(recomputed.own?.manifestHash).toBe(epoch.manifestHash)
    expect(() => rivalRoot(recomputed)).toThrow(expect.objectContaining({ code: 'OL1844' }))
    const attestation = attest(connection, recomputed)
    expect(attestation.facts).toEqual({ epoch: 1, rewardsRoot: epoch.manifest.rewardsRoot, model: null })
    expect(await attestation.plan()).toMatchObject([{ function: 'vote', valueWei: 0n }])
    expect((await attestation.carryOut()).weightWei).toBe(parseEther('500'))
  })

  test('keeps the stake in until it is final; then the vote is settled with the collection', async () => {
    await requestStake(connection, parseEther('100')).carryOut()
    const waiting = await collectStake(connection).catch((error: unknown) => error)
    expect(waiting).toMatchObject({ code: 'OL1852', details: { reason: expect.stringContaining('waits until') } })
    await done(claimAll(paths, connection, { warp: true }))
    await warp(devnet, 7 * 86_400)
    const collection = await collectStake(connection)
    expect(collection.facts.steps.map(({ name }) => name)).toEqual(['settle', 'withdraw stake'])
    const sent = await collection.carryOut()
    expect(sent).toMatchObject([
      { settled: { epoch: 1, slashedWei: 0n, rewardWei: 0n } },
      { amountWei: parseEther('100') },
    ])
    expect((await stakeStatus(connection)).stake).toMatchObject({ activeWei: parseEther('400'), locked: false })
  })

  test('is found right also by somebody who has its files and no notes of its inferences', async () => {
    await ask('two')
    const { epoch } = await post()
    const notes = join(paths.attribution, 'inferences')
    renameSync(notes, join(folder, 'notes'))
    const { own, differences } = await recomputeEpoch(paths, connection, 2)
    renameSync(join(folder, 'notes'), notes)
    expect(differences).toEqual([])
    expect(own?.manifestHash).toBe(epoch.manifestHash)
    // And by somebody who has the notes, and got no files.
    renameSync(paths.epoch(2), join(folder, 'published'))
    const again = await recomputeEpoch(paths, connection, 2)
    renameSync(join(folder, 'published'), paths.epoch(2))
    expect(again.differences).toEqual([])
    await done(claimAll(paths, connection, { warp: true }))
  })
})

describe('an epoch that is false', () => {
  /** What a dishonest operator posts: somebody else's root, over all that is in the pool. */
  const postFalse = async (changed: object) => {
    const client = connection.as('operator')
    const { epoch } = await nextEpoch(paths, connection)
    const { manifest } = epoch
    const { bondWei } = await getLedger(client)
    return sendEpoch(client, {
      receiptsRoot: manifest.receiptsRoot as `0x${string}`,
      rewardsRoot: manifest.rewardsRoot as `0x${string}`,
      totalAllocatedWei: BigInt(manifest.totalAllocatedWei),
      receiptCount: manifest.receiptCount,
      manifestHash: epoch.manifestHash,
      bondWei,
      ...changed,
    })
  }

  test('in its rewards is not attested, but challenged with the root that the files give', async () => {
    await ask('three')
    const { fundedWei } = await rewardPoolTotals(connection.client)
    const stolen = `0x${'5'.repeat(64)}` as const
    const { epoch } = await postFalse({ rewardsRoot: stolen, totalAllocatedWei: fundedWei })
    const recomputed = await recomputeEpoch(paths, connection, undefined)
    const { own } = recomputed
    expect(recomputed.differences).toContainEqual({
      field: 'rewardsRoot',
      posted: stolen,
      computed: own?.manifest.rewardsRoot,
    })
    expect(() => attest(connection, recomputed)).toThrow(expect.objectContaining({ code: 'OL1843', exitCode: 6 }))

    const challenged = await challenge(connection, recomputed, rivalRoot(recomputed))
    expect(challenged.facts).toMatchObject({ rewardsRoot: own?.manifest.rewardsRoot, bondWei: parseEther('1') })
    expect((await challenged.carryOut()).weightWei).toBe(parseEther('400'))
    // An account that computes the same root later votes for it, and needs no bond.
    expect((await challenge(connection, recomputed, rivalRoot(recomputed))).facts.bondWei).toBe(0n)
    await voteEpoch(connection.as('zed'), { epoch, rewardsRoot: stolen })

    await expect(done(endVote(connection, epoch, false))).rejects.toMatchObject({ code: 'OL1637' })
    const ended = await done(endVote(connection, epoch, true))
    expect(ended.warpedSeconds).toBeGreaterThan(0)
    expect(ended.resolved).toMatchObject({ outcome: 'overturned', rewardsRoot: own?.manifest.rewardsRoot })
    expect(ended.settled).toMatchObject({ rewardWei: parseEther('0.5'), slashedWei: 0n })
    expect((await getEpoch(connection.client, { epoch })).status).toBe('rejected')
    // The bond came back, with the half of the poster's.
    const collection = await collectStake(connection)
    expect(collection.facts.steps).toEqual([{ name: 'withdraw bonds', amountWei: parseEther('1.5') }])
    await collection.carryOut()
    expect((await stakeStatus(connection)).bondsWei).toBe(0n)
    // The other one's vote is settled by its own end of the vote.
    const { ballot } = await stakeStatus(connection, zed.address)
    expect(ballot).toEqual({ epoch, weightWei: parseEther('100'), decided: true })
  })

  test('in another field is challenged with no root at all', async () => {
    const { epoch } = await postFalse({ receiptCount: 77 })
    const recomputed = await recomputeEpoch(paths, connection, epoch)
    expect(recomputed.differences).toEqual([{ field: 'receiptCount', posted: '77', computed: '1' }])
    expect(rivalRoot(recomputed)).toBe(zeroHash)
    await done(challenge(connection, recomputed, zeroHash))
    expect((await done(endVote(connection, epoch, true))).resolved).toMatchObject({
      outcome: 'overturned',
      rewardsRoot: zeroHash,
    })
    // A second time there is nothing to end.
    await expect(done(endVote(connection, epoch, true))).rejects.toMatchObject({ code: 'OL1603' })
  })

  test('in shares that this workspace noted otherwise is found out, though its files agree with each other', async () => {
    const batch = join(paths.attribution, 'inferences')
    const before = readdirSync(batch)
    await ask('four')
    const { epoch } = await nextEpoch(paths, connection)
    // The operator writes and posts what its own notes say; the validator's notes say something else.
    await post()
    const file = join(batch, String(readdirSync(batch).find((name) => !before.includes(name))))
    const original = readFileSync(file, 'utf8')
    const changed = original.replace('"share":0.75', '"share":0.5').replace('"share":0.25', '"share":0.5')
    expect(changed).not.toBe(original)
    writeFileSync(file, changed)
    const recomputed = await recomputeEpoch(paths, connection, undefined)
    writeFileSync(file, original)
    expect(recomputed.differences.map(({ field }) => field)).toEqual(['rewardsRoot', 'receiptsRoot', 'manifestHash'])
    expect(rivalRoot(recomputed)).not.toBe(epoch.manifest.rewardsRoot)
  })

  test('cannot be computed without the epochs before it', async () => {
    renameSync(paths.epochs, join(folder, 'gone'))
    await expect(recomputeEpoch(paths, connection, undefined)).rejects.toMatchObject({ code: 'OL1841' })
    renameSync(join(folder, 'gone'), paths.epochs)
    await expect(recomputeEpoch(paths, connection, 99)).rejects.toMatchObject({
      code: 'OL1840',
      details: { number: 99, status: 'unknown' },
    })
    await expect(recomputeEpoch(paths, connection, 1)).rejects.toMatchObject({
      code: 'OL1840',
      details: { status: 'finalized' },
    })
  })
})

describe('a workspace that lacks something', () => {
  test('has no adapter of a Datanet to publish', async () => {
    const adapter = makeAdapter(folder, zeroHash, 7)
    const file = join(adapter, 'training-manifest.json')
    const { datanet, ...manifest } = JSON.parse(readFileSync(file, 'utf8'))
    expect(datanet.root).toBe(zeroHash)
    writeFileSync(file, JSON.stringify(manifest))
    await expect(publishModel(connection, { adapter, ...prices })).rejects.toMatchObject({
      code: 'OL1809',
      details: { path: adapter },
    })
    rmSync(adapter, { recursive: true })
  })

  test('has not the version that a model was trained on', async () => {
    const other = mkdtempSync(join(tmpdir(), 'openledger-other-'))
    try {
      await makeWorkspace(other)
      const store = openDatanet(other)
      await addContribution(store, { file: 'more', lines: [{ line: 1, value: { text: 'More.' } }] }, { account: zed })
      reviewRecords(store, { decision: 'approve', records: 'all', reviewer: 'test', reason: undefined })
      createVersion(store)
      store.close()
      await expect(modelVersions(connection, workspacePaths(other))(modelId)).rejects.toMatchObject({
        code: 'OL1818',
        details: { modelId },
      })
    } finally {
      rmSync(other, { recursive: true })
    }
  })

  test('has a note of an inference that was changed', async () => {
    const [noted] = await readInferences(paths)
    const changed = { ...(noted as typeof noted & object), answer: 'Another answer.' }
    await expect(attributeAgain(connection, [changed], { paths })).rejects.toMatchObject({
      code: 'OL1850',
      details: { inferenceId: changed.inferenceId },
    })
  })

  test('has other files of an epoch that is final, sound in themselves', async () => {
    const [path, kept] = [paths.epoch(1), join(folder, 'kept')]
    const { manifest, receipts } = await loadEpoch(path)
    const { chainId, rewardPool } = manifest
    // The same receipt, as if it were of another answer.
    const inferenceId = zeroHash.replace(/0$/, '5') as typeof zeroHash
    const other = buildEpoch({
      receipts: receipts.map((receipt) => ({ ...receipt, inferenceId })),
      chainId,
      rewardPool,
    })
    renameSync(path, kept)
    try {
      await writeEpoch(paths.epochs, other)
      await expect(recomputeEpoch(paths, connection, undefined)).rejects.toMatchObject({
        code: 'OL1842',
        details: { path, epoch: 1, number: 1 },
      })
    } finally {
      rmSync(path, { recursive: true, force: true })
      renameSync(kept, path)
    }
  })
})
