import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { signRecord } from '../../src/datanet/intake/recordSignature.js'
import { reviewRecords } from '../../src/datanet/review/reviewRecords.js'
import { createDatanet, openDatanet } from '../../src/datanet/store/openDatanet.js'
import { createVersion } from '../../src/datanet/versions/createVersion.js'
import { importVersion } from '../../src/datanet/versions/importVersion.js'
import { loadVersion, readVersion } from '../../src/datanet/versions/loadVersion.js'
import { takeSnapshot } from '../../src/datanet/versions/takeSnapshot.js'
import { verifySignatures } from '../../src/datanet/versions/verifySignatures.js'
import { canonicalJson, keccak256 } from '../../src/files/canonicalJson.js'
import { accountOf, contributionOf, errorOf, info, temporaryFolder } from './fixtures.js'

const mara = accountOf(4)
const tobias = accountOf(5)
let folder: ReturnType<typeof temporaryFolder>
/** The second version of a Datanet: of seven records one was rejected in between. */
let source: string
let target: string

beforeEach(async () => {
  folder = temporaryFolder()
  target = join(folder.path, 'copy')
  const store = createDatanet(folder.path, info)
  const texts = Array.from({ length: 5 }, (_, i) => ({ text: `note ${i}` }))
  await addContribution(store, contributionOf(texts), { account: mara })
  const others = [{ prompt: 'How long?', completion: 'A cable.', licence: 'MIT' }, { text: 'note 6' }]
  const { added } = await addContribution(store, contributionOf(others), { account: tobias })
  reviewRecords(store, { decision: 'approve', records: 'all', reviewer: 'me' })
  createVersion(store)
  reviewRecords(store, { decision: 'reject', records: [added[1]!], reviewer: 'me' })
  source = createVersion(store).directory
  store.close()
})
afterEach(() => folder.remove())

type Line = Readonly<Record<string, string | number>>

/** Changes lines of records.jsonl, and all that is computed from them, as a forger would. */
async function forge(change: (line: Line, index: number) => Promise<Line> | Line): Promise<void> {
  const path = (name: string): string => join(source, name)
  const lines = readFileSync(path('records.jsonl'), 'utf8').trimEnd().split('\n')
  const changed = await Promise.all(lines.map((line, i) => change(JSON.parse(line) as Line, i)))
  const bytes = changed.map((line) => `${canonicalJson(line)}\n`).join('')
  const leaves = changed.map(({ id, contributor, sequence }) => [String(id), String(contributor), String(sequence)])
  const tree = StandardMerkleTree.of(leaves, ['bytes32', 'address', 'uint64'])
  writeFileSync(path('records.jsonl'), bytes)
  writeFileSync(path('tree.json'), canonicalJson(tree.dump()))
  const header = JSON.parse(readFileSync(path('version.json'), 'utf8')) as object
  writeFileSync(path('version.json'), canonicalJson({ ...header, root: tree.root, contentHash: keccak256(bytes) }))
}
const importing = async () => importVersion(target, await readVersion(source))
const refusal = () => errorOf(importing)

describe('importVersion', () => {
  test('gives the same bytes, identity, signatures and order in another workspace', async () => {
    const made = await importing()
    expect(made.version).toBe(2)
    for (const name of ['records.jsonl', 'tree.json', 'version.json'])
      expect(readFileSync(join(made.directory, name)).equals(readFileSync(join(source, name)))).toBe(true)
    await verifySignatures(await loadVersion(target, 2))

    const [original, copy] = [openDatanet(folder.path), openDatanet(target)]
    expect(copy.info).toEqual(original.info)
    expect(copy.records('approved')).toHaveLength(6)
    for (const record of copy.records()) {
      const { id, content, contributor, licence, signature, sequence, contribution } = original.record(record.id)!
      expect(record).toMatchObject({ id, content, contributor, licence, signature, sequence, contribution })
    }
    expect(copy.versions()).toMatchObject([{ version: 2, root: made.root, contentHash: made.contentHash }])
    original.close()
    copy.close()
  })

  test('continues from there: what is known is not taken again, and what is new comes after it', async () => {
    await importing()
    const store = openDatanet(target)
    expect(createVersion(store)).toMatchObject({ version: 2, created: false })
    const report = await addContribution(store, contributionOf([{ text: 'NOTE 3!' }, { text: 'new' }]), {
      account: mara,
    })
    expect(report).toMatchObject({ added: [expect.any(String)], duplicates: [{ kind: 'words' }] })
    expect(store.records().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(store.records().at(-1)?.contribution).toBe(3)
    reviewRecords(store, { decision: 'approve', records: 'all', reviewer: 'me' })
    expect(createVersion(store)).toMatchObject({ version: 3, created: true, recordCount: 7 })
    store.close()
  })

  test('refuses a folder that has a Datanet', async () => {
    await importing()
    const before = openDatanet(target)
    const { contentHash } = takeSnapshot(before)
    before.close()
    expect(await refusal()).toMatchObject({ code: 'OL1121' })
    const after = openDatanet(target)
    expect(takeSnapshot(after).contentHash).toBe(contentHash)
    after.close()
  })

  const flipped = (signature: unknown): string =>
    String(signature).replace(/.(?=.{10}$)/, (c) => (c === '0' ? '1' : '0'))
  const forgeries: readonly [string, string, () => Promise<void>][] = [
    [
      'a byte of a signature changed',
      'OL1110',
      () => forge((line) => ({ ...line, signature: flipped(line['signature']) })),
    ],
    [
      'a signature missing',
      'OL1100',
      () => forge(({ signature, ...line }, i) => (i === 2 ? line : { ...line, signature: signature as string })),
    ],
    [
      'a record given to somebody else',
      'OL1110',
      () => forge((line, i) => (i === 1 ? { ...line, contributor: accountOf(6).address, contribution: 9 } : line)),
    ],
    ['a licence changed', 'OL1110', () => forge((line, i) => (i === 1 ? { ...line, licence: 'CC-BY-4.0' } : line))],
    [
      'a record that was signed for another Datanet of the name',
      'OL1110',
      () =>
        forge(async (line, i) => {
          if (i !== 3) return line
          const statement = { datanet: keccak256('other'), recordId: line['id'] as `0x${string}`, licence: 'CC0-1.0' }
          return {
            ...line,
            signature: await signRecord(line['contributor'] === mara.address ? mara : tobias, statement),
          }
        }),
    ],
    [
      'a signature as some wallets spell it',
      'OL1111',
      () =>
        forge((line) => {
          const signature = String(line['signature'])
          return { ...line, signature: signature.slice(0, 130) + (signature.endsWith('1b') ? '00' : '01') }
        }),
    ],
    ['one contribution of two contributors', 'OL1128', () => forge((line) => ({ ...line, contribution: 1 }))],
    [
      'white space that its hash knows of',
      'OL1129',
      async () => {
        const path = join(source, 'records.jsonl')
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll('","', '", "'))
        const header = JSON.parse(readFileSync(join(source, 'version.json'), 'utf8')) as object
        const contentHash = keccak256(readFileSync(path))
        writeFileSync(join(source, 'version.json'), canonicalJson({ ...header, contentHash }))
      },
    ],
  ]

  test.each(forgeries)('refuses %s with %s, and writes nothing', async (_, code, damage) => {
    await damage()
    expect(await refusal()).toMatchObject({ code })
    expect(existsSync(target)).toBe(false)
  })

  test('names the record whose signature does not hold', async () => {
    let recordId = ''
    await forge((line, i) => {
      if (i !== 4) return line
      recordId = String(line['id'])
      return { ...line, signature: flipped(line['signature']) }
    })
    expect(await refusal()).toMatchObject({ exitCode: 6, details: { recordId, line: 5 } })
  })

  test('stops when it is told to', async () => {
    const version = await readVersion(source)
    const stopped = AbortSignal.abort(new Error('enough'))
    await expect(importVersion(target, version, { signal: stopped })).rejects.toThrow('enough')
    expect(existsSync(target)).toBe(false)
  })
})
