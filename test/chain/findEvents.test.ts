import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Anvil, createAnvil } from '@viem/anvil'
import { numberToHex, zeroHash } from 'viem'
import { createDatanet } from '../../src/chain/actions/datanets/createDatanet.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { findEvents } from '../../src/chain/client/findEvents.js'
import { defineNetwork, type Network } from '../../src/chain/client/networks.js'
import { datanetRegistryAbi } from '../../src/chain/contracts/DatanetRegistry.abi.generated.js'
import { anvilBinary } from '../../src/devnet/node/anvilBinary.js'
import { LayerSetUp } from '../../src/devnet/node/LayerSetUp.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { createContracts } from '../../src/devnet/setup/createContracts.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'

interface Asked {
  readonly method: string
  readonly from: number
  readonly to: number
}

/** A node's gate: counts what passes, and refuses or fails as a test wants. */
class NodeGate {
  readonly asked: Asked[] = []
  underWay = 0
  mostAtOnce = 0
  /** What to answer in place of the node; undefined lets the request pass. */
  answer: (asked: Asked) => { status?: number; error?: { code: number; message: string } } | undefined = () => undefined
  readonly #server: Server

  constructor(target: string) {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', async () => {
        const text = Buffer.concat(parts).toString()
        const { id, method, params } = JSON.parse(text)
        const asked = { method, from: Number(params?.[0]?.fromBlock), to: Number(params?.[0]?.toBlock) }
        this.asked.push(asked)
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay)
        const instead = this.answer(asked)
        const headers = { 'content-type': 'application/json' }
        if (instead === undefined) {
          const answer = await fetch(target, { method: 'POST', headers, body: text })
          response.writeHead(answer.status, headers).end(await answer.text())
        } else
          response
            .writeHead(instead.status ?? 200, headers)
            .end(instead.error === undefined ? 'busy' : JSON.stringify({ jsonrpc: '2.0', id, error: instead.error }))
        this.underWay--
      })
    })
  }

  listen = () =>
    new Promise<string>((done) =>
      this.#server.listen(0, '127.0.0.1', () =>
        done(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`),
      ),
    )
  close = () => new Promise((done) => this.#server.close(done))
  get ranges(): number[] {
    return this.asked.filter(({ method }) => method === 'eth_getLogs').map(({ from, to }) => to - from + 1)
  }
}

const noMoreThan =
  (blocks: number, code = -32602): NodeGate['answer'] =>
  ({ method, from, to }) =>
    method === 'eth_getLogs' && to - from + 1 > blocks
      ? { error: { code, message: `query exceeds max block range ${blocks}` } }
      : undefined

interface Node {
  readonly anvil: Anvil
  readonly rpcUrl: string
}

/** An anvil that keeps its old states, as an archive node does; those of the devnet forget. */
async function startNode(): Promise<Node> {
  const anvil = createAnvil({
    anvilBinary: anvilBinary(),
    port: 0,
    chainId: 901,
    noMining: true,
    order: 'fifo',
    // Its timer runs on after the node has stopped, and keeps the process for as long.
    stopTimeout: 2_000,
    // An option that @viem/anvil does not know yet.
    execArgs: ([file, words, options]) => [file, [...words, '--network', 'optimism'], options ?? {}],
  })
  let text = ''
  anvil.on('message', (message) => {
    text += message
  })
  await anvil.start()
  const port = /Listening on [^\s]+:(\d+)/.exec(text)?.[1]
  return { anvil, rpcUrl: `http://127.0.0.1:${port}` }
}

let node: Node
let addresses: Awaited<ReturnType<typeof createContracts>>
let gate: NodeGate
let url: string
let deployedAt: number
const names = ['first', 'second', 'third']

beforeAll(async () => {
  node = await startNode()
  const mine = (blocks: number) => rpc(node.rpcUrl, 'anvil_mine', [numberToHex(blocks)])
  await mine(50)
  const setUp = new LayerSetUp('L2', { ...node, log: '' })
  const { deployer, operator } = devAccounts()
  addresses = await createContracts(setUp, { deployer: deployer.address, operator: operator.address })
  await setUp.finish()
  deployedAt = Number(await rpc(node.rpcUrl, 'eth_blockNumber'))
  gate = new NodeGate(node.rpcUrl)
  url = await gate.listen()
  const direct = defineNetwork({ name: 'near', chainId: 901, rpcUrl: node.rpcUrl, addresses })
  const maintainer = createChainClient({ network: direct, account: devAccounts().maintainer })
  for (const name of names) {
    await createDatanet(maintainer, { name, salt: zeroHash, licence: 'CC0-1.0' })
    for (let part = 0; part < 4; part++) await mine(275)
  }
})
afterAll(async () => {
  await gate.close()
  await node.anvil.stop()
})
afterEach(() => {
  gate.answer = () => undefined
  gate.asked.length = 0
  gate.mostAtOnce = 0
})

const network = (more: Partial<Pick<Network, 'logRange' | 'deploymentBlock'>> = {}): Network =>
  defineNetwork({ name: 'far', chainId: 901, rpcUrl: url, addresses, ...more })

const created = async (of: Network, newestOnly = false) => {
  const logs = await findEvents(createChainClient({ network: of }), of, {
    contract: 'DatanetRegistry',
    abi: datanetRegistryAbi,
    eventName: 'DatanetCreated',
    newestOnly,
  })
  return logs.map(({ args }) => args.name)
}

describe('events', () => {
  test('are found through a node that allows 1000 blocks, from the block of the contract on', async () => {
    gate.answer = noMoreThan(1000)
    expect(await created(network())).toEqual(names)
    expect(Math.max(...gate.ranges)).toBe(1000)
    expect(gate.ranges).toHaveLength(4)
    expect(gate.mostAtOnce).toBeLessThanOrEqual(4)
    // Each block once, none before the contract.
    const ranges = gate.asked.filter(({ method }) => method === 'eth_getLogs').sort((a, b) => a.from - b.from)
    expect(ranges[0]?.from).toBe(deployedAt)
    for (const [i, { from }] of ranges.entries()) if (i > 0) expect(from).toBe((ranges[i - 1]?.to ?? 0) + 1)
    // The search halves: 3300 blocks take some 12 requests.
    expect(gate.asked.filter(({ method }) => method === 'eth_getCode').length).toBeLessThan(14)
  })

  test('from the block that the configuration names need no search', async () => {
    gate.answer = noMoreThan(1000)
    expect(await created(network({ deploymentBlock: 1000 }))).toEqual(names.slice(1))
    expect(gate.asked.filter(({ method }) => method === 'eth_getCode')).toEqual([])
  })

  test('are found where the node allows less than it should, and later ranges learn from the first', async () => {
    gate.answer = noMoreThan(300)
    expect(await created(network())).toEqual(names)
    const refused = gate.ranges.filter((blocks) => blocks > 300).length
    // At most what was under way before the size was known: 4 of 1000 blocks, 8 of 500.
    expect(refused).toBeLessThanOrEqual(12)
    expect(gate.ranges.filter((blocks) => blocks <= 300).reduce((sum, blocks) => sum + blocks, 0)).toBeGreaterThan(3300)
  })

  test('survive ranges that fail in passing', async () => {
    const failed = new Set<number>()
    gate.answer = ({ method, from }) => {
      if (method !== 'eth_getLogs' || failed.has(from)) return undefined
      failed.add(from)
      return failed.size % 2 === 0 ? { status: 503 } : { status: 429 }
    }
    expect(await created(network())).toEqual(names)
    expect(failed.size).toBe(4)
    expect(Math.max(...gate.ranges)).toBe(1000)
  })

  test('that happen once are looked for from the newest block, and no further than needed', async () => {
    expect(await created(network({ logRange: 200 }), true)).toEqual(['third'])
    // The newest is 1100 blocks back, of 3300: 6 ranges, those under way beside them, and not all 17.
    expect(gate.ranges.length).toBeLessThan(13)
  })

  test('of a node that always refuses end in its reason', async () => {
    gate.answer = noMoreThan(0)
    await expect(created(network())).rejects.toMatchObject({
      code: 'OL1608',
      message: expect.stringContaining('max block range 0'),
    })
  })

  test('of a contract whose block the node cannot tell: the blocks are searched if they are few', async () => {
    const forgetful: NodeGate['answer'] = ({ method }) =>
      method === 'eth_getCode' ? { error: { code: -32000, message: 'missing trie node' } } : undefined
    gate.answer = forgetful
    expect(await created(network())).toEqual(names)
    gate.answer = forgetful
    await expect(created(network({ logRange: 20 }))).rejects.toMatchObject({
      code: 'OL1690',
      exitCode: 2,
      hint: expect.stringContaining('networks.far.deploymentBlock'),
    })
  })
})
