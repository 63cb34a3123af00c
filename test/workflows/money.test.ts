import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseEther } from 'viem'
import { setModelPrices } from '../../src/chain/actions/models/setModelPrices.js'
import { challengeEpoch } from '../../src/chain/actions/rewards/challengeEpoch.js'
import { getLedger } from '../../src/chain/actions/rewards/getLedger.js'
import { getVote } from '../../src/chain/actions/rewards/getVote.js'
import { resolveEpoch } from '../../src/chain/actions/rewards/resolveEpoch.js'
import { voteEpoch } from '../../src/chain/actions/rewards/voteEpoch.js'
import { stake } from '../../src/chain/actions/staking/stake.js'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import type { StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { warp } from '../../src/devnet/state/warp.js'
import { writeEpoch } from '../../src/rewards/epochFolder.js'
import { publishDatanet } from '../../src/workflows/datanets/publishDatanet.js'
import { type ClaimAllParameters, type ClaimAllReturnType, claimAll } from '../../src/workflows/epochs/claimAll.js'
import { readEpochs } from '../../src/workflows/epochs/epochHistory.js'
import { nextEpoch, postEpoch } from '../../src/workflows/epochs/postEpoch.js'
import { sortInferences } from '../../src/workflows/epochs/sortInferences.js'
import { verifyRewards } from '../../src/workflows/epochs/verifyRewards.js'
import { readBatches, readInferences } from '../../src/workflows/inference/inferences.js'
import { payInferences } from '../../src/workflows/inference/payInferences.js'
import { publishModel } from '../../src/workflows/models/publishModel.js'
import { type Connection, devnetConnection } from '../../src/workflows/network/openConnection.js'
import { attributionOf, cutAt, done, makeAdapter, startWorld } from './money.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-money-'))
const paths = workspacePaths(folder)
const prices = { inputPriceWei: 10n ** 18n, outputPriceWei: 3n * 10n ** 18n }
let devnet: Devnet
let connection: Connection
let mara: StoredRecord
let tobias: StoredRecord
let adapter: string
let modelId: `0x${string}`

beforeAll(async () => {
  ;({ mara, tobias, devnet, connection } = await startWorld(folder))
})
afterAll(async () => {
  await devnet.stop()
  rmSync(folder, { recursive: true })
})

const publish = async () => {
  const store = openDatanet(folder)
  try {
    return { ...(await done(publishDatanet(store, connection))), publications: store.publications() }
  } finally {
    store.close()
  }
}

const prepare = (prompts: readonly string[], on = connection) =>
  payInferences(on, {
    paths,
    modelId,
    scorer: 'test',
    attributions: prompts.map((prompt) =>
      attributionOf(prompt, [
        [mara, 0.75],
        [tobias, 0.25],
      ]),
    ),
  })
const ask = async (...prompts: readonly string[]) => done(prepare(prompts))
const post = () => done(postEpoch(paths, connection))
const claim = (parameters?: ClaimAllParameters) => done(claimAll(paths, connection, parameters))
const paidTo = ({ paid }: ClaimAllReturnType) => paid.map(({ account }) => account).sort()
const everybody = () => [mara.contributor, tobias.contributor].sort()

// Each test goes on where the one before ended, as a workspace does.
describe('publishing', () => {
  test('a version whose note was lost is noted by the next run, with its transaction', async () => {
    const { transactionHash, publications, version } = await publish()
    expect(publications).toMatchObject([{ version: 1, onChainVersion: 1, txHash: transactionHash }])
    const store = openDatanet(folder)
    store.database.exec('DELETE FROM publications')
    store.close()
    const again = await publish()
    expect(again).toMatchObject({ onChainVersion: 1, transactionHash: undefined })
    expect(again.publications).toMatchObject([{ version: 1, onChainVersion: 1, txHash: transactionHash }])
    adapter = makeAdapter(folder, version.root)
  })

  test('a model whose note was lost is found on chain, with its transaction', async () => {
    const first = await done(publishModel(connection, { adapter, ...prices }))
    expect(first.created).toBe(true)
    rmSync(join(adapter, 'publication.json'))
    expect(await done(publishModel(connection, { adapter, ...prices }))).toEqual({ ...first, created: false })
    expect(JSON.parse(readFileSync(join(adapter, 'publication.json'), 'utf8'))).toMatchObject({
      modelId: first.modelId,
      transactionHash: first.transactionHash,
    })
    modelId = first.modelId
  })

  test('an adapter that is not that of its manifest, or of a version that is not on chain, is refused', async () => {
    const changed = makeAdapter(folder, readVersionRoot(), 1)
    writeFileSync(join(changed, 'adapter_model.safetensors'), 'others')
    await expect(publishModel(connection, { adapter: changed, ...prices })).rejects.toMatchObject({ code: 'OL1512' })
    const strange = makeAdapter(folder, `0x${'7'.repeat(64)}`, 2)
    await expect(publishModel(connection, { adapter: strange, ...prices })).rejects.toMatchObject({ code: 'OL1824' })
  })
})

const readVersionRoot = (): string => JSON.parse(readFileSync(join(paths.version(1), 'version.json'), 'utf8')).root

describe('paying', () => {
  test('a contributor that is no address is refused before anything is noted or paid', async () => {
    const attributions = [attributionOf('reefs', [[{ id: mara.id, contributor: 'mara' }, 1]])]
    const prepared = payInferences(connection, { paths, modelId, attributions, scorer: 'test' })
    await expect(prepared).rejects.toMatchObject({ code: 'OL1820', message: expect.stringContaining('mara') })
    expect(await readInferences(paths)).toEqual([])
  })

  test('nothing is paid at a price that nobody agreed to', async () => {
    const prepared = await prepare(['prices'])
    const raised = { inputPriceWei: 2n * prices.inputPriceWei, outputPriceWei: prices.outputPriceWei }
    await setModelPrices(connection.as('maintainer'), { modelId, ...raised })
    await expect(prepared.carryOut()).rejects.toMatchObject({ code: 'OL1603' })
    await setModelPrices(connection.as('maintainer'), { modelId, ...prices })
    const { unpaid } = await sortInferences(paths, connection, [])
    expect(unpaid.map(({ prompt }) => prompt)).toEqual(['prices'])
  })

  test('a run that was stopped half way is gone on with: each answer is paid once', async () => {
    const stopped = await prepare(['reefs', 'reefs', 'squalls'], cutAt(connection, 2))
    const { payments } = stopped.facts
    const [first, second, third] = payments
    if (!first || !second || !third) throw new Error('three payments were asked for')
    expect(stopped.facts.resumed).toBe(false)
    expect(new Set(payments.map(({ inference }) => inference.inferenceId)).size).toBe(3)
    await expect(stopped.carryOut()).rejects.toThrow()

    const again = await prepare(['reefs', 'reefs', 'squalls'])
    expect(again.facts).toMatchObject({ resumed: true, feeWei: second.quoteWei + third.quoteWei })
    const paid = await again.carryOut()
    expect(paid.map(({ inference }) => inference)).toEqual(payments.map(({ inference }) => inference))
    expect(await readBatches(paths)).toHaveLength(2)
    const { receipts, unpaid } = await sortInferences(paths, connection, [])
    expect([receipts.length, unpaid.length]).toEqual([3, 1])

    const next = await prepare(['reefs', 'reefs', 'squalls'])
    expect(next.facts).toMatchObject({ resumed: false, feeWei: first.quoteWei * 3n })
  })

  test('two at once both keep their notes', async () => {
    await Promise.all([ask('one'), ask('two')])
    const { receipts } = await sortInferences(paths, connection, [])
    expect(receipts).toHaveLength(5)
  })

  test('an answer that no record helped is paid, and reported', async () => {
    const attributions = [attributionOf('nothing', [])]
    await done(payInferences(connection, { paths, modelId, attributions, scorer: 'test' }))
    expect(await nextEpoch(paths, connection)).toMatchObject({ unpaid: 1, unattributed: 1, resumed: false })
  })
})

describe('posting and claiming', () => {
  test('an epoch that was written and not posted comes first, and does not pretend to be claimable', async () => {
    const { epoch } = await nextEpoch(paths, connection)
    await writeEpoch(paths.epochs, epoch)
    await expect(claimAll(paths, connection)).rejects.toMatchObject({ code: 'OL1822' })
    const { epochs } = await verifyRewards(paths, connection)
    expect(epochs).toMatchObject([{ status: 'not posted' }])
    await ask('later')
    const prepared = await nextEpoch(paths, connection)
    expect(prepared).toMatchObject({ resumed: true, epoch: { manifestHash: epoch.manifestHash } })
    const { onChain } = await post()
    expect(onChain).toMatchObject({ number: 1, status: 'pending', manifestHash: epoch.manifestHash })
  })

  test('an epoch that is in question keeps the next from being written', async () => {
    await expect(nextEpoch(paths, connection)).rejects.toMatchObject({ code: 'OL1819' })
    expect(readdirSync(paths.epochs)).toEqual(['1'])
  })

  test('one account can claim first, the others from the older epoch while the next is in question', async () => {
    const one = await claim({
      accounts: [mara.contributor.toUpperCase().replace('X', 'x')],
      warp: true,
    })
    expect(paidTo(one)).toEqual([mara.contributor])
    await post()
    const others = await claim()
    expect(others).toMatchObject({ epoch: 1, finalized: false })
    expect(paidTo(others)).toEqual([tobias.contributor])
    await expect(claimAll(paths, connection)).rejects.toMatchObject({ code: 'OL1813' })
  })

  test('the window also ends while nothing is mined', async () => {
    await rpc(devnet.l2.rpcUrl, 'evm_increaseTime', [2 * 3600])
    const claimed = await claim()
    expect(claimed).toMatchObject({ epoch: 2, finalized: true })
    expect(paidTo(claimed)).toEqual(everybody())
  })

  test('a rejected epoch is not posted again, also when it is built again', async () => {
    await stake(connection.as('user'), { amountWei: parseEther('100') })
    await warp(devnet, 1)
    await ask('a question in dispute')
    const { onChain, bondWei, epoch } = await post()
    const claimedRewardsRoot = `0x${'9'.repeat(64)}` as const
    await challengeEpoch(connection.as('user'), { epoch: onChain.number, claimedRewardsRoot, bondWei })
    const { voteEnd } = await getVote(connection.client, { epoch: onChain.number })
    await expect(claimAll(paths, connection, { warp: true })).rejects.toMatchObject({
      code: 'OL1813',
      details: { status: 'challenged', until: new Date(voteEnd * 1000).toISOString() },
    })
    await warp(devnet, 2 * 3600)
    await resolveEpoch(connection.as('zed'), { epoch: onChain.number })
    for (const action of [nextEpoch, claimAll, verifyRewards])
      await expect(action(paths, connection)).rejects.toMatchObject({ code: 'OL1821' })
    renameSync(paths.epoch(3), join(folder, 'rejected'))
    await expect(nextEpoch(paths, connection)).rejects.toMatchObject({ code: 'OL1821' })
    const { epochCount } = await getLedger(connection.client)
    expect(epochCount).toBe(3)
    await ask('one more')
    const next = await post()
    expect(next.onChain.number).toBe(4)
    expect(next.epoch.manifest).toMatchObject({ epoch: 3, receiptCount: epoch.manifest.receiptCount + 1 })
    expect(paidTo(await claim({ warp: true }))).toEqual(everybody())
  })

  test('an epoch whose vote found nothing can be posted again as it is', async () => {
    await stake(connection.as('zed'), { amountWei: parseEther('100') })
    await warp(devnet, 1)
    await ask('a question that nobody can agree on')
    const first = await post()
    const { number } = first.onChain
    const claimedRewardsRoot = `0x${'9'.repeat(64)}` as const
    await challengeEpoch(connection.as('user'), { epoch: number, claimedRewardsRoot, bondWei: first.bondWei })
    const rewardsRoot = first.epoch.manifest.rewardsRoot as `0x${string}`
    await voteEpoch(connection.as('zed'), { epoch: number, rewardsRoot })
    await warp(devnet, 2 * 3600)
    expect((await resolveEpoch(connection.as('zed'), { epoch: number })).outcome).toBe('undecided')
    const again = await post()
    expect(again).toMatchObject({ resumed: true, epoch: { manifestHash: first.epoch.manifestHash } })
    expect(again.onChain.number).toBe(number + 1)
    expect(paidTo(await claim({ warp: true }))).toEqual(everybody())
  })

  test('a missing epoch is reported: what it settled would be paid again', async () => {
    renameSync(paths.epoch(1), join(folder, 'moved'))
    for (const action of [nextEpoch, claimAll, verifyRewards])
      await expect(action(paths, connection)).rejects.toMatchObject({ code: 'OL1823' })
    renameSync(join(folder, 'moved'), paths.epoch(1))
  })

  test.each<[string, string, (text: string) => string]>([
    ['white space', 'receipts.jsonl', (text) => text.replace(',', ', ')],
    ['a brace', 'receipts.jsonl', (text) => text.replace('{', '(')],
    ['a root', 'epoch.json', (text) => text.replace(/("receiptsRoot":"0x.)./, (_, a) => `${a}${'g'}`)],
    [
      'a proof',
      'rewards-tree.json',
      (text) => text.replace(/("tree":\["0x)(.)/, (_, a, b) => a + (b === '0' ? '1' : '0')),
    ],
  ])('%s changed in a file is a check that fails, and nobody posts or claims on it', async (what, name, change) => {
    const file = join(paths.epoch(2), name)
    const original = readFileSync(file, 'utf8')
    const changed = change(original)
    expect(changed).not.toBe(original)
    writeFileSync(file, changed)
    try {
      const { epochs } = await verifyRewards(paths, connection)
      expect(epochs.map(({ status }) => status)).toEqual(['finalized', 'damaged', 'finalized', 'finalized'])
      expect(epochs[1]?.checks.some(({ ok }) => !ok)).toBe(true)
      // White space changes the bytes and nothing that they say.
      if (what !== 'white space')
        for (const action of [nextEpoch, claimAll]) await expect(action(paths, connection)).rejects.toThrow()
    } finally {
      writeFileSync(file, original)
    }
  })

  test('a Datanet whose version is gone is a check that fails', async () => {
    renameSync(paths.version(1), join(folder, 'gone'))
    const { pool, trace } = await verifyRewards(paths, connection)
    renameSync(join(folder, 'gone'), paths.version(1))
    expect(pool.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['records', 'signatures'])
    expect(trace).toBeUndefined()
  })

  test('at the end every check holds, and every wei of the epochs is paid', async () => {
    const { epochs, pool } = await verifyRewards(paths, connection)
    expect([...epochs.flatMap(({ checks }) => checks), ...pool].filter(({ ok }) => !ok)).toEqual([])
    const last = (await readEpochs(paths)).at(-1)
    const claimed = pool.find(({ name }) => name === 'claims')
    expect(claimed?.detail).toContain(`${last?.manifest.totalAllocatedWei} wei in all`)
  })
})

test('on a chain that was reset neither a posted nor a written epoch is posted', async () => {
  await ask('for the old chain')
  await writeEpoch(paths.epochs, (await nextEpoch(paths, connection)).epoch)
  await devnet.stop()
  devnet = await startDevnet({ workspace: folder, fresh: true })
  connection = devnetConnection(devnet)
  await publish()
  await done(publishModel(connection, { adapter, ...prices }))
  // Enough for all of the old epochs' totals.
  for (let i = 0; i < 12; i++) await ask(`new ${i}`)
  await expect(nextEpoch(paths, connection)).rejects.toMatchObject({ code: 'OL1812' })
  for (const epoch of [5, 4, 3, 2]) rmSync(paths.epoch(epoch), { recursive: true })
  // The very first epoch has none before it that could be missing on the chain.
  await expect(nextEpoch(paths, connection)).rejects.toMatchObject({ code: 'OL1812' })
})
