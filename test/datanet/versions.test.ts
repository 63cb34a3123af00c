import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { addContribution } from '../../src/datanet/addContribution.js'
import { createVersion } from '../../src/datanet/createVersion.js'
import type { DatanetStore } from '../../src/datanet/DatanetStore.js'
import { datanetStatus } from '../../src/datanet/datanetStatus.js'
import { loadVersion, recordProof } from '../../src/datanet/loadVersion.js'
import { createDatanet } from '../../src/datanet/openDatanet.js'
import { reviewRecords } from '../../src/datanet/reviewRecords.js'
import { canonicalJson, keccak256 } from '../../src/files/canonicalJson.js'
import { accountOf, contributionOf, errorOf, info, temporaryFolder } from './fixtures.js'

const texts = Array.from({ length: 9 }, (_, i) => ({ text: `note ${i}` }))

let folder: ReturnType<typeof temporaryFolder>
let store: DatanetStore

async function fill(target: DatanetStore, values: readonly object[], account = accountOf(4)) {
  await addContribution(target, contributionOf(values), { account })
  reviewRecords(target, { decision: 'approve', records: 'all', reviewer: 'me' })
}

beforeEach(async () => {
  folder = temporaryFolder()
  store = createDatanet(folder.path, info)
  await fill(store, texts.slice(0, 5))
  await fill(store, texts.slice(5, 7), accountOf(5))
})
afterEach(() => {
  store.close()
  folder.remove()
})

const fileOf = (name: string, version = 1) => join(folder.path, 'datanet', 'versions', String(version), name)

describe('createVersion', () => {
  test('writes the approved records, their tree and the header, in canonical JSON', async () => {
    await addContribution(store, contributionOf([texts[7]!]), { account: accountOf(4) })
    const made = createVersion(store)
    expect(made).toMatchObject({ version: 1, created: true, recordCount: 7 })

    const bytes = readFileSync(fileOf('records.jsonl'))
    const lines = bytes.toString().trimEnd().split('\n')
    const records = lines.map((line) => JSON.parse(line) as Record<string, string>)
    expect(lines).toEqual(records.map(canonicalJson))
    expect(records.map(({ id }) => id)).toEqual(records.map(({ id }) => id).toSorted())
    expect(records.map(({ text }) => text).toSorted()).toEqual(texts.slice(0, 7).map(({ text }) => text))
    expect(Object.keys(records[0]!)).toEqual(['contributor', 'id', 'licence', 'text'])

    const reference = StandardMerkleTree.of(
      records.map(({ id, contributor }) => [id, contributor]),
      ['bytes32', 'address'],
    )
    expect(JSON.parse(readFileSync(fileOf('tree.json'), 'utf8'))).toEqual(reference.dump())
    expect(JSON.parse(readFileSync(fileOf('version.json'), 'utf8'))).toEqual({
      datanet: 'harbour',
      version: 1,
      root: reference.root,
      recordCount: 7,
      contentHash: keccak256(bytes),
      licence: 'CC0-1.0',
    })
  })

  test('gives the same bytes for the same records in another order, elsewhere', async () => {
    createVersion(store)
    const other = temporaryFolder()
    const second = createDatanet(other.path, info)
    await fill(second, texts.slice(5, 7), accountOf(5))
    await fill(second, texts.slice(0, 5).toReversed())
    const { directory } = createVersion(second)
    second.close()
    for (const name of ['records.jsonl', 'tree.json', 'version.json']) {
      expect(readFileSync(join(directory, name)).equals(readFileSync(fileOf(name)))).toBe(true)
    }
    other.remove()
  })

  test('makes no new version of what is in the latest one', async () => {
    expect(datanetStatus(store).next).toBe('version')
    const first = createVersion(store)
    expect(createVersion(store)).toEqual({ ...first, created: false })
    expect(datanetStatus(store).next).toBe('publish')
    const note = { version: 1, chainId: 901, registry: '0x1', datanetId: '0x2', onChainVersion: 1, txHash: '0x3' }
    store.notePublication(note)
    expect(datanetStatus(store)).toMatchObject({ next: 'none', versions: [{ publications: [note] }] })

    // As many records, other ones.
    const [leaves] = store.records('approved')
    reviewRecords(store, { decision: 'reject', records: [leaves!.id], reviewer: 'me' })
    await fill(store, [texts[8]!])
    expect(datanetStatus(store).next).toBe('version')
    expect(createVersion(store)).toMatchObject({ version: 2, created: true, recordCount: 7 })
    expect((await loadVersion(folder.path, 1)).root).toBe(first.root)
  })

  test('needs an approved record', () => {
    reviewRecords(store, { decision: 'reject', records: store.records().map(({ id }) => id), reviewer: 'me' })
    expect(() => createVersion(store)).toThrow(expect.objectContaining({ code: 'OL1140' }))
    expect(existsSync(join(folder.path, 'datanet'))).toBe(false)
  })

  test('clears away what a process that died left, and leaves nothing but versions', () => {
    createVersion(store)
    const versions = join(folder.path, 'datanet', 'versions')
    store.database.prepare('DELETE FROM versions').run()
    writeFileSync(join(versions, '1', 'records.jsonl'), 'half')
    writeFileSync(join(versions, '.2'), '')
    expect(createVersion(store)).toMatchObject({ version: 1, created: true })
    expect(readdirSync(versions)).toEqual(['1'])
    expect(readdirSync(join(versions, '1')).toSorted()).toEqual(['records.jsonl', 'tree.json', 'version.json'])
  })

  test('reports a folder that cannot be written, and the row is not there', () => {
    writeFileSync(join(folder.path, 'datanet'), 'in the way')
    expect(() => createVersion(store)).toThrow(expect.objectContaining({ code: 'OL1901' }))
    expect(store.versions()).toEqual([])
  })
})

describe('loadVersion', () => {
  beforeEach(() => void createVersion(store))

  const edit = (name: string, change: (text: string) => string) =>
    writeFileSync(fileOf(name), change(readFileSync(fileOf(name), 'utf8')))
  const editJson = (name: string, change: object) =>
    edit(name, (text) => JSON.stringify({ ...JSON.parse(text), ...change }))
  const editLine = (index: number, change: (record: Record<string, string>) => object | undefined) =>
    edit('records.jsonl', (text) => {
      const lines = text.trimEnd().split('\n')
      const changed = change(JSON.parse(lines[index]!) as Record<string, string>)
      return `${lines.toSpliced(index, 1, ...(changed ? [canonicalJson(changed)] : [])).join('\n')}\n`
    })
  const rehash = () => editJson('version.json', { contentHash: keccak256(readFileSync(fileOf('records.jsonl'))) })
  const loading = () => errorOf(() => loadVersion(folder.path, 1))

  test('gives records, root and proofs that OpenZeppelin verifies', async () => {
    const version = await loadVersion(folder.path, 1)
    expect(version.records).toHaveLength(7)
    for (const { id, contributor } of version.records) {
      const proof = recordProof(version, id)
      expect(proof).toMatchObject({ recordId: id, contributor, root: version.root })
      const leaf = [id, contributor]
      expect(StandardMerkleTree.verify(version.root, ['bytes32', 'address'], leaf, [...proof.proof])).toBe(true)
    }
    expect(() => recordProof(version, `0x${'0'.repeat(64)}`)).toThrow(expect.objectContaining({ code: 'OL1147' }))
  })

  test('says that there is no such version', async () => {
    expect(await errorOf(() => loadVersion(folder.path, 2))).toMatchObject({ code: 'OL1141' })
  })

  test('names the record whose content was changed', async () => {
    let id = ''
    editLine(3, (record) => {
      id = String(record['id'])
      return { ...record, text: 'other' }
    })
    rehash()
    expect(await loading()).toMatchObject({ code: 'OL1143', exitCode: 6, details: { line: 4, recordId: id } })
  })

  const damage: readonly [string, string, () => void][] = [
    ['a contributor changed', 'OL1144', () => editLine(0, (r) => ({ ...r, contributor: accountOf(6).address }))],
    [
      'a contributor and the content hash changed',
      'OL1145',
      () => {
        editLine(0, (record) => ({ ...record, contributor: accountOf(6).address }))
        rehash()
      },
    ],
    [
      'a record left out',
      'OL1142',
      () => {
        editLine(2, () => undefined)
        rehash()
      },
    ],
    ['a record twice', 'OL1146', () => edit('records.jsonl', (text) => `${text.split('\n')[0]}\n${text}`)],
    ['white space added', 'OL1144', () => edit('records.jsonl', (text) => `${text}\n`)],
    ['another root', 'OL1145', () => editJson('version.json', { root: `0x${'0'.repeat(64)}` })],
    ['a node of the tree changed', 'OL1175', () => edit('tree.json', (text) => text.replace(/"0x.{8}/, '"0x00000000'))],
    ['another number', 'OL1142', () => editJson('version.json', { version: 2 })],
    ['a field missing', 'OL1142', () => editJson('version.json', { root: undefined })],
  ]

  test.each(damage)('refuses a version with %s: %s', async (_, code, change) => {
    change()
    expect(await loading()).toMatchObject({ code, exitCode: 6 })
  })
})
