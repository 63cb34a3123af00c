import { mkdtemp, readFile, realpath, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { parseEther } from 'viem'
import WebSocket from 'ws'
import { depositOpen } from '../../src/devnet/bridge/depositOpen.js'
import { l1BlockAddress } from '../../src/devnet/bridge/predeploys.js'
import { devnetStatus } from '../../src/devnet/keeper/devnetStatus.js'
import { readSaving } from '../../src/devnet/keeper/readSaving.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { stopDevnet } from '../../src/devnet/keeper/stopDevnet.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { layerHeads } from '../../src/devnet/state/layerHeads.js'
import { dumpChains, readSavedChains, writeSavedChains } from '../../src/devnet/state/savedChains.js'
import { mine } from '../../src/devnet/state/warp.js'
import { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'
import { ended, eventually, firstLine, nodeUrl, spawnOwner } from './processes.js'

const call = (method: string, params?: unknown): object => ({ jsonrpc: '2.0', id: 7, method, params })
const post = async (url: string, body: string): Promise<unknown> =>
  (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json()
const overWebSocket = (url: string, body: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'))
    socket.on('open', () => socket.send(body))
    socket.on('error', reject)
    socket.on('message', (data) => {
      resolve(JSON.parse(String(data)))
      socket.terminate()
    })
  })

const { user } = devAccounts()
const newFolder = async (): Promise<string> => realpath(await mkdtemp(join(tmpdir(), 'openledger-destruction-')))

describe('clients of a devnet', () => {
  let devnet: Devnet
  beforeAll(async () => {
    devnet = await startDevnet()
  })
  afterAll(() => devnet.stop())

  const refused: Readonly<Record<string, readonly [code: string, body: unknown]>> = {
    'a reset': ['OL1766', call('anvil_reset')],
    'one by hardhat’s name': ['OL1766', call('hardhat_reset', [])],
    'one with an empty parameter': ['OL1766', call('anvil_reset', [null])],
    'one with parameters by name': ['OL1766', call('anvil_reset', {})],
    'one to a fork': ['OL1766', call('hardhat_reset', [{ forking: { jsonRpcUrl: 'http://127.0.0.1:1' } }])],
    'one in another case': ['OL1766', call('Anvil_Reset', [])],
    'one in a batch': ['OL1766', [call('eth_chainId', []), call('anvil_reset', [])]],
    'a state that is loaded': ['OL1767', call('anvil_loadState', ['0x00'])],
    'one by hardhat’s name that is loaded': ['OL1767', call('hardhat_loadState', ['0x00'])],
    'another chain id': ['OL1768', call('anvil_setChainId', [5])],
    'a rollback to the beginning': ['OL1769', call('anvil_rollback', [1_000])],
    'many small ones': ['OL1769', Array.from({ length: 400 }, () => call('anvil_rollback', [null]))],
    'a reorganization from the beginning': ['OL1769', call('anvil_reorg', [1_000, []])],
    'one beside a mined block': ['OL1769', [call('anvil_mine', ['0x1']), call('anvil_rollback', [1_000])]],
    'one beside a proof of a withdrawal': [
      'OL1769',
      [
        call('eth_getProof', ['0x4200000000000000000000000000000000000016', [], 'latest']),
        call('anvil_rollback', [1_000]),
      ],
    ],
    'one by names': ['OL1769', call('anvil_reorg', { depth: 1_000, tx_block_pairs: [] })],
  }

  describe.each(['l1', 'l2'] as const)('of the %s', (layer) => {
    test.each(Object.entries(refused))('cannot take its chain away: %s', async (_, [code, content]) => {
      const url = devnet[layer].rpcUrl
      const genesis = await rpc(url, 'eth_getBlockByNumber', ['0x1', false])
      const { [layer]: before } = await layerHeads(devnet)
      for (const text of [JSON.stringify(content), JSON.stringify(content).replace(/_(\w)/, '\\u005f$1')]) {
        for (const answer of [await post(url, text), await overWebSocket(url, text)]) {
          for (const { id, error } of [answer].flat() as { id: number; error: { code: number; message: string } }[]) {
            expect(id).toBe(7)
            expect(error.code).toBe(-32004)
            expect(error.message).toMatch(new RegExp(`^${code}: The ${layer.toUpperCase()} .*devnet|^OL1768`))
          }
        }
      }
      expect(await rpc(url, 'eth_getBlockByNumber', ['0x1', false])).toEqual(genesis)
      expect((await layerHeads(devnet))[layer].blockNumber).toBeGreaterThanOrEqual(before.blockNumber)
      expect(await devnetStatus(devnet.workspace)).toMatchObject({ status: 'running' })
    })

    test.each([
      ['a reset by itself', ['2.0', 'anvil_reset', [], 7]],
      ['a reset in a batch', [['2.0', 'anvil_reset', [], 7]]],
      ['a rollback', [['2.0', 'anvil_rollback', [1], 7]]],
      ['a block that is mined', [call('eth_chainId', []), ['2.0', 'anvil_mine', ['0x1'], 7]]],
    ])('cannot write a request as a list of its values, which the node would take: %s', async (_, content) => {
      const url = devnet[layer].rpcUrl
      const text = JSON.stringify(content)
      const { [layer]: before } = await layerHeads(devnet)
      for (const answer of [await post(url, text), await overWebSocket(url, text)]) {
        const refusal: unknown = expect.objectContaining({ message: expect.stringMatching(/^OL1770: .*as an object/) })
        expect([answer].flat()[0]).toMatchObject({ error: refusal })
      }
      expect((await layerHeads(devnet))[layer].blockNumber).toBe(before.blockNumber)
      expect(await devnetStatus(devnet.workspace)).toMatchObject({ status: 'running' })
    })

    test('cannot take more back by several requests at once than one may', async () => {
      const url = devnet[layer].rpcUrl
      await rpc(url, 'anvil_mine', ['0x18'])
      await eventually(async () => {
        const { l1, l2 } = await layerHeads(devnet)
        return l2.blockNumber >= l1.blockNumber
      })
      const head = Number(await rpc(url, 'eth_blockNumber'))
      const depth = Math.ceil(head / 2) - 1
      const bodies = Array.from({ length: 4 }, () => JSON.stringify(call('anvil_rollback', [depth])))
      await Promise.all(bodies.map((body) => post(url, body)))
      expect(await devnetStatus(devnet.workspace)).toMatchObject({ status: 'running' })
    })

    test.each([
      ['evm_revert', async (url: string) => rpc(url, 'evm_revert', [await rpc(url, 'evm_snapshot')])],
      [
        'anvil_rollback of its own blocks',
        async (url: string) => {
          await rpc(url, 'anvil_mine', ['0x2'])
          await rpc(url, 'anvil_rollback', [1])
        },
      ],
      [
        'anvil_reorg of its own blocks',
        async (url: string) => {
          await rpc(url, 'anvil_mine', ['0x2'])
          await rpc(url, 'anvil_reorg', [1, []])
        },
      ],
      ['anvil_setRpcUrl', (url: string) => rpc(url, 'anvil_setRpcUrl', ['http://127.0.0.1:1'])],
      ['anvil_dropAllTransactions', (url: string) => rpc(url, 'anvil_dropAllTransactions')],
      [
        'anvil_stopImpersonatingAccount of the proposer',
        (url: string) => rpc(url, 'anvil_stopImpersonatingAccount', ['0xD1E9FC3aE53fa59a0f5Ef38466dB017E0C4BA10b']),
      ],
    ])('may use what the bridge survives: %s', async (_, use) => {
      await use(devnet[layer].rpcUrl)
      const request = { from: user, to: user.address, amountWei: parseEther('1') }
      expect((await depositOpen(devnet, request)).l2Hash).toMatch(/^0x/)
      expect(await devnetStatus(devnet.workspace)).toMatchObject({ status: 'running' })
    })
  })

  test('a deposit that is dropped from the pool of the L2 is sent again', async () => {
    const { rpcUrl } = devnet.l2
    await rpc(rpcUrl, 'evm_setAutomine', [false])
    await rpc(devnet.l1.rpcUrl, 'evm_mine')
    const pending = async () => Number(((await rpc(rpcUrl, 'txpool_status')) as { pending: string }).pending)
    await eventually(async () => (await pending()) > 0)
    await rpc(rpcUrl, 'anvil_dropAllTransactions')
    await eventually(async () => (await pending()) > 0)
    await rpc(rpcUrl, 'evm_setAutomine', [true])
    const request = { from: user, to: user.address, amountWei: 1n }
    expect((await depositOpen(devnet, request)).l2Hash).toMatch(/^0x/)
  })

  test('`safe` and `finalized` of the L2 follow those of the L1', async () => {
    const numberOf = async (layer: 'l1' | 'l2', tag: string): Promise<number> =>
      Number(((await rpc(devnet[layer].rpcUrl, 'eth_getBlockByNumber', [tag, false])) as { number: string }).number)
    const derivedAt = async (tag: string): Promise<number> =>
      Number(
        BigInt.asUintN(
          64,
          BigInt(String(await rpc(devnet.l2.rpcUrl, 'eth_getStorageAt', [l1BlockAddress, '0x0', tag]))),
        ),
      )
    await rpc(devnet.l1.rpcUrl, 'anvil_mine', ['0x64'])
    // Far more blocks of its own, which by themselves say nothing about what is safe.
    await rpc(devnet.l2.rpcUrl, 'anvil_mine', ['0x64'])
    await eventually(async () => (await derivedAt('latest')) === (await numberOf('l1', 'latest')))
    const at = (number: number): string => `0x${number.toString(16)}`
    const look = async (tag: string) => {
      const [l1, l2] = [await numberOf('l1', tag), await numberOf('l2', tag)]
      const filter = { fromBlock: tag, toBlock: tag }
      const logs = (await rpc(devnet.l2.rpcUrl, 'eth_getLogs', [filter])) as { blockNumber: string }[]
      return {
        l1,
        l2,
        derived: await derivedAt(at(l2)),
        next: await derivedAt(at(l2 + 1)),
        // As a parameter of any question, and over WebSocket, too.
        byTag: await derivedAt(tag),
        block: await overWebSocket(devnet.l2.rpcUrl, JSON.stringify(call('eth_getBlockByNumber', [tag, false]))),
        logged: logs.map(({ blockNumber }) => Number(blockNumber)),
      }
    }
    /** The L1 may take an output in between, which moves both tags: all is read again then. */
    const lookAtOnce = async (tag: string): ReturnType<typeof look> => {
      const before = await numberOf('l1', 'latest')
      const seen = await look(tag)
      return (await numberOf('l1', 'latest')) === before ? seen : lookAtOnce(tag)
    }
    for (const tag of ['safe', 'finalized']) {
      const { l1, l2, logged, ...seen } = await lookAtOnce(tag)
      expect(l1).toBeGreaterThan(0)
      expect(seen).toMatchObject({ derived: l1, next: l1 + 1, byTag: l1, block: { result: { number: at(l2) } } })
      expect(logged.every((number) => number === l2)).toBe(true)
    }
    expect(await numberOf('l2', 'finalized')).toBeLessThan(await numberOf('l2', 'safe'))
  })
})

describe('the saved chains', () => {
  let workspace: string
  beforeEach(async () => {
    workspace = await newFolder()
  })
  afterEach(async () => {
    await stopDevnet(workspace).catch(() => undefined)
    await rm(workspace, { recursive: true, force: true })
  })
  const saved = () => readSavedChains(join(workspace, '.openledger', 'chains.saved'))
  const isSaved = async (devnet: Devnet): Promise<void> => {
    // The relayer adds blocks of its own meanwhile.
    await eventually(async () => (await saved())?.header.l1.blockHash === (await layerHeads(devnet)).l1.blockHash)
  }

  test.each(['l1', 'l2'] as const)('outlive a reset at the own port of the node of the %s', async (layer) => {
    const devnet = await startDevnet({ workspace })
    await mine(devnet, 3)
    await isSaved(devnet)
    const before = await saved()
    const node = await nodeUrl(workspace, layer)
    await rpc(node, 'anvil_reset')
    await rpc(node, 'evm_mine')
    await eventually(
      async () => (await readSaving(devnet)).saveFailure?.includes('no longer holds the devnet') === true,
    )
    expect(await saved()).toEqual(before)
    expect(await devnetStatus(workspace)).toMatchObject({ status: 'stale' })

    const again = await startDevnet({ workspace })
    expect(again.restored?.l1).toBe(before?.header.l1.blockNumber)
    expect(await devnetStatus(workspace)).toMatchObject({ status: 'running' })
  })

  test('are not replaced by chains without a contract, which the status names', async () => {
    const devnet = await startDevnet({ workspace })
    await isSaved(devnet)
    const before = await saved()
    await rpc(devnet.l2.rpcUrl, 'anvil_setCode', [devnet.addresses.RewardPool, '0x'])
    await rpc(devnet.l2.rpcUrl, 'evm_mine')
    const { message } = new OpenLedgerError('OL1771', { layer: 'L2', reason: 'it has no RewardPool' })
    await eventually(async () => (await readSaving(devnet)).saveFailure?.includes(message) === true)
    expect(await devnetStatus(workspace)).toMatchObject({ status: 'stale', reason: 'the L2 has no RewardPool' })
    const { crash } = await stopDevnet(workspace)
    expect(crash?.reason).toContain('The L2 no longer holds the devnet (it has no RewardPool)')
    expect(await saved()).toEqual(before)
  })

  test('that lack the contracts are refused at the start, and left as they are', async () => {
    const devnet = await startDevnet()
    const [l1, l2] = [await nodeUrl(devnet.workspace, 'l1'), await nodeUrl(devnet.workspace, 'l2')]
    await rpc(l2, 'anvil_reset')
    const { addresses } = devnet
    const chains = await dumpChains({
      addresses,
      readyAt: { l1: 2, l2: 4 },
      l1: { rpcUrl: l1, port: 0 },
      l2: { rpcUrl: l2, port: 0 },
    })
    await devnet.stop()
    const path = join(workspace, '.openledger', 'chains.saved')
    await writeSavedChains(path, chains)
    const bytes = await readFile(path)
    const refusal = { code: 'OL1772', message: expect.stringContaining('the L2 has no DatanetRegistry') }
    await expect(startDevnet({ workspace })).rejects.toMatchObject(refusal)
    expect(await readFile(path)).toEqual(bytes)
    expect((await startDevnet({ workspace, fresh: true })).restored).toBeNull()
  })

  test.each([0, 0.5, 0.95])(
    'are continued beside a state file of which %d is left, whose keeper lives',
    async (part) => {
      const owner = spawnOwner(workspace, 'detached')
      await firstLine(owner)
      await ended(owner)
      const path = join(workspace, '.openledger', 'devnet.json')
      const text = await readFile(path, 'utf8')
      const before = JSON.parse(text)
      await mine(before, 3)
      await eventually(async () => (await saved())?.header.l1.blockNumber === (await layerHeads(before)).l1.blockNumber)
      const { l1: height } = await layerHeads(before)
      await truncate(path, Math.floor(text.length * part))

      const again = await startDevnet({ workspace })
      expect(again.started).toBe(true)
      expect(again.restored?.l1).toBe(height.blockNumber)
      expect(again.l1.pid).not.toBe(before.l1.pid)
      expect(await devnetStatus(workspace)).toMatchObject({ status: 'running' })
      await again.stop()
    },
  )
})
