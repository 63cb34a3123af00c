import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import { signRecord } from '../../src/datanet/intake/recordSignature.js'
import type { StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import { datanetIdentity } from '../../src/datanet/store/datanetIdentity.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import type { Devnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { canonicalJson, keccak256 } from '../../src/files/canonicalJson.js'
import { writeEpoch } from '../../src/rewards/epochFolder.js'
import { findRecord } from '../../src/workflows/datanets/findRecord.js'
import { claimAll } from '../../src/workflows/epochs/claimAll.js'
import { nextEpoch, postEpoch } from '../../src/workflows/epochs/postEpoch.js'
import { recordEarnings, totalsOf } from '../../src/workflows/epochs/recordEarnings.js'
import { verifyRewards } from '../../src/workflows/epochs/verifyRewards.js'
import { readInferences } from '../../src/workflows/inference/inferences.js'
import { payInferences } from '../../src/workflows/inference/payInferences.js'
import type { Connection } from '../../src/workflows/network/openConnection.js'
import { attributionOf, done, startPublishedWorld } from './money.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-paid-'))
const paths = workspacePaths(folder)
let devnet: Devnet
let connection: Connection
let mara: StoredRecord
let tobias: StoredRecord
let modelId: `0x${string}`

beforeAll(async () => {
  const prices = { inputPriceWei: 10n ** 18n, outputPriceWei: 3n * 10n ** 18n }
  ;({ mara, tobias, devnet, connection, modelId } = await startPublishedWorld(folder, prices))
})
afterAll(async () => {
  await devnet.stop()
  rmSync(folder, { recursive: true })
})

async function ask(prompt: string): Promise<void> {
  const shares = [
    [mara, 0.75],
    [tobias, 0.25],
  ] as const
  const attributions = [attributionOf(prompt, shares)]
  await done(payInferences(connection, { paths, modelId, scorer: 'test', attributions }))
}
const earningsOf = async (record: StoredRecord) =>
  (await recordEarnings(paths, connection)).filter(({ recordId }) => recordId === record.id)
const placesOf = async (record: StoredRecord) =>
  (await earningsOf(record)).map(({ prompt, epoch, ledgerEpoch, status }) => [prompt, epoch, ledgerEpoch, status])

// One story: money on its way from an answer to the contributor.
describe('what a record earned', () => {
  test('waits for an epoch, with the answer that it was paid for', async () => {
    await ask('one')
    expect(await placesOf(mara)).toEqual([['one', null, null, 'waiting']])
    const [first] = await earningsOf(mara)
    const [other] = await earningsOf(tobias)
    expect(first).toMatchObject({ contributor: mara.contributor, modelId })
    expect(other?.inferenceId).toBe(first?.inferenceId)
    // To the wei: both shares are the pool.
    expect((first?.amountWei ?? 0n) + (other?.amountWei ?? 0n)).toBe(first?.poolWei)
    expect(first?.amountWei).toBe((3n * (first?.poolWei ?? 0n)) / 4n)
  })

  test('is in an epoch that is built, then posted, then claimable, then claimed', async () => {
    const prepared = await nextEpoch(paths, connection)
    await writeEpoch(paths.epochs, prepared.epoch)
    expect(await placesOf(mara)).toEqual([['one', 1, null, 'not posted']])
    await done(postEpoch(paths, connection))
    expect(await placesOf(mara)).toEqual([['one', 1, 1, 'pending']])
    await ask('two')
    await done(claimAll(paths, connection, { warp: true, accounts: [mara.contributor] }))
    expect(await placesOf(mara)).toEqual([
      ['one', 1, 1, 'claimed'],
      ['two', null, null, 'waiting'],
    ])
    expect(await placesOf(tobias)).toEqual([
      ['one', 1, 1, 'claimable'],
      ['two', null, null, 'waiting'],
    ])
    const { totalWei, byStatus } = totalsOf(await earningsOf(tobias))
    expect(Object.keys(byStatus)).toEqual(['claimable', 'waiting'])
    expect((byStatus.claimable ?? 0n) + (byStatus.waiting ?? 0n)).toBe(totalWei)
  })

  test('of a later epoch is claimable though an earlier one was claimed', async () => {
    await done(postEpoch(paths, connection))
    await done(claimAll(paths, connection, { warp: true, accounts: [tobias.contributor] }))
    expect(await placesOf(mara)).toEqual([
      ['one', 1, 1, 'claimed'],
      ['two', 2, 2, 'claimable'],
    ])
    expect((await placesOf(tobias)).map(([, , , status]) => status)).toEqual(['claimed', 'claimed'])
    const paid = (await done(claimAll(paths, connection, { warp: true }))).paid.map(({ amountWei }) => amountWei)
    expect(paid).toEqual([(await earningsOf(mara))[1]?.amountWei])
  })

  test('is found by the first digits of the record', () => {
    const store = openDatanet(folder)
    const others = [`${mara.id.slice(0, 10)}${'0'.repeat(56)}`, `0x${'e'.repeat(64)}`]
    try {
      for (const beginning of [mara.id, mara.id.slice(0, 10), mara.id.slice(2, 12), mara.id.toUpperCase().slice(2)])
        expect(findRecord(store, beginning, []).stored?.id).toBe(mara.id)
      expect(findRecord(store, 'eeee', others)).toEqual({ id: others[1], stored: undefined })
      expect(() => findRecord(store, mara.id.slice(0, 10), others)).toThrow(expect.objectContaining({ code: 'OL1825' }))
      for (const wrong of ['0x', '0x1', 'ffffffff', 'zzzz', `${mara.id}0`])
        expect(() => findRecord(store, wrong, [])).toThrow(expect.objectContaining({ code: 'OL1826', exitCode: 2 }))
    } finally {
      store.close()
    }
  })
})

describe('verifyRewards follows a payment to the signature of its record', () => {
  const path = (name: string) => join(paths.version(1), name)
  const files = ['records.jsonl', 'version.json']
  let originals: string[]
  beforeAll(() => {
    originals = files.map((name) => readFileSync(path(name), 'utf8'))
  })
  afterEach(() => {
    for (const [i, name] of files.entries()) writeFileSync(path(name), originals[i] as string)
  })

  /** Changes the records, and the hash that version.json has of them. */
  async function change(edit: (line: Record<string, string>) => object, header: object = {}): Promise<void> {
    const lines = (originals[0] as string).trimEnd().split('\n')
    const edited = await Promise.all(lines.map((line) => edit(JSON.parse(line) as Record<string, string>)))
    const bytes = edited.map((line) => `${canonicalJson(line)}\n`).join('')
    writeFileSync(path('records.jsonl'), bytes)
    const version = { ...JSON.parse(originals[1] as string), ...header, contentHash: keccak256(bytes) }
    writeFileSync(path('version.json'), canonicalJson(version))
  }
  const failed = async () => (await verifyRewards(paths, connection)).pool.filter(({ ok }) => !ok)
  const flipped = (signature = ''): string => signature.replace(/.(?=.{20}$)/, (c) => (c === '0' ? '1' : '0'))

  test('and tells of the one that it has followed all the way', async () => {
    const { pool, trace } = await verifyRewards(paths, connection)
    expect(pool.filter(({ ok }) => !ok)).toEqual([])
    expect(pool.map(({ name }) => name).slice(-2)).toEqual(['records', 'signatures'])
    const store = openDatanet(folder)
    const { identity } = store.info
    store.close()
    const { signature, sequence } = mara
    expect(trace).toMatchObject({ recordId: mara.id, signature, sequence, datanetIdentity: identity })
  })

  test('names the record whose signature was changed in the file', async () => {
    writeFileSync(path('records.jsonl'), (originals[0] as string).replace(tobias.signature, flipped(tobias.signature)))
    const found = await failed()
    expect(found.map(({ name }) => name)).toEqual(['records', 'signatures'])
    for (const each of found)
      expect(each).toMatchObject({ recordId: tobias.id, detail: expect.stringContaining(tobias.id) })
  })

  test('names it where all hashes were made to fit', async () => {
    await change((line) => (line['id'] === tobias.id ? { ...line, signature: flipped(line['signature']) } : line))
    expect(await failed()).toMatchObject([
      { name: 'signatures', recordId: tobias.id, detail: expect.stringContaining(tobias.contributor) },
    ])
  })

  test('does not take a signature that was made for another Datanet of the same name', async () => {
    const statement = { datanet: keccak256('another'), recordId: mara.id, licence: mara.licence }
    const signature = await signRecord(devAccounts().mara, statement)
    await change((line) => (line['id'] === mara.id ? { ...line, signature } : line))
    expect(await failed()).toMatchObject([{ name: 'signatures', recordId: mara.id }])
  })

  test('does not take the identity of another Datanet, though all contributors signed for it', async () => {
    const salt = `0x${'66'.repeat(32)}` as const
    const datanet = datanetIdentity('bight', salt)
    const accounts = Object.values(devAccounts())
    await change(
      async (line) => {
        const account = accounts.find(({ address }) => address === line['contributor']) ?? accounts[0]!
        const statement = { datanet, recordId: line['id'] as `0x${string}`, licence: String(line['licence']) }
        return { ...line, signature: await signRecord(account, statement) }
      },
      { salt, identity: datanet },
    )
    expect(await failed()).toMatchObject([{ name: 'signatures', detail: expect.stringContaining(datanet) }])
  })

  test('holds the file against the hash that was published: what is not paid may be changed as little', async () => {
    await change((line) => ({ ...line, contribution: 1 + Number(line['contribution']) }))
    expect(await failed()).toMatchObject([{ name: 'signatures', detail: expect.stringContaining('was published') }])
  })
})

test('a record whose id is no hash is refused before anything is noted or paid', async () => {
  const noted = await readInferences(paths)
  const attributions = [attributionOf('How deep is it?', [[{ id: 'rec-1', contributor: mara.contributor }, 1]])]
  await expect(done(payInferences(connection, { paths, modelId, scorer: 'test', attributions }))).rejects.toMatchObject(
    {
      code: 'OL1800',
      details: { where: 'the record of line 1', field: 'recordId' },
    },
  )
  expect(await readInferences(paths)).toEqual(noted)
})
