import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { Place } from './workspace.js'

const place = new Place()
let devnet: Devnet

beforeAll(async () => {
  devnet = await startDevnet({ workspace: place.path() })
})
afterAll(async () => {
  await devnet.stop()
  place.remove()
})

const ether = 10n ** 18n
const balances = async (name: string): Promise<{ l1: bigint; l2: bigint }> => {
  const { accounts } = await place.data('devnet accounts')
  const found = accounts.find((account: { name: string }) => account.name === name)
  return { l1: BigInt(found.l1OpenWei), l2: BigInt(found.l2OpenWei) }
}

test('a deposit moves OPEN of one account on the L1 to another on the L2, and nothing with --dry-run', async () => {
  const [mara, zed] = [await balances('mara'), await balances('zed')]
  const planned = await place.data('devnet bridge deposit 12.5 --from mara --to zed --dry-run')
  expect(planned).toMatchObject({ deposited: false, amountWei: String((25n * ether) / 2n) })
  expect(await balances('mara')).toEqual(mara)

  const done = await place.data('devnet bridge deposit 12.5 --from mara --to zed --yes')
  expect(done).toMatchObject({ deposited: true, l2Hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) })
  expect((await balances('mara')).l1).toBe(mara.l1 - (25n * ether) / 2n)
  expect((await balances('zed')).l2).toBe(zed.l2 + (25n * ether) / 2n)
})

test('a withdrawal goes its three steps, each once, and each in its turn', async () => {
  const { l1 } = await balances('zed')
  const { hash, status } = await place.data('devnet bridge withdraw 3 --from mara --to zed --yes')
  expect(status).toBe('waiting-to-prove')
  expect(await place.failure(`devnet bridge finalize ${hash}`)).toMatchObject({ code: 'OL1734' })
  expect((await place.data(`devnet bridge prove ${hash}`)).proven).toHaveLength(1)
  expect(await place.nothingLeft(`devnet bridge prove ${hash}`)).toMatchObject({ code: 'OL1732' })
  expect(await place.failure(`devnet bridge finalize ${hash}`)).toMatchObject({ code: 'OL1735' })
  const { withdrawals } = await place.data(`devnet bridge status ${hash}`)
  expect(withdrawals).toMatchObject([{ hash, status: 'waiting-to-finalize', amountWei: String(3n * ether) }])
  expect((await balances('zed')).l1).toBe(l1)

  const { finalized, warpedSeconds } = await place.data(`devnet bridge finalize ${hash} --warp`)
  expect(finalized).toHaveLength(1)
  expect(warpedSeconds).toBeGreaterThan(0)
  expect((await balances('zed')).l1).toBe(l1 + 3n * ether)
  expect(await place.nothingLeft(`devnet bridge finalize ${hash} --warp`)).toMatchObject({ code: 'OL1733' })
  expect(await place.nothingLeft(`devnet bridge prove ${hash}`)).toMatchObject({ code: 'OL1733' })
})

test('--fast-forward takes all three at once; status has what is locked and what circulates', async () => {
  const before = await place.data('devnet bridge status')
  const { l1 } = await balances('ines')
  const done = await place.data('devnet bridge withdraw 0.25 --from ines --fast-forward --yes')
  expect(done).toMatchObject({ status: 'finalized', warpedSeconds: expect.any(Number) })
  expect((await balances('ines')).l1).toBe(l1 + ether / 4n)
  const after = await place.data('devnet bridge status')
  expect(BigInt(after.lockedWei)).toBe(BigInt(before.lockedWei) - ether / 4n)
  expect(after.circulatingWei).toBe(after.lockedWei)
})

test.each([
  ['deposit 0 --yes', 'OL1724', 2],
  ['deposit 99999999999 --yes', 'OL1725', 1],
  ['deposit -1 --yes', 'OL1005', 2],
  ['deposit 1 --to nobody --yes', 'OL1816', 2],
  ['deposit 1 --from nobody --yes', 'OL1005', 2],
  ['deposit 1', 'OL1008', 2],
  ['withdraw 0 --yes', 'OL1724', 2],
  ['withdraw 99999999 --yes', 'OL1725', 1],
  [`withdraw 1 --to 0x5FbDB2315678afecb367f032d93F642f64180aa3 --yes`, 'OL1728', 2],
  ['prove 0x12', 'OL1737', 2],
  [`prove 0x${'12'.repeat(32)}`, 'OL1730', 1],
  [`finalize 0x${'12'.repeat(32)} --warp`, 'OL1730', 1],
  ['status --network openledger-testnet', 'OL1736', 2],
])('bridge %s is refused with %s', async (words, code, status) => {
  expect(await place.failure(`devnet bridge ${words}`)).toMatchObject({ code, status })
})

test('a transaction that is no withdrawal is named as such', async () => {
  const { l2Hash } = await place.data('devnet bridge deposit 1 --yes')
  expect(await place.failure(`devnet bridge prove ${l2Hash}`)).toMatchObject({ code: 'OL1729' })
})
