import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Hex, parseEther, zeroAddress } from 'viem'
import { getBalance, getBlock } from 'viem/actions'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { as, hashOf, pay, publish } from '../chain/story.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const { maintainer, mara, zed } = devAccounts()
const wei = (open: string): string => String(parseEther(open))
let devnet: Devnet
let datanetId: Hex
let modelId: Hex
let of: string

beforeAll(async () => {
  mkdirSync(place.path(at))
  devnet = await startDevnet({ workspace: place.path(at) })
  ;({ datanetId, modelId } = await publish(devnet, 'shared'))
  of = `--datanet ${datanetId}`
})
afterAll(async () => {
  await devnet.stop()
  place.remove()
})

const show = () => place.data(`datanet shares show ${of}`, at)

// One story: each test goes on where the one before ended.
test('all shares are the creator’s at first, and nothing waits', async () => {
  expect(await show()).toMatchObject({
    datanetId,
    holders: [{ account: maintainer.address, shares: 10_000, incomeWei: '0' }],
    offers: [],
    dueWei: '0',
  })
  expect(await place.nothingLeft(`datanet shares collect ${of} --yes`, at)).toMatchObject({ code: 'OL1668' })
  expect(await place.failure('datanet shares show', at)).toMatchObject({ code: 'OL1660', status: 2 })
})

test('shares are offered at a price, and taken by whom they were offered to', async () => {
  const offer = `datanet shares offer mara 2500 --price 4 ${of}`
  expect(await place.data(`${offer} --dry-run`, at)).toMatchObject({ sent: false, to: mara.address, shares: 2500 })
  expect(await place.failure(offer, at)).toMatchObject({ code: 'OL1008' })
  expect(await place.failure(`datanet shares offer mara 10001 ${of} --yes`, at)).toMatchObject({ status: 2 })
  expect(await place.failure(`${offer} --account zed --yes`, at)).toMatchObject({
    code: 'OL1603',
    message: expect.stringContaining('DatanetRegistry__NotEnoughShares'),
  })
  await place.data(`${offer} --yes`, at)
  expect((await show()).offers).toMatchObject([{ from: maintainer.address, to: mara.address, priceWei: wei('4') }])
  const accept = `datanet shares accept maintainer ${of}`
  expect(await place.failure(`${accept} --account zed --yes`, at)).toMatchObject({ code: 'OL1667' })
  expect(await place.data(`${accept} --account mara --dry-run`, at)).toMatchObject({
    sent: false,
    priceWei: wei('4'),
    transactions: [{ function: 'acceptShares', valueWei: wei('4') }],
  })
  const before = await getBalance(as(devnet, 'user'), { address: mara.address })
  expect(await place.data(`${accept} --account mara --yes`, at)).toMatchObject({ heldShares: 2500 })
  expect(before - (await getBalance(as(devnet, 'user'), { address: mara.address }))).toBeGreaterThan(parseEther('4'))
  expect(await place.failure(`${accept} --account mara --yes`, at)).toMatchObject({ code: 'OL1667' })
  expect(await show()).toMatchObject({
    offers: [],
    holders: [
      { account: maintainer.address, shares: 7500 },
      { account: mara.address, shares: 2500 },
    ],
  })
})

test('an offer can be taken back, and is over when its time is', async () => {
  await place.data(`datanet shares offer zed 100 ${of} --yes`, at)
  await place.data(`datanet shares offer zed 0 ${of} --yes`, at)
  expect(await place.failure(`datanet shares accept maintainer --account zed ${of} --yes`, at)).toMatchObject({
    code: 'OL1667',
  })
  await place.data(`datanet shares offer zed 100 --days 1 ${of} --yes`, at)
  await warp(devnet, 86_401)
  expect((await show()).offers).toEqual([])
  expect(await place.failure(`datanet shares accept maintainer --account zed ${of} --yes`, at)).toMatchObject({
    code: 'OL1603',
    message: expect.stringContaining(zed.address),
  })
})

test('each holder collects its part of what payments brought, the seller its price too', async () => {
  const { feeWei } = await pay(devnet, modelId, hashOf('asked'))
  // The net of the fee; three hundredths of it are the Datanets'.
  const due = ((feeWei - 10n ** 16n) * 3n) / 100n
  expect((await show()).dueWei).toBe(String(due))
  const collect = `datanet shares collect ${of}`
  expect(await place.data(`${collect} --account mara --dry-run`, at)).toMatchObject({
    sent: false,
    account: mara.address,
    dueWei: String(due),
    transactions: [{ contract: 'InferenceEscrow', function: 'fundDatanets' }],
  })
  expect(await place.failure(`${collect} --account mara`, at)).toMatchObject({ code: 'OL1008' })
  const whole = (due / 10_000n) * 10_000n
  expect(await place.data(`${collect} --account mara --yes`, at)).toMatchObject({ amountWei: String(whole / 4n) })
  expect(await place.nothingLeft(`${collect} --account mara --yes`, at)).toMatchObject({ code: 'OL1668' })
  expect((await show()).dueWei).toBe('0')
  const { amountWei } = await place.data(`${collect} --yes`, at)
  expect(BigInt(amountWei)).toBe((whole * 3n) / 4n + parseEther('4'))
  expect(await place.nothingLeft(`${collect} --account zed --yes`, at)).toMatchObject({ code: 'OL1668' })
})

test('model collect pays the model’s owner its part', async () => {
  const part = ((await pay(devnet, modelId, hashOf('again'))).feeWei - 10n ** 16n) / 5n
  expect(await place.data('model collect --dry-run', at)).toMatchObject({ sent: false, owedWei: String(2n * part) })
  expect(await place.failure('model collect', at)).toMatchObject({ code: 'OL1008' })
  expect(await place.data('model collect --yes', at)).toMatchObject({ amountWei: String(2n * part) })
  expect(await place.nothingLeft('model collect --yes', at)).toMatchObject({ code: 'OL1636' })
})

test('stake fund sends the stakers’ part on, once', async () => {
  expect(await place.data('stake fund --dry-run', at)).toMatchObject({ sent: false })
  const { amountWei } = await place.data('stake fund --yes', at)
  // 5 % of the net of two payments of 0.55 OPEN.
  expect(amountWei).toBe(wei('0.055'))
  expect(await place.data('stake status --for zed', at)).toMatchObject({ staking: { nextPeriodWei: wei('0.055') } })
  expect(await place.nothingLeft('stake fund --yes', at)).toMatchObject({
    code: 'OL1636',
    message: expect.stringContaining('InferenceEscrow__NothingDue'),
  })
})

test('access is granted without a request', async () => {
  expect(await place.failure(`datanet access grant zed ${of} --account mara --yes`, at)).toMatchObject({
    code: 'OL1604',
  })
  expect(await place.data(`datanet access grant zed --days 2 ${of} --dry-run`, at)).toMatchObject({ sent: false })
  const { account, until } = await place.data(`datanet access grant zed --days 2 ${of} --yes`, at)
  expect(account).toBe(zed.address)
  const { timestamp } = await getBlock(as(devnet, 'user'))
  expect(Date.parse(until)).toBe(Number(timestamp + 172_800n) * 1000)
})

test.each([
  ['datanet', () => datanetId, (to: string) => `datanet ownership offer ${to} ${of}`],
  ['model', () => modelId, (to: string) => `model ownership offer ${modelId} ${to}`],
])('a %s changes hands when the other accepts', async (noun, id, offer) => {
  const accept = `${noun} ownership accept ${id()} --account mara`
  expect(await place.failure(`${offer('mara')} --account zed --yes`, at)).toMatchObject({ code: 'OL1604', status: 4 })
  expect(await place.failure(`${accept} --yes`, at)).toMatchObject({ code: 'OL1604' })
  await place.data(`${offer('mara')} --yes`, at)
  await place.data(`${offer(zeroAddress)} --yes`, at)
  expect(await place.failure(`${accept} --yes`, at)).toMatchObject({ code: 'OL1604' })
  await place.data(`${offer('mara')} --yes`, at)
  expect(await place.data(`${accept} --dry-run`, at)).toMatchObject({ sent: false, account: mara.address })
  expect(await place.data(`${accept} --yes`, at)).toMatchObject({ sent: true, account: mara.address })
  expect(await place.failure(`${offer('zed')} --yes`, at)).toMatchObject({ code: 'OL1604' })
  await place.data(`${offer('maintainer')} --account mara --yes`, at)
})
