import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { numberToHex, parseEther, zeroHash } from 'viem'
import {
  getBalance,
  getBlock,
  getBlockNumber,
  getCode,
  getStorageAt,
  getTransactionCount,
  readContract,
} from 'viem/actions'
import { createDatanet } from '../../src/chain/actions/datanets/createDatanet.js'
import { getDatanet } from '../../src/chain/actions/datanets/getDatanet.js'
import type { ReadClient } from '../../src/chain/client/ChainClient.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { openAbi } from '../../src/chain/contracts/Open.abi.generated.js'
import { datanetIdentity, randomSalt } from '../../src/datanet/store/datanetIdentity.js'
import { devnetStatus, requireDevnet } from '../../src/devnet/keeper/devnetStatus.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { stopDevnet } from '../../src/devnet/keeper/stopDevnet.js'
import { historyAddress } from '../../src/devnet/node/dropHistory.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'
import { warp } from '../../src/devnet/state/warp.js'
import { processIdentity } from '../../src/files/processIdentity.js'

const salt = randomSalt()
let devnet: Devnet
let l1: ReadClient
let l2: ReadClient

beforeAll(async () => {
  devnet = await startDevnet()
  const networks = devnetNetworks(devnet)
  l1 = createChainClient({ network: networks.l1 })
  l2 = createChainClient({ network: networks.l2 })
})

afterAll(() => devnet.stop())

describe('a fresh devnet', () => {
  test('has every OPEN of the L2 locked on the L1', async () => {
    const { Open, OptimismPortal } = devnet.addresses
    const locked = await readContract(l1, {
      address: Open,
      abi: openAbi,
      functionName: 'balanceOf',
      args: [OptimismPortal],
    })
    const block = await getBlock(l2, { blockNumber: 0n })
    const minted = await Promise.all(
      Object.values(devAccounts()).map(({ address }) => getBalance(l2, { address, blockNumber: 3n })),
    )
    expect(block.transactions).toEqual([])
    expect(minted).toEqual(Array(10).fill(parseEther('100000')))
    expect(minted.reduce((sum, amount) => sum + amount, 0n)).toBe(locked)
    for (const { address } of Object.values(devAccounts())) {
      expect(await getBalance(l2, { address, blockNumber: 0n })).toBe(0n)
    }
  })

  test('gave every account OPEN on the L1 by transfers of the one supply', async () => {
    const { Open: address } = devnet.addresses
    const token = { address, abi: openAbi } as const
    const supply = await readContract(l1, { ...token, functionName: 'totalSupply' })
    expect(supply).toBe(parseEther('1000000000'))
    for (const account of Object.values(devAccounts()).slice(1)) {
      const args = [account.address] as const
      expect(await readContract(l1, { ...token, functionName: 'balanceOf', args })).toBe(parseEther('900000'))
    }
  })

  test('records the heights at which it was ready, and mines transactions at once from then on', async () => {
    expect(await getBlockNumber(l1)).toBe(BigInt(devnet.l1.blockNumber))
    const before = await getBlockNumber(l2)
    expect(before).toBe(BigInt(devnet.l2.blockNumber))
    const account = devAccounts().maintainer
    const client = createChainClient({ network: devnetNetworks(devnet).l2, account })
    const { blockNumber } = await createDatanet(client, { name: 'bees', salt, licence: 'CC-BY-4.0' })
    expect(blockNumber).toBe(before + 1n)
    // The deposit that funded the account used its first nonce, as on every OP chain.
    expect(await getTransactionCount(l2, { address: account.address })).toBe(2)
  })

  test('has no contract that grows by a slot a block, from whose every slot anvil computes each state root', async () => {
    for (const client of [l1, l2]) {
      expect(await getCode(client, { address: historyAddress })).toBeUndefined()
      const height = await getBlockNumber(client)
      for (let slot = 0n; slot < height; slot++) {
        expect(await getStorageAt(client, { address: historyAddress, slot: numberToHex(slot) })).toBe(zeroHash)
      }
    }
  })

  test('moves the clock of both layers', async () => {
    const [was1, was2] = await Promise.all([getBlock(l1), getBlock(l2)])
    await warp(devnet, 86_400)
    const [is1, is2] = await Promise.all([getBlock(l1), getBlock(l2)])
    expect(is1.timestamp - was1.timestamp).toBeGreaterThanOrEqual(86_400n)
    expect(is2.timestamp - was2.timestamp).toBeGreaterThanOrEqual(86_400n)
    expect(is2.timestamp - was2.timestamp).toBeLessThan(86_500n)
    for (const seconds of [0, -1, 1.5, Number.NaN, 4e9]) {
      await expect(warp(devnet, seconds)).rejects.toMatchObject({ code: 'OL1709', exitCode: 2 })
    }
  })
})

test('devnets run side by side, with the same addresses and nothing else in common', async () => {
  const other = await startDevnet()
  try {
    expect(other.addresses).toEqual(devnet.addresses)
    expect(new Set([devnet.l1, devnet.l2, other.l1, other.l2].map(({ rpcUrl }) => rpcUrl)).size).toBe(4)
    const { maintainer } = devAccounts()
    const name = 'side-by-side'
    const identity = datanetIdentity(name, salt)
    const client = createChainClient({ network: devnetNetworks(other).l2, account: maintainer })
    await createDatanet(client, { name, salt, licence: 'MIT' })
    expect(await getDatanet(client, { owner: maintainer.address, identity })).toBeDefined()
    expect(await getDatanet(l2, { owner: maintainer.address, identity })).toBeUndefined()
  } finally {
    await other.stop()
  }
  expect(await getCode(l2, { address: devnet.addresses.RewardPool })).toBeDefined()
})

test('a devnet without a workspace takes its folder along when it stops', async () => {
  const one = await startDevnet()
  await stat(one.workspace)
  await one.stop()
  await one.stop()
  await expect(stat(one.workspace)).rejects.toMatchObject({ code: 'ENOENT' })
  for (const { pid, identity } of [one.l1, one.l2]) expect(processIdentity(pid)).not.toBe(identity)
})

describe('ports', () => {
  const listen = (): Promise<{ server: Server; port: number }> =>
    new Promise((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
      })
    })

  test('one that is taken is named, and the other node does not stay', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'openledger-ports-'))
    const { server, port } = await listen()
    try {
      const message = `Port ${port}, chosen for the L2 node, is in use by another process`
      await expect(startDevnet({ workspace, l2Port: port })).rejects.toMatchObject({ code: 'OL1701', message })
      expect(await devnetStatus(workspace)).toEqual({ status: 'stopped' })
    } finally {
      server.close()
      await rm(workspace, { recursive: true, force: true })
    }
  })

  test('one that is another anvil’s is not mistaken for ours', async () => {
    const port = Number(new URL(devnet.l1.rpcUrl).port)
    await expect(startDevnet({ l1Port: port })).rejects.toMatchObject({ code: 'OL1701' })
  })

  test('free ones can be chosen', async () => {
    const { server, port } = await listen()
    await new Promise((resolve) => server.close(resolve))
    const one = await startDevnet({ l1Port: port })
    expect(one.l1.rpcUrl).toBe(`http://127.0.0.1:${port}`)
    await one.stop()
  })
})

describe('a state file', () => {
  const inWorkspace = async (text: string | undefined, check: (workspace: string) => Promise<void>): Promise<void> => {
    const workspace = await mkdtemp(join(tmpdir(), 'openledger-state-'))
    await mkdir(join(workspace, '.openledger'))
    if (text !== undefined) await writeFile(join(workspace, '.openledger', 'devnet.json'), text)
    await check(workspace).finally(() => rm(workspace, { recursive: true, force: true }))
  }

  test('that is missing means stopped; stopping is then no error', () =>
    inWorkspace(undefined, async (workspace) => {
      expect(await devnetStatus(workspace)).toEqual({ status: 'stopped' })
      expect(await stopDevnet(workspace)).toMatchObject({ stopped: false })
      await expect(requireDevnet(workspace)).rejects.toMatchObject({ code: 'OL1704', exitCode: 5 })
    }))

  test('that is of another version is refused, and left as it is', () =>
    inWorkspace('{"version":1}', async (workspace) => {
      await expect(devnetStatus(workspace)).rejects.toMatchObject({ code: 'OL1703' })
      await expect(startDevnet({ workspace })).rejects.toMatchObject({ code: 'OL1703' })
      expect(await readFile(join(workspace, '.openledger', 'devnet.json'), 'utf8')).toBe('{"version":1}')
    }))

  test.each(['', '{', '[]', '{"version":2}'])('that is damaged is replaced by a start: %s', (text) =>
    inWorkspace(text, async (workspace) => {
      await expect(devnetStatus(workspace)).rejects.toMatchObject({ code: 'OL1703' })
      const again = await startDevnet({ workspace })
      expect((await devnetStatus(workspace)).status).toBe('running')
      await again.stop()
    }),
  )

  test('is for its owner alone: a program that reads its token can stop the devnet', async () => {
    const { mode } = await stat(join(devnet.workspace, '.openledger', 'devnet.json'))
    expect(mode & 0o777).toBe(0o600)
  })

  test('whose process ids belong to others now is stale, and those others are left alone', () =>
    inWorkspace(undefined, async (workspace) => {
      const { workspace: _, started: __, stop: ___, ended: ____, ...state } = devnet
      const stolen = { ...state.l1, pid: process.pid }
      const control = { url: 'http://127.0.0.1:1', token: 'of another' }
      const text = JSON.stringify({ ...state, control, l1: stolen, l2: { ...state.l2, pid: process.pid } })
      await writeFile(join(workspace, '.openledger', 'devnet.json'), text)
      expect((await devnetStatus(workspace)).status).toBe('stale')
      // It would end this very process.
      expect(await stopDevnet(workspace)).toMatchObject({ stopped: false })
      expect(await devnetStatus(workspace)).toEqual({ status: 'stopped' })
    }))

  test('whose node was replaced by another is stale', () =>
    inWorkspace(undefined, async (workspace) => {
      const { workspace: _, started: __, stop: ___, ended: ____, ...state } = devnet
      const text = JSON.stringify({ ...state, l2: { ...state.l2, instanceId: `0x${'00'.repeat(32)}` } })
      await writeFile(join(workspace, '.openledger', 'devnet.json'), text)
      expect(await devnetStatus(workspace)).toMatchObject({
        status: 'stale',
        reason: `another node answers at ${devnet.l2.rpcUrl} in place of the L2`,
      })
      await rm(join(workspace, '.openledger', 'devnet.json'))
    }))
})
