import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const { maintainer, mara, tobias, zed, ines } = devAccounts()
let devnet: Devnet
let serial = 0

beforeAll(async () => {
  await place.data('datanet init net --name bight')
})
afterAll(async () => {
  await devnet.stop()
  place.remove()
})

const add = (contributor: string, more = ''): string => {
  serial++
  const file = place.lines(`${serial}.jsonl`, [{ text: `Record number ${serial} is about harbour ${serial * 7919}.` }])
  return `datanet add ${file} --contributor ${contributor}${more}`
}
const pending = async (): Promise<number> => (await place.data('datanet status', at)).records.pending

// One story: each test goes on where the one before ended.
test('before the Datanet is published nobody is asked, and no devnet has to run', async () => {
  expect(await place.data(add('mara'), at)).toMatchObject({ askedOn: null })
  await place.data('datanet review --approve all', at)
  devnet = await startDevnet({ workspace: place.path(at) })
  await place.data('datanet publish', at)
})

test('an open Datanet takes records of everybody, and says that it asked', async () => {
  const { added, askedOn } = await place.data(add('zed'), at)
  expect(added).toHaveLength(1)
  expect(askedOn).toBe('devnet')
  expect(await place.data('datanet contributors list', at)).toMatchObject({
    owner: maintainer.address,
    curators: [],
    contributors: [],
    permissionedContribution: false,
  })
})

test('a closed one refuses whom its list does not name, before anything is written', async () => {
  await place.data('datanet access policy --contributions listed --yes', at)
  const before = await pending()
  expect(await place.failure(add('zed'), at)).toMatchObject({
    status: 4,
    code: 'OL1114',
    message: expect.stringContaining(zed.address),
  })
  expect(await pending()).toBe(before)
  // The owner needs no entry.
  await place.data(add('maintainer'), at)
  expect(await pending()).toBe(before + 1)
})

test('the list is kept by owner and curators', async () => {
  const words = 'datanet contributors add mara,tobias,mara'
  expect(await place.data(`${words} --dry-run`, at)).toMatchObject({
    sent: false,
    accounts: [mara.address, tobias.address],
    transactions: [{ function: 'setContributors' }],
  })
  expect(await place.failure(words, at)).toMatchObject({ code: 'OL1008' })
  expect(await place.failure(`${words} --account zed --yes`, at)).toMatchObject({ code: 'OL1604', status: 4 })
  expect(await place.failure('datanet contributors add mara,nobody --yes', at)).toMatchObject({ code: 'OL1816' })
  expect(await place.data(`${words} --yes`, at)).toMatchObject({ changed: true, permissionedContribution: true })
  expect(await place.data(`${words} --yes`, at)).toMatchObject({ changed: false, accounts: [] })
  expect(await place.data('datanet curators add ines --yes', at)).toMatchObject({
    changed: true,
    account: ines.address,
  })
  expect(await place.data('datanet curators add ines --yes', at)).toMatchObject({ changed: false })
  expect(await place.data('datanet contributors remove tobias --account ines --yes', at)).toMatchObject({
    changed: true,
    accounts: [tobias.address],
  })
  expect(await place.data('datanet contributors list', at)).toMatchObject({
    curators: [ines.address],
    contributors: [mara.address],
  })
  await place.data(add('mara'), at)
  expect(await place.failure(add('tobias'), at)).toMatchObject({ code: 'OL1114' })
  await place.data(add('ines'), at)
  await place.data('datanet curators remove ines --yes', at)
  expect(await place.failure(add('ines'), at)).toMatchObject({ code: 'OL1114' })
})

test('a curator and a new owner publish versions of the same Datanet', async () => {
  const { datanetId } = await place.data('datanet contributors list', at)
  const publish = async (who: string, version: number) => {
    await place.data('datanet review --approve all', at)
    expect(await place.data(`datanet publish --account ${who} --dry-run`, at)).toMatchObject({
      transactions: [{ function: 'publish', from: devAccounts()[who as 'ines'].address }],
    })
    const published = await place.data(`datanet publish --account ${who} --yes`, at)
    expect(published).toMatchObject({ datanetId, onChainVersion: version })
  }
  await place.data('datanet curators add ines --yes', at)
  await publish('ines', 2)
  await place.data('datanet ownership offer tobias --yes', at)
  await place.data(`datanet ownership accept ${datanetId} --account tobias --yes`, at)
  await place.data(add('tobias'), at)
  await publish('tobias', 3)
  // Who has no role in it makes one of its own.
  expect((await place.data('datanet publish --account zed --dry-run', at)).transactions).toMatchObject([
    { function: 'create' },
    { function: 'publish' },
  ])
})

test('where the chain cannot be asked that is an error, unless --offline says to ask nobody', async () => {
  await devnet.stop()
  const before = await pending()
  expect(await place.failure(add('mara'), at)).toMatchObject({ status: 5, code: 'OL1115' })
  expect(await pending()).toBe(before)
  expect(await place.data(add('zed', ' --offline'), at)).toMatchObject({ askedOn: null })
  expect(await pending()).toBe(before + 1)
})

test('on a devnet that was reset the Datanet is not there, and nobody is asked', async () => {
  rmSync(place.path(at, '.openledger/chains.saved'))
  devnet = await startDevnet({ workspace: place.path(at) })
  expect(await place.data(add('tobias'), at)).toMatchObject({ askedOn: null })
})
