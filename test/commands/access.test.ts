import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Hex, parseEther } from 'viem'
import { getBalance } from 'viem/actions'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { as, publish } from '../chain/story.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const { user } = devAccounts()
const wei = (open: string): string => String(parseEther(open))
let devnet: Devnet
let datanetId: Hex
let modelId: Hex

beforeAll(async () => {
  mkdirSync(place.path(at))
  devnet = await startDevnet({ workspace: place.path(at) })
  ;({ datanetId, modelId } = await publish(devnet, 'guarded'))
})

afterAll(async () => {
  await devnet.stop()
  place.remove()
})

// One story: each test goes on where the one before ended.
test('the owner closes the Datanet and names a price', async () => {
  const of = `--datanet ${datanetId}`
  const open = { changed: false, permissionedAccess: false, permissionedContribution: false }
  expect(await place.data(`datanet access policy ${of}`, at)).toMatchObject(open)
  const close = `datanet access policy --access granted ${of}`
  expect(await place.data(`${close} --dry-run`, at)).toMatchObject({ sent: false, permissionedAccess: true })
  expect(await place.failure(`${close} --account zed --yes`, at)).toMatchObject({ code: 'OL1604' })
  const closed = { ...open, permissionedAccess: true }
  expect(await place.data(`${close} --yes`, at)).toMatchObject({ ...closed, changed: true })
  expect(await place.data(`datanet access policy ${of}`, at)).toMatchObject(closed)
  expect(await place.data(`datanet access price 12 ${of} --yes`, at)).toMatchObject({ priceWei: wei('12') })
})

test('a request shows what it would pay, asks, and pays what the owner asks', async () => {
  const before = await getBalance(as(devnet, 'user'), { address: user.address })
  const words = `datanet access request ${datanetId} --purpose sailing --days 30`
  expect(await place.data(`${words} --dry-run`, at)).toMatchObject({
    sent: false,
    priceWei: wei('12'),
    transactions: [{ contract: 'DatanetRegistry', function: 'requestAccess', valueWei: wei('12') }],
  })
  expect(await place.failure(words, at)).toMatchObject({ code: 'OL1008' })
  expect(await place.failure(`${words} --offer 11.9 --yes`, at)).toMatchObject({
    code: 'OL1603',
    message: expect.stringContaining('DatanetRegistry__PriceTooLow('),
  })
  expect(await getBalance(as(devnet, 'user'), { address: user.address })).toBe(before)
  expect(await place.data(`${words} --yes`, at)).toMatchObject({ requestId: 1, account: user.address, days: 30 })
  await place.data(`${words} --offer 15 --yes --account zed`, at)
  await place.data(`${words} --yes --account tobias`, at)
})

test('the owner decides, the requester takes back, and the list tells of it', async () => {
  expect(await place.failure('datanet access approve 1 --account zed --yes', at)).toMatchObject({ code: 'OL1604' })
  expect(await place.data('datanet access approve 1 --yes', at)).toMatchObject({ account: user.address, datanetId })
  expect(await place.failure('datanet access approve 1 --yes', at)).toMatchObject({ code: 'OL1603' })
  await place.data('datanet access reject 2 --reason advertising --yes', at)
  expect(await place.data('datanet access cancel 3 --account tobias --yes', at)).toMatchObject({ amountWei: wei('12') })
  const { requests } = await place.data(`datanet access list --datanet ${datanetId}`, at)
  expect(requests).toMatchObject([
    { requestId: 1, account: user.address, priceWei: wei('12'), days: 30, status: 'approved', purpose: 'sailing' },
    { requestId: 2, priceWei: wei('15'), status: 'rejected' },
    { requestId: 3, status: 'cancelled' },
  ])
  const revoked = await place.data(`datanet access revoke user --reason broken --datanet ${datanetId} --yes`, at)
  expect(BigInt(revoked['refundWei'] as string)).toBeGreaterThan(parseEther('11.9'))
})

test('a Datanet must be named where the folder has published none', async () => {
  expect(await place.failure('datanet access list', at)).toMatchObject({ code: 'OL1660', status: 2 })
  expect(await place.failure('datanet access list --datanet 0x12', at)).toMatchObject({ status: 2 })
  expect(await place.failure('datanet access approve none --yes', at)).toMatchObject({ status: 2 })
})

test('model price shows the prices, and changes one of them', async () => {
  expect(await place.data(`model price --model ${modelId}`, at)).toMatchObject({
    changed: false,
    inputPriceWei: wei('0.5'),
    outputPriceWei: wei('2'),
  })
  const words = `model price --model ${modelId} --output-price 4`
  expect(await place.data(`${words} --dry-run`, at)).toMatchObject({
    sent: false,
    transactions: [{ contract: 'ModelRegistry', function: 'setPrices' }],
  })
  expect(await place.failure(`${words} --account zed --yes`, at)).toMatchObject({ code: 'OL1604', status: 4 })
  expect(await place.data(`${words} --yes`, at)).toMatchObject({ changed: true, outputPriceWei: wei('4') })
  expect(await place.data(`model price --model ${modelId}`, at)).toMatchObject({ outputPriceWei: wei('4') })
})
