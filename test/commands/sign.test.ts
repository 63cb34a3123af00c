import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { recoverTypedDataAddress } from 'viem'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { createVersion } from '../../src/datanet/versions/createVersion.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { Place } from './workspace.js'

const place = new Place()
const { mara, tobias } = devAccounts()
const records = [
  { text: 'Reef early; it is always right.' },
  { prompt: 'How long is a cable?', completion: 'A tenth of a nautical mile.', licence: 'MIT' },
]

// One story: an owner in `net`, and a contributor who has only the descriptor.
beforeAll(async () => {
  await place.data('datanet init net --name bight --licence CC0-1.0')
  await place.data(`datanet descriptor --out ${place.path('datanet.json')}`, 'net')
  place.lines('notes.jsonl', records)
})
afterAll(() => place.remove())

const sign = 'datanet sign notes.jsonl --datanet datanet.json --account mara'
const lines = (name: string) =>
  readFileSync(place.path(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a descriptor is shown without being written, and replaced only with consent', async () => {
  const { descriptor, file } = await place.data('datanet descriptor', 'net')
  expect(file).toBeNull()
  expect(descriptor).toEqual(JSON.parse(readFileSync(place.path('datanet.json'), 'utf8')))
  // The same content is no change.
  await place.data(`datanet descriptor --out ${place.path('datanet.json')}`, 'net')
  writeFileSync(place.path('mine.json'), '{}')
  const failure = await place.failure(`datanet descriptor --out ${place.path('mine.json')}`, 'net')
  expect(failure).toMatchObject({ status: 2, code: 'OL1008' })
  expect(readFileSync(place.path('mine.json'), 'utf8')).toBe('{}')
})

test('a dry run says all that would be signed, and signs nothing', async () => {
  const { descriptor } = await place.data('datanet descriptor', 'net')
  const { signed, out, contributor, datanet, typedData, statements } = await place.data(`${sign} --dry-run`)
  expect({ signed, out, contributor }).toEqual({ signed: false, out: null, contributor: mara.address })
  expect(datanet).toEqual({ identity: descriptor.identity, name: 'bight', licence: 'CC0-1.0' })
  expect(typedData.domain).toEqual({ name: 'OpenLedger Datanet', version: '2' })
  expect(statements).toMatchObject([
    { line: 1, datanet: descriptor.identity, licence: 'CC0-1.0', signature: null },
    { line: 2, datanet: descriptor.identity, licence: 'MIT', signature: null },
  ])
  expect(existsSync(place.path('notes.signed.jsonl'))).toBe(false)
})

test('what is signed elsewhere is added as it is', async () => {
  const { out, typedData, statements } = await place.data(sign)
  expect(out).toBe(place.path('notes.signed.jsonl'))
  expect(lines('notes.signed.jsonl')).toMatchObject(records.map((each) => ({ ...each, contributor: mara.address })))
  // The document in the result is the one that was signed: any EIP-712 library can verify it.
  for (const { signature, line: _, ...message } of statements)
    expect(await recoverTypedDataAddress({ ...typedData, message, signature })).toBe(mara.address)

  const { added, contributions } = await place.data(`datanet add ${out}`, 'net')
  expect(added).toEqual(statements.map(({ recordId }: { recordId: string }) => recordId))
  expect(contributions).toMatchObject([{ contributor: mara.address, count: 2 }])
})

test('a file that is there is replaced only with consent, before anything is signed', async () => {
  writeFileSync(place.path('notes.signed.jsonl'), 'mine')
  expect(await place.failure(sign)).toMatchObject({ status: 2, code: 'OL1008' })
  expect(readFileSync(place.path('notes.signed.jsonl'), 'utf8')).toBe('mine')
  await place.data(`${sign} --yes`)
  expect(lines('notes.signed.jsonl')).toHaveLength(2)
})

test('without a descriptor the identity and the licence say it', async () => {
  const { descriptor } = await place.data('datanet descriptor', 'net')
  const { identity } = descriptor
  const plain = 'datanet sign notes.jsonl --account mara'
  const { statements } = await place.data(`${plain} --identity ${identity} --licence CC0-1.0 --out other.jsonl`)
  expect(lines('other.jsonl')).toEqual(lines('notes.signed.jsonl'))
  expect(statements).toHaveLength(2)
  expect(await place.failure(plain)).toMatchObject({ status: 2, code: 'OL1127' })
  expect(await place.failure(`${plain} --identity ${identity}`)).toMatchObject({ status: 2, code: 'OL1127' })
  const another = `0x${'7'.repeat(64)}`
  expect(await place.failure(`${sign} --identity ${another}`)).toMatchObject({ status: 2, code: 'OL1126' })
  expect(await place.failure('datanet sign notes.jsonl --datanet datanet.json')).toMatchObject({
    status: 4,
    code: 'OL1624',
  })
})

test('a bundle for another Datanet of the same name is refused', async () => {
  await place.data('datanet init twin --name bight --licence CC0-1.0')
  expect(await place.failure(`datanet add ${place.path('notes.signed.jsonl')}`, 'twin')).toMatchObject({
    status: 6,
    code: 'OL1357',
    message: expect.stringContaining('OL1110'),
    hint: expect.stringContaining('datanet sign'),
  })
})

test('nobody signs for somebody else', async () => {
  place.lines('tobias.jsonl', [{ text: 'Mine.', contributor: tobias.address }])
  expect(await place.failure('datanet sign tobias.jsonl --datanet datanet.json --account mara')).toMatchObject({
    status: 4,
    code: 'OL1113',
  })
})

test('a version goes to another workspace with its signatures, and not when one of them is wrong', async () => {
  await place.data('datanet review --approve all', 'net')
  const store = openDatanet(place.path('net'))
  const { directory, root, contentHash } = createVersion(store)
  store.close()
  cpSync(directory, place.path('version'), { recursive: true })
  expect(await place.data('datanet import version copy')).toMatchObject({
    ...{ datanet: 'bight', version: 1, root, contentHash, recordCount: 2, contributors: 1, signatures: 2 },
  })
  for (const name of ['records.jsonl', 'tree.json', 'version.json'])
    expect(readFileSync(join(place.path('copy'), 'datanet/versions/1', name))).toEqual(
      readFileSync(join(directory, name)),
    )
  expect((await place.data('datanet status', 'copy')).datanet.identity).toBe(
    (await place.data('datanet status', 'net')).datanet.identity,
  )
  expect(await place.failure('datanet import version copy')).toMatchObject({ code: 'OL1121' })

  const path = join(place.path('version'), 'records.jsonl')
  writeFileSync(path, readFileSync(path, 'utf8').replace('"licence":"MIT"', '"licence":"GPL"'))
  expect(await place.failure('datanet import version damaged')).toMatchObject({ status: 6, code: 'OL1110' })
  expect(existsSync(place.path('damaged'))).toBe(false)
})
