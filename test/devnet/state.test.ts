import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { l1BlockAddress } from '../../src/devnet/bridge/predeploys.js'
import { devnetStatus } from '../../src/devnet/keeper/devnetStatus.js'
import { fundOpen } from '../../src/devnet/keeper/fundAccount.js'
import { readSaving } from '../../src/devnet/keeper/readSaving.js'
import { listSnapshots, resetDevnet, restoreSnapshot, saveSnapshot } from '../../src/devnet/keeper/snapshots.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { stopDevnet } from '../../src/devnet/keeper/stopDevnet.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import type { DevnetState } from '../../src/devnet/state/devnetState.js'
import { readDevnet } from '../../src/devnet/state/devnetState.js'
import { layerHeads } from '../../src/devnet/state/layerHeads.js'
import { mine, warp } from '../../src/devnet/state/warp.js'
import { processIdentity } from '../../src/files/processIdentity.js'
import { ended, eventually, firstLine, nodeUrl, processesIn, spawnOwner } from './processes.js'

let workspace: string

beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'openledger-state-')))
})

afterEach(async () => {
  await stopDevnet(workspace).catch(() => undefined)
  await rm(workspace, { recursive: true, force: true })
})

const { user, mara } = devAccounts()
/** A payment on the L2; it is mined when this resolves. */
async function pay({ l2 }: Pick<DevnetState, 'l2'>): Promise<void> {
  const call = { from: user.address, to: mara.address, value: '0x1' }
  const hash = await rpc(l2.rpcUrl, 'eth_sendTransaction', [call])
  await eventually(async () => (await rpc(l2.rpcUrl, 'eth_getTransactionReceipt', [hash])) !== null)
}
const balance = async ({ l2 }: Pick<DevnetState, 'l2'>): Promise<bigint> =>
  BigInt(String(await rpc(l2.rpcUrl, 'eth_getBalance', [mara.address, 'latest'])))
const chainsFile = (): string => join(workspace, '.openledger', 'chains.saved')

/** The L2 has all of the L1, and no block comes in a moment after that. */
async function settled(devnet: Devnet): ReturnType<typeof layerHeads> {
  let last = ''
  await eventually(async () => {
    const heads = await layerHeads(devnet)
    const now = JSON.stringify(heads)
    const same = now === last
    last = now
    await new Promise((resolve) => setTimeout(resolve, 150))
    const derived = await rpc(devnet.l2.rpcUrl, 'eth_getStorageAt', [l1BlockAddress, '0x0', 'latest'])
    return same && Number(BigInt.asUintN(64, BigInt(String(derived)))) === heads.l1.blockNumber
  })
  return JSON.parse(last)
}

/** Every L1 block that the L2 has seen is in the L1. */
async function expectOnePair({ l1, l2 }: Pick<DevnetState, 'l1' | 'l2'>): Promise<void> {
  // number(), hash() of the predeploy L1Block.
  const read = (data: string): Promise<unknown> => rpc(l2.rpcUrl, 'eth_call', [{ to: l1BlockAddress, data }, 'latest'])
  let number: unknown
  let hash: unknown
  // The relayer works meanwhile: both must be of one moment.
  do {
    number = await read('0x8381f58a')
    hash = await read('0x09bd5a60')
  } while (number !== (await read('0x8381f58a')))
  const block = await rpc(l1.rpcUrl, 'eth_getBlockByNumber', [`0x${BigInt(String(number)).toString(16)}`, false])
  expect(block).toMatchObject({ hash })
}

describe('both chains', () => {
  test('go on where they were after a stop: blocks, balances, ports and clocks', async () => {
    const first = await startDevnet({ workspace })
    await pay(first)
    await warp(first, 30 * 86_400)
    const before = await settled(first)
    const had = await balance(first)
    await first.stop()

    const second = await startDevnet({ workspace })
    expect(await layerHeads(second)).toEqual(before)
    expect(await balance(second)).toBe(had)
    expect([second.l1.rpcUrl, second.l2.rpcUrl]).toEqual([first.l1.rpcUrl, first.l2.rpcUrl])
    expect(second.restored).toMatchObject({ l1: before.l1.blockNumber, lost: { l1: [], l2: [] } })
    await pay(second)
    const { l2 } = await layerHeads(second)
    expect(l2.timestamp - before.l2.timestamp).toBeGreaterThanOrEqual(0)
    expect(l2.timestamp - before.l2.timestamp).toBeLessThan(60)
    await expectOnePair(second)
  })

  test('start again when they are told to', async () => {
    const first = await startDevnet({ workspace })
    await mine(first, 5)
    const before = await layerHeads(first)
    expect(await resetDevnet(workspace)).toBe(true)
    const running = await readDevnet(workspace)
    expect(running?.l1.rpcUrl).toBe(first.l1.rpcUrl)
    expect((await layerHeads(running as DevnetState)).l1.blockNumber).toBeLessThan(before.l1.blockNumber)
    await first.stop()
    expect(await resetDevnet(workspace)).toBe(false)
    expect((await startDevnet({ workspace })).restored).toBeNull()
  })
})

describe('killed', () => {
  test('a node: at most a second of blocks is lost, and they are named', async () => {
    const devnet = await startDevnet({ workspace })
    await pay(devnet)
    await settled(devnet)
    const pace = (await readSaving(devnet)).saveMilliseconds ?? 0
    expect(pace).toBeGreaterThan(0)
    expect(pace).toBeLessThan(1_000)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const safe = await layerHeads(devnet)
    const had = await balance(devnet)
    // Mined at once and not saved yet, most of the time.
    await mine(devnet, 2)
    const { l2: last } = await layerHeads(devnet)
    process.kill(devnet.l2.pid, 'SIGKILL')
    expect(await devnet.ended).toMatchObject({ code: 'OL1752', exitCode: 5 })

    const again = await startDevnet({ workspace })
    const heads = await layerHeads(again)
    expect(heads.l2.blockNumber).toBeGreaterThanOrEqual(safe.l2.blockNumber)
    expect(await balance(again)).toBe(had)
    const lost = again.restored?.lost.l2 ?? []
    expect(again.restored?.l2).toBe(heads.l2.blockNumber)
    expect(lost.map(({ number }) => number)).toEqual(lost.map((_, index) => heads.l2.blockNumber + 1 + index))
    if (heads.l2.blockNumber < last.blockNumber) {
      expect(lost).toContainEqual({ number: last.blockNumber, hash: last.blockHash })
    }
    await expectOnePair(again)
  })

  test.each([150, 600])('everything, %d ms into constant mining: both layers are of one save', async (delay) => {
    const owner = spawnOwner(workspace, 'busy')
    await firstLine(owner)
    await new Promise((resolve) => setTimeout(resolve, delay))
    const state = await readDevnet(workspace)
    for (const pid of [owner.pid, state?.l1.pid, state?.l2.pid]) process.kill(pid ?? 0, 'SIGKILL')
    await ended(owner)
    const again = await startDevnet({ workspace })
    await expectOnePair(again)
    const { restored } = again
    expect(restored).not.toBeNull()
    // By what the nodes wrote down themselves, the loss is no more than what comes after the save.
    for (const layer of ['l1', 'l2'] as const) {
      const numbers = restored?.lost[layer].map(({ number }) => number) ?? []
      expect(numbers).toEqual(numbers.map((_, index) => (restored?.[layer] ?? 0) + 1 + index))
    }
    await pay(again)
    if (process.platform === 'linux') await eventually(() => processesIn(workspace).length === 0)
  })

  test('the keeper, and stopped before the next start: what was lost is told then, and once', async () => {
    const owner = spawnOwner(workspace, 'detached')
    await firstLine(owner)
    await ended(owner)
    const devnet = (await readDevnet(workspace)) as DevnetState
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { l1: safe } = await layerHeads(devnet)
    // It saves nothing any more, and serves nobody; the node itself still does.
    process.kill(devnet.supervisor.pid, 'SIGSTOP')
    const node = await nodeUrl(workspace, 'l1')
    for (let mined = 0; mined < 3; mined++) await rpc(node, 'evm_mine')
    const blocks = await Promise.all(
      [1, 2, 3].map((ahead) =>
        rpc(node, 'eth_getBlockByNumber', [`0x${(safe.blockNumber + ahead).toString(16)}`, false]),
      ),
    )
    process.kill(devnet.supervisor.pid, 'SIGKILL')
    await eventually(() => processIdentity(devnet.supervisor.pid) === undefined)

    const { crash } = await stopDevnet(workspace)
    expect(crash?.lost.l1).toEqual(
      (blocks as { number: string; hash: string }[]).map(({ number, hash }) => ({ number: Number(number), hash })),
    )
    expect(crash?.reason).toBe(`Process ${devnet.supervisor.pid}, which kept it, is gone`)
    expect(await stopDevnet(workspace)).toEqual({ stopped: false, crash: null })
    const again = await startDevnet({ workspace })
    expect((await layerHeads(again)).l1.blockNumber).toBe(safe.blockNumber)
    expect(again.restored?.lost).toEqual({ l1: [], l2: [] })
  })
})

test('saved chains that cannot be used are refused with the way out, and left as they are', async () => {
  await startDevnet({ workspace }).then((devnet) => devnet.stop())
  const bytes = await readFile(chainsFile())
  const flipped = Buffer.from(bytes)
  const at = bytes.indexOf(10) + 2_000
  flipped[at] = (flipped[at] ?? 0) ^ 1
  const otherAnvil = bytes.toString('latin1').replace('"anvilVersion":"1.', '"anvilVersion":"0.')
  const otherContracts = bytes.toString('latin1').replace('"RewardPool":', '"RewardPoul":')
  for (const [spoiled, code, message] of [
    [bytes.subarray(0, bytes.length - 1), 'OL1750', /the dump of the L2/],
    [flipped, 'OL1750', /the dump of the L1/],
    [Buffer.alloc(0), 'OL1750', /a line of JSON/],
    [Buffer.from('{"format":"other"}\n'), 'OL1750', /format/],
    [Buffer.from(otherContracts, 'latin1'), 'OL1750', /other contracts than this openledger/],
    [Buffer.from(otherAnvil, 'latin1'), 'OL1751', /anvil 0\./],
  ] as const) {
    await writeFile(chainsFile(), spoiled)
    const refused = { code, message: expect.stringMatching(message), hint: expect.stringContaining('devnet reset') }
    await expect(startDevnet({ workspace })).rejects.toMatchObject(refused)
    expect(await readFile(chainsFile())).toEqual(spoiled)
  }
  expect(await resetDevnet(workspace)).toBe(false)
  expect((await startDevnet({ workspace })).restored).toBeNull()
})

describe('a snapshot', () => {
  test('restores both layers as one, while the devnet runs and while it does not', async () => {
    const devnet = await startDevnet({ workspace })
    await warp(devnet, 1_000)
    const before = await settled(devnet)
    const had = await balance(devnet)
    await saveSnapshot(workspace, 'before')
    await pay(devnet)
    await mine(devnet, 3)
    await warp(devnet, 86_400)
    await saveSnapshot(workspace, 'after')

    await restoreSnapshot(workspace, 'before')
    const running = (await readDevnet(workspace)) as DevnetState
    expect(await layerHeads(running)).toEqual(before)
    expect(await balance(running)).toBe(had)
    expect([running.l1.rpcUrl, running.l2.rpcUrl]).toEqual([devnet.l1.rpcUrl, devnet.l2.rpcUrl])
    expect(processIdentity(devnet.l1.pid)).not.toBe(devnet.l1.identity)
    // It lives on: the relayer, the clock, the saves.
    await pay(running)
    expect((await layerHeads(running)).l2.timestamp - before.l2.timestamp).toBeLessThan(60)
    await expectOnePair(running)

    await devnet.stop()
    await restoreSnapshot(workspace, 'after')
    const again = await startDevnet({ workspace })
    expect((await layerHeads(again)).l1.blockNumber).toBeGreaterThan(before.l1.blockNumber + 3)
    expect(await balance(again)).toBe(had + 1n)
    await expectOnePair(again)
    expect(await listSnapshots(workspace)).toMatchObject([{ name: 'before' }, { name: 'after' }])
  })

  test.each([10, 60])('never leaves one layer old and one new, killed %d ms into restoring it', async (delay) => {
    const owner = spawnOwner(workspace, 'attached')
    await firstLine(owner)
    const state = (await readDevnet(workspace)) as DevnetState
    await saveSnapshot(workspace, 'old')
    const old = await layerHeads(state)
    await mine(state, 40)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const restoring = restoreSnapshot(workspace, 'old').catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, delay))
    owner.kill('SIGKILL')
    await Promise.all([ended(owner), restoring])
    const again = await startDevnet({ workspace })
    await expectOnePair(again)
    const { restored } = again
    const [isOld1, isOld2] = [restored?.l1 === old.l1.blockNumber, restored?.l2 === old.l2.blockNumber]
    expect(isOld1).toBe(isOld2)
    if (!isOld1)
      for (const layer of ['l1', 'l2'] as const)
        expect(restored?.[layer]).toBeGreaterThanOrEqual(old[layer].blockNumber + 40)
  })

  test('that is damaged is refused before anything is touched, and listed with the reason', async () => {
    const devnet = await startDevnet({ workspace })
    await saveSnapshot(workspace, 'spoiled')
    const path = join(workspace, '.openledger', 'snapshots', 'spoiled.saved')
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, bytes.length - 7))
    await expect(restoreSnapshot(workspace, 'spoiled')).rejects.toMatchObject({ code: 'OL1750' })
    await expect(restoreSnapshot(workspace, 'none')).rejects.toMatchObject({ code: 'OL1753' })
    for (const name of ['', '../up', 'a/b', '.hidden', 'x'.repeat(65)]) {
      await expect(saveSnapshot(workspace, name)).rejects.toMatchObject({ code: 'OL1756', exitCode: 2 })
    }
    await writeFile(path, 'nothing')
    expect(await listSnapshots(workspace)).toMatchObject([
      { name: 'spoiled', problem: expect.stringContaining('JSON') },
    ])
    await pay(devnet)
  })
})

test('many blocks are mined in several requests, on both layers alike, until told to end', async () => {
  const devnet = await startDevnet({ workspace })
  const before = await settled(devnet)
  const told: number[] = []
  await mine(devnet, 250, { onProgress: (mined) => told.push(mined) })
  expect(told).toEqual([100, 200, 250])
  const after = await layerHeads(devnet)
  // The L1 also has blocks with outputs of the L2, and the L2 those that make blocks of the L1 known.
  expect(after.l1.blockNumber).toBeGreaterThanOrEqual(before.l1.blockNumber + 250)
  expect(after.l2.blockNumber).toBeGreaterThanOrEqual(before.l2.blockNumber + 250)
  const control = new AbortController()
  const ending = mine(devnet, 500, { signal: control.signal, onProgress: () => control.abort() })
  await expect(ending).rejects.toThrow(/abort/)
  const { l1 } = await layerHeads(devnet)
  expect(l1.blockNumber - after.l1.blockNumber).toBeGreaterThanOrEqual(100)
  expect(l1.blockNumber - after.l1.blockNumber).toBeLessThan(300)
})

test('how long a withdrawal waits is fixed when the chains begin: kept by a reset, else refused', async () => {
  const seconds = async ({ addresses, l1 }: Pick<DevnetState, 'addresses' | 'l1'>): Promise<number> =>
    // finalizationPeriodSeconds()
    Number(await rpc(l1.rpcUrl, 'eth_call', [{ to: addresses.L2OutputOracle, data: '0xce5db8d6' }, 'latest']))
  for (const wrong of [0, -5, 1.5, 31_536_001, Number.NaN]) {
    await expect(startDevnet({ workspace, finalizationSeconds: wrong })).rejects.toMatchObject({ code: 'OL1761' })
  }
  const devnet = await startDevnet({ workspace, finalizationSeconds: 90 })
  expect(await seconds(devnet)).toBe(90)
  expect((await startDevnet({ workspace })).started).toBe(false)
  expect((await startDevnet({ workspace, finalizationSeconds: 90 })).started).toBe(false)
  const other = { workspace, finalizationSeconds: 5 }
  await expect(startDevnet(other)).rejects.toMatchObject({ code: 'OL1762' })
  await resetDevnet(workspace)
  expect(await seconds((await readDevnet(workspace)) as DevnetState)).toBe(90)
  await devnet.stop()
  await expect(startDevnet(other)).rejects.toMatchObject({ code: 'OL1762' })
  expect(await readDevnet(workspace)).toBeUndefined()
  if (process.platform === 'linux') await eventually(() => processesIn(workspace).length === 0)
  await resetDevnet(workspace)
  expect(await seconds(await startDevnet({ workspace }))).toBe(5)
})

test.each([
  ['removed', async (path: string) => rm(path)],
  ['damaged', async (path: string) => writeFile(path, '{')],
  [
    'that of another',
    async (path: string) => writeFile(path, (await readFile(path, 'utf8')).replace(/"token": "../, '"token": "zz')),
  ],
] as const)(
  'a devnet whose state file is %s gives up, and saves nothing over what another one may save',
  async (_, spoil) => {
    const devnet = await startDevnet({ workspace })
    await settled(devnet)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const saved = await readFile(chainsFile())
    await spoil(join(workspace, '.openledger', 'devnet.json'))
    // The devnet may give up before it answers.
    await rpc(devnet.l1.rpcUrl, 'evm_mine').catch(() => undefined)
    expect(await devnet.ended).toMatchObject({ code: 'OL1763', exitCode: 5 })
    expect(processIdentity(devnet.l1.pid)).not.toBe(devnet.l1.identity)
    expect(await readFile(chainsFile())).toEqual(saved)
  },
)

test('both layers cannot have one port', async () => {
  await expect(startDevnet({ workspace, l1Port: 45_454, l2Port: 45_454 })).rejects.toMatchObject({ code: 'OL1764' })
})

test.each([
  ['restoring a snapshot', (name: string): Promise<unknown> => restoreSnapshot(workspace, name)],
  ['a reset', (): Promise<unknown> => resetDevnet(workspace)],
] as const)('%s that cannot be written changes nothing: messages and saves go on', async (_, replace) => {
  const devnet = await startDevnet({ workspace })
  await saveSnapshot(workspace, 'before')
  await mine(devnet, 2)
  const { l1 } = await settled(devnet)
  // Nothing can take the place of a folder that is not empty.
  await rm(chainsFile())
  await mkdir(join(chainsFile(), 'in the way'), { recursive: true })
  await expect(replace('before')).rejects.toThrow()
  await rm(chainsFile(), { recursive: true })
  expect((await layerHeads(devnet)).l1.blockNumber).toBeGreaterThanOrEqual(l1.blockNumber)
  const had = await balance(devnet)
  expect(await fundOpen(devnet, mara.address, 5n)).toBe(had + 5n)
  await eventually(() => existsSync(chainsFile()))
  expect((await devnetStatus(workspace)).status).toBe('running')
})
