import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseEther, zeroHash } from 'viem'
import { getBalance } from 'viem/actions'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'
import { warp } from '../../src/devnet/state/warp.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const { user, ines } = devAccounts()
const wei = (open: string): string => String(parseEther(open))
let devnet: Devnet

beforeAll(async () => {
  mkdirSync(place.path(at))
  devnet = await startDevnet({ workspace: place.path(at) })
})

afterAll(async () => {
  await devnet.stop()
  place.remove()
})

// One story: each test goes on where the one before ended.
test('a dry run moves nothing, and without --yes off a terminal nothing moves either', async () => {
  const client = createChainClient({ network: devnetNetworks(devnet).l2 })
  const before = await getBalance(client, { address: user.address })
  expect(await place.data('stake deposit 500 --dry-run', at)).toMatchObject({
    done: false,
    account: user.address,
    steps: [{ name: 'deposit', amountWei: wei('500') }],
    transactions: [{ contract: 'Staking', function: 'stake', valueWei: wei('500') }],
  })
  expect(await place.failure('stake deposit 500', at)).toMatchObject({ code: 'OL1008' })
  expect(await getBalance(client, { address: user.address })).toBe(before)
})

test('stake is deposited by the account that --account names, and shown', async () => {
  await place.data('stake deposit 500 --yes', at)
  await place.data('stake deposit 200.5 --account ines --yes', at)
  expect(await place.data('stake status', at)).toMatchObject({
    account: user.address,
    activeWei: wei('500'),
    unbondingWei: '0',
    availableAt: null,
    locked: false,
    vote: null,
    staking: { totalActiveWei: wei('700.5') },
  })
  expect(await place.data('stake status --for ines', at)).toMatchObject({
    account: ines.address,
    activeWei: wei('200.5'),
  })
})

test('what the contract refuses is refused with its reason', async () => {
  expect(await place.failure('stake deposit 99 --account mara --yes', at)).toMatchObject({
    code: 'OL1603',
    message: expect.stringContaining('Staking__BelowMinimum'),
  })
  expect(await place.failure('stake withdraw --amount 501 --yes', at)).toMatchObject({ code: 'OL1603' })
  expect(await place.nothingLeft('stake withdraw --yes', at)).toMatchObject({ code: 'OL1845' })
  expect(await place.failure('stake deposit lots --yes', at)).toMatchObject({ status: 2 })
  expect(await place.failure(`rewards challenge --root ${zeroHash} --yes`, at)).toMatchObject({ code: 'OL1020' })
})

test('stake is asked for, waits seven days, and is collected once', async () => {
  const asked = await place.data('stake withdraw --amount 400 --yes', at)
  expect(asked).toMatchObject({ done: true, steps: [{ name: 'request', amountWei: wei('400') }] })
  expect(await place.data('stake status', at)).toMatchObject({ activeWei: wei('100'), unbondingWei: wei('400') })
  expect(await place.failure('stake withdraw --yes', at)).toMatchObject({
    status: 7,
    code: 'OL1852',
    message: expect.stringContaining('waits until'),
  })
  await warp(devnet, 7 * 86_400)
  expect(await place.data('stake withdraw --yes', at)).toMatchObject({
    steps: [{ name: 'withdraw stake', amountWei: wei('400') }],
  })
  expect(await place.nothingLeft('stake withdraw --yes', at)).toMatchObject({ code: 'OL1845' })
})
