import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from '@jest/globals'
import { fundEther, fundOpen } from '../../src/devnet/keeper/fundAccount.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import type { DevnetLayer } from '../../src/devnet/state/devnetState.js'
import { readDevnet, resetDevnet, restoreSnapshot, saveSnapshot, startDevnet } from '../../src/entries/devnet.js'
import { processIdentity } from '../../src/files/processIdentity.js'
import { ended, eventually, firstLine, spawnOwner } from './processes.js'

interface Instance {
  readonly workspace: string
  readonly l1: DevnetLayer
  readonly l2: DevnetLayer
}

const runs = ({ pid, identity }: DevnetLayer): boolean => processIdentity(pid) === identity
const { user, mara } = devAccounts()

test('two workers have a devnet each, with nothing in common, and SIGKILL of a worker leaves nothing of its own', async () => {
  const workers = [spawnOwner(tmpdir(), 'temporary'), spawnOwner(tmpdir(), 'temporary')]
  const instances = (await Promise.all(workers.map(firstLine))).map((line) => JSON.parse(line) as Instance)
  const [one, two] = instances as [Instance, Instance]
  expect(new Set([one, two].flatMap(({ l1, l2 }) => [l1.rpcUrl, l2.rpcUrl])).size).toBe(4)
  expect(one.workspace).not.toBe(two.workspace)

  const [before, other] = await Promise.all([one, two].map(({ l2 }) => balanceOf(l2.rpcUrl)))
  expect(other).toBe(before)
  const call = { from: user.address, to: mara.address, value: '0x5' }
  await rpc(one.l2.rpcUrl, 'eth_sendTransaction', [call])
  await eventually(async () => (await balanceOf(one.l2.rpcUrl)) === (before ?? 0n) + 5n)
  expect(await balanceOf(two.l2.rpcUrl)).toBe(before)

  workers[0]?.kill('SIGKILL')
  await Promise.all(workers.slice(0, 1).map(ended))
  await eventually(() => !runs(one.l1) && !runs(one.l2) && !existsSync(one.workspace))
  expect([runs(two.l1), runs(two.l2), existsSync(two.workspace)]).toEqual([true, true, true])
  workers[1]?.kill('SIGKILL')
  await eventually(() => !runs(two.l1) && !runs(two.l2) && !existsSync(two.workspace))
})

const balanceOf = async (url: string): Promise<bigint> =>
  BigInt(String(await rpc(url, 'eth_getBalance', [mara.address, 'latest'])))

test('an instance funds accounts, goes back to a snapshot, and leaves no file', async () => {
  const devnet = await startDevnet()
  const before = await balanceOf(devnet.l2.rpcUrl)
  await saveSnapshot(devnet.workspace, 'funded')
  expect(await fundOpen(devnet, mara.address, 7n)).toBe(before + 7n)
  const ether = BigInt(String(await rpc(devnet.l1.rpcUrl, 'eth_getBalance', [mara.address, 'latest'])))
  expect(await fundEther(devnet, mara.address, 9n)).toBe(ether + 9n)
  await expect(fundOpen(devnet, mara.address, 10n ** 30n)).rejects.toMatchObject({ code: 'OL1725' })
  await restoreSnapshot(devnet.workspace, 'funded')
  const { l2 } = (await readDevnet(devnet.workspace)) ?? devnet
  expect(l2.rpcUrl).toBe(devnet.l2.rpcUrl)
  expect(await balanceOf(l2.rpcUrl)).toBe(before)
  await devnet.stop()
  expect(await devnet.ended).toBeUndefined()
  expect(existsSync(devnet.workspace)).toBe(false)
})

test('an instance whose chains can neither be replaced nor go on ends, and says so', async () => {
  const devnet = await startDevnet()
  // From now on there is no node for this machine.
  const before = Object.getOwnPropertyDescriptor(process, 'arch') as PropertyDescriptor
  Object.defineProperty(process, 'arch', { ...before, value: 'mips' })
  try {
    await expect(resetDevnet(devnet.workspace)).rejects.toMatchObject({ code: 'OL1700' })
    expect(await devnet.ended).toMatchObject({ code: 'OL1758' })
  } finally {
    Object.defineProperty(process, 'arch', before)
  }
})
