import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { reviewRecords } from '../../src/datanet/review/reviewRecords.js'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { createDatanet } from '../../src/datanet/store/openDatanet.js'
import { createVersion } from '../../src/datanet/versions/createVersion.js'
import { datanetStatus } from '../../src/datanet/versions/datanetStatus.js'
import { loadVersion, recordProof } from '../../src/datanet/versions/loadVersion.js'
import { leafTypes } from '../../src/datanet/versions/takeSnapshot.js'
import { canonicalJson, keccak256 } from '../../src/files/canonicalJson.js'
import { accountOf, contributionOf, errorOf, info, temporaryFolder } from './fixtures.js'

const texts = Array.from({ length: 9 }, (_, i) => ({ text: `note ${i}` }))

let folder: ReturnType<typeof temporaryFolder>
let store: DatanetStore

/** A line of records.jsonl. */
interface Line {
  readonly id: `0x${string}`
  readonly contributor: string
  readonly text: string
  readonly contribution: number
  readonly sequence: number
  readonly signature: `0x${string}`
}

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
    const records = lines.map((line) => JSON.parse(line) as Line)
    expect(lines).toEqual(records.map(canonicalJson))
    expect(records.map(({ id }) => id)).toEqual(records.map(({ id }) => id).toSorted())
    expect(records.map(({ text }) => text).toSorted()).toEqual(texts.slice(0, 7).map(({ text }) => text))
    expect(Object.keys(records[0]!)).toEqual([
      ...['contribution', 'contributor', 'id', 'licence', 'sequence', 'signature', 'text'],
    ])
    // The order of the lines is that of the ids; the order in which the records came is in the sequences.
    const inOrder = records.toSorted((a, b) => a.sequence - b.sequence)
    expect(inOrder.map(({ text }) => text)).toEqual(texts.slice(0, 7).map(({ text }) => text))
    expect(inOrder.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(inOrder.map(({ contribution }) => contribution)).toEqual([1, 1, 1, 1, 1, 2, 2])
    for (const { id, signature } of records) expect(signature).toBe(store.record(id)?.signature)

    const reference = StandardMerkleTree.of(
      records.map(({ id, contributor, sequence }) => [id, contributor, sequence]),
      ['bytes32', 'address', 'uint64'],
    )
    // As JSON, in which OpenZeppelin writes numbers as they were given.
    expect(JSON.parse(readFileSync(fileOf('tree.json'), 'utf8'))).toEqual({
      ...reference.dump(),
      values: reference.dump().values.map(({ value, treeIndex }) => ({ value: value.map(String), treeIndex })),
    })
    const { name, ...about } = info
    expect(JSON.parse(readFileSync(fileOf('version.json'), 'utf8'))).toEqual({
      format: 2,
      datanet: name,
      ...about,
      version: 1,
      root: reference.root,
      recordCount: 7,
      contentHash: keccak256(bytes),
    })
  })

  test('gives the same bytes for the same records in the same order elsewhere, and binds the order', async () => {
    const { root } = createVersion(store)
    const other = temporaryFolder()
    const second = createDatanet(other.path, info)
    await fill(second, texts.slice(0, 5))
    await fill(second, texts.slice(5, 7), accountOf(5))
    const { directory } = createVersion(second)
    second.close()
    for (const name of ['records.jsonl', 'tree.json', 'version.json']) {
      expect(readFileSync(join(directory, name)).equals(readFileSync(fileOf(name)))).toBe(true)
    }
    other.remove()

    const reversed = createDatanet(other.path, info)
    await fill(reversed, texts.slice(5, 7), accountOf(5))
    await fill(reversed, texts.slice(0, 5).toReversed())
    expect(createVersion(reversed).root).not.toBe(root)
    reversed.close()
    other.remove()
  })

  test('keeps the sequence of every record in later versions, and gives none twice', async () => {
    createVersion(store)
    const before = (await loadVersion(folder.path, 1)).records
    const gone = before.find(({ sequence }) => sequence === 7)!
    reviewRecords(store, { decision: 'reject', records: [gone.id], reviewer: 'me' })
    await fill(store, texts.slice(7, 9))
    createVersion(store)
    const after = (await loadVersion(folder.path, 2)).records
    const placesOf = (records: typeof after) => new Map(records.map(({ id, sequence }) => [id, sequence]))
    for (const [id, sequence] of placesOf(after)) expect(placesOf(before).get(id) ?? sequence).toBe(sequence)
    expect(after.map(({ sequence }) => sequence).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 8, 9])
  })

  test('makes no new version of what is in the latest one', async () => {
    expect(datanetStatus(store).next).toBe('version')
    const first = createVersion(store)
    expect(createVersion(store)).toEqual({ ...first, created: false })
    expect(datanetStatus(store).next).toBe('publish')
    const note = {
      version: 1,
      chainId: 901,
      registry: '0x1',
      datanetId: '0x2' as const,
      onChainVersion: 1,
      txHash: '0x3',
    }
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
  const editLine = (index: number, change: (record: Line) => object | undefined) =>
    edit('records.jsonl', (text) => {
      const lines = text.trimEnd().split('\n')
      const changed = change(JSON.parse(lines[index]!) as Line)
      return `${lines.toSpliced(index, 1, ...(changed ? [canonicalJson(changed)] : [])).join('\n')}\n`
    })
  const rehash = () => editJson('version.json', { contentHash: keccak256(readFileSync(fileOf('records.jsonl'))) })
  const loading = () => errorOf(() => loadVersion(folder.path, 1))

  test('gives records, root and proofs that OpenZeppelin verifies', async () => {
    const version = await loadVersion(folder.path, 1)
    expect(version.records).toHaveLength(7)
    for (const { id, contributor, sequence } of version.records) {
      const proof = recordProof(version, id)
      expect(proof).toMatchObject({ recordId: id, contributor, sequence, root: version.root })
      const leaf = [id, contributor, sequence]
      expect(StandardMerkleTree.verify(version.root, [...leafTypes], leaf, [...proof.proof])).toBe(true)
    }
    expect(() => recordProof(version, `0x${'0'.repeat(64)}`)).toThrow(expect.objectContaining({ code: 'OL1147' }))
  })

  test('says that there is no such version', async () => {
    expect(await errorOf(() => loadVersion(folder.path, 2))).toMatchObject({ code: 'OL1141' })
  })

  test('names the record whose content was changed', async () => {
    let id = ''
    editLine(3, (record) => {
      id = record.id
      return { ...record, text: 'other' }
    })
    rehash()
    expect(await loading()).toMatchObject({ code: 'OL1143', exitCode: 6, details: { line: 4, recordId: id } })
  })

  const damage: readonly [string, string, () => void][] = [
    ['a contributor changed', 'OL1110', () => editLine(0, (r) => ({ ...r, contributor: accountOf(6).address }))],
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
    ['another name', 'OL1142', () => editJson('version.json', { datanet: 'harbours' })],
    ['another identity', 'OL1142', () => editJson('version.json', { identity: `0x${'0'.repeat(64)}` })],
    [
      'two places in the order changed for each other',
      'OL1145',
      () => {
        const sequences = [0, 1].map((i) => JSON.parse(readFileSync(fileOf('records.jsonl'), 'utf8').split('\n')[i]!))
        editLine(0, (record) => ({ ...record, sequence: sequences[1].sequence }))
        editLine(1, (record) => ({ ...record, sequence: sequences[0].sequence }))
        rehash()
      },
    ],
    [
      'one place in the order twice',
      'OL1149',
      () => {
        const other = JSON.parse(readFileSync(fileOf('records.jsonl'), 'utf8').split('\n')[4]!) as Line
        editLine(5, (record) => ({ ...record, sequence: other.sequence }))
      },
    ],
  ]

  test.each([
    ['signature', undefined, 'is missing'],
    ['signature', '0x12', 'is not a signature: 0x and 130 hexadecimal digits'],
    ['sequence', undefined, expect.any(String)],
    ['sequence', 0, 'must be 1 or more'],
    ['contribution', 1.5, expect.any(String)],
  ])('refuses a record whose %s is %s', async (field, value, problem) => {
    editLine(2, (record) => ({ ...record, [field]: value }))
    expect(await loading()).toMatchObject({ code: 'OL1100', details: { line: 3, field, problem } })
  })

  test.each([[undefined], [1], [3]])('refuses a version of the format %s', async (format) => {
    editJson('version.json', { format })
    expect(await loading()).toMatchObject({ code: 'OL1148', details: { found: String(format ?? 1), known: 2 } })
  })

  test.each(damage)('refuses a version with %s: %s', async (_, code, change) => {
    change()
    expect(await loading()).toMatchObject({ code, exitCode: 6 })
  })
})
