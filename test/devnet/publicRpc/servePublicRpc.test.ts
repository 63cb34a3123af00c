import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createPublicClient, type Hex, http, keccak256, parseEther, toHex, toRlp, webSocket } from 'viem'
import { serializeTransaction } from 'viem/op-stack'
import WebSocket from 'ws'
import { ProofStore } from '../../../src/devnet/bridge/ProofStore.js'
import { guardedRollback } from '../../../src/devnet/l2Rpc/guardedRollback.js'
import { minedInTurn } from '../../../src/devnet/l2Rpc/minedInTurn.js'
import { type PublicRpc, servePublicRpc } from '../../../src/devnet/l2Rpc/servePublicRpc.js'
import { storedProofs } from '../../../src/devnet/l2Rpc/storedProofs.js'
import { rpc } from '../../../src/devnet/node/rpc.js'
import { type Anvil, startAnvil } from '../../../src/devnet/node/startAnvil.js'
import { stopProcess } from '../../../src/devnet/node/stopProcess.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'
import { Turns } from '../../../src/files/Turns.js'

let folder: string
let node: Anvil
let served: PublicRpc

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-l2rpc-'))
  const flags = ['--network', 'optimism', '--balance', '10']
  node = await startAnvil({ layer: 'L2', chainId: 901, port: 0, log: join(folder, 'l2.log'), flags })
  // As a devnet has it.
  const turns = new Turns()
  const intercepts = [guardedRollback('L2', () => 0, turns), minedInTurn(turns), storedProofs(new ProofStore())]
  served = await servePublicRpc({ layer: 'L2', upstreamUrl: node.rpcUrl, port: 0, intercepts })
})

afterAll(async () => {
  await served?.close()
  if (node !== undefined) await stopProcess(node)
  await rm(folder, { recursive: true, force: true })
})

const thief = '0x000000000000000000000000000000000000dEaD'
const depositor = '0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001'
let serial = 0
const fresh = (): Hex => keccak256(toHex(`deposit ${serial++}`))

const fields = () => ({ sourceHash: fresh(), from: thief, to: thief, mint: toHex(parseEther('1')), gas: '0x186a0' })
const raw = (): Hex =>
  serializeTransaction({
    type: 'deposit',
    sourceHash: fresh(),
    from: thief,
    to: thief,
    mint: parseEther('1'),
    value: 0n,
    gas: 100_000n,
    isSystemTx: false,
    data: '0x',
  })
const bytes = (): number[] => [...Buffer.from(raw().slice(2), 'hex')]
const call = (method: string, params: unknown): string => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })
const transaction = (type: unknown) => ({ ...fields(), isSystemTx: false, ...(type !== undefined && { type }) })

/** Every way by which anvil 1.7.1 was found to run a deposit. That it does is checked first. */
const ways: Readonly<Record<string, () => string>> = {
  'a raw transaction': () => call('eth_sendRawTransaction', [raw()]),
  'one without 0x': () => call('eth_sendRawTransaction', [raw().slice(2)]),
  'one in capitals': () => call('eth_sendRawTransaction', [`0x${raw().slice(2).toUpperCase()}`]),
  'one with a byte too many': () => call('eth_sendRawTransaction', [`${raw()}00`]),
  'one as an array of bytes': () => call('eth_sendRawTransaction', [bytes()]),
  'one whose receipt is waited for': () => call('eth_sendRawTransactionSync', [raw()]),
  'a method with an escape in its name': () =>
    call('eth_sendRawTransaction', [raw()]).replace('eth_sendR', 'eth_send\\u0052'),
  'a batch': () => `[${call('eth_chainId', [])},${call('eth_sendRawTransaction', [raw()])}]`,
  'spaces and lines': () => ` \n${call('eth_sendRawTransaction', [raw()]).replaceAll(',', ' ,\n\t')} `,
  'a request for a transaction': () => call('eth_sendTransaction', [transaction('0x7e')]),
  'one with type in capitals': () => call('eth_sendTransaction', [transaction('0x7E')]),
  'one with type as a number': () => call('eth_sendTransaction', [transaction(126)]),
  'one with type in decimal': () => call('eth_sendTransaction', [transaction('126')]),
  'one with a leading zero in its type': () => call('eth_sendTransaction', [transaction('0x07e')]),
  'one without a type': () => call('eth_sendTransaction', [transaction(undefined)]),
  'one that is waited for': () => call('eth_sendTransactionSync', [transaction('0x7e')]),
  'one that nobody signs': () => call('eth_sendUnsignedTransaction', [transaction('0x7e')]),
  'a reorganization with it': () => call('anvil_reorg', [1, [[raw(), 0]]]),
  'a reorganization by names': () => call('anvil_reorg', { depth: 1, tx_block_pairs: [[raw(), 0]] }),
  'a reorganization with bytes': () => call('anvil_reorg', [1, [[bytes(), 0]]]),
}

/** Not run by anvil either; nobody should depend on that. */
const others: Readonly<Record<string, () => string>> = {
  'a notification': () => JSON.stringify({ jsonrpc: '2.0', method: 'eth_sendRawTransaction', params: [raw()] }),
  'a leading zero byte': () => call('eth_sendRawTransaction', [`0x00${raw().slice(2)}`]),
  'bytes wrapped in RLP': () => call('eth_sendRawTransaction', [toRlp(raw())]),
  'a capital X': () => call('eth_sendRawTransaction', [`0X${raw().slice(2)}`]),
  'parameters by name': () => call('eth_sendRawTransaction', { transaction: raw() }),
  'no parameters': () => call('eth_sendRawTransaction', []).replace('[]', 'null'),
  'a key twice': () =>
    call('eth_sendTransaction', [{ from: thief }]).replace('"from"', '"type":"0x2","type":"0x7e","from"'),
  'a batch in a batch': () => `[[${call('eth_sendRawTransaction', [raw()])}]]`,
  'another namespace': () => call('anvil_sendRawTransaction', [raw()]),
  'fields of a deposit alone': () => call('eth_sendTransaction', [{ from: thief, to: thief, mint: '0x1' }]),
  'fields in another spelling': () => call('eth_sendTransaction', [{ from: thief, source_hash: fresh() }]),
}

const post = (url: string, body: string | Buffer, headers = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

const balance = async (): Promise<bigint> => BigInt(String(await rpc(node.rpcUrl, 'eth_getBalance', [thief, 'latest'])))

async function settled(): Promise<bigint> {
  // Mining is a step behind the answer to a request. It must not be asked for: then a deposit would run twice.
  const pending = async () => (await rpc(node.rpcUrl, 'txpool_status')) as { pending: string }
  while ((await pending()).pending !== '0x0') await sleep(1)
  await sleep(20)
  return balance()
}

/** Sends over a WebSocket, and gives the first answer. */
const overWebSocket = (url: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'))
    socket.on('open', () => socket.send(body))
    socket.on('error', reject)
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)))
    socket.on('message', (data) => {
      resolve(String(data))
      socket.terminate()
    })
  })

describe('a deposit that does not come from the L1', () => {
  test.each(Object.entries(ways))('is what the node would run, and the public RPC refuses: %s', async (_, way) => {
    // The reorganization undoes this empty block.
    await rpc(node.rpcUrl, 'evm_mine')
    const before = await balance()
    await (await post(node.rpcUrl, way())).text()
    expect(await settled()).toBe(before + parseEther('1'))

    const answer = await post(served.url, way())
    const text = await answer.text()
    expect(text).toContain('OL1721: The L2 accepts deposit transactions (type 0x7E) from the L1 only')
    expect([JSON.parse(text)].flat().every(({ error }) => error.code === -32003)).toBe(true)
    const byWebSocket = await overWebSocket(served.url, way())
    expect(byWebSocket).toBe(text)
    expect(await settled()).toBe(before + parseEther('1'))
  })

  test.each(Object.entries(others))(
    'is refused by the public RPC, whatever the node thinks of it: %s',
    async (_, way) => {
      const before = await balance()
      expect(await (await post(served.url, way())).text()).toContain('OL1721')
      expect(await settled()).toBe(before)
    },
  )

  test.each([depositor, depositor.toLowerCase(), depositor.toUpperCase().replace('0X', '0x')])(
    'cannot be feigned by acting as the account of the protocol: %s',
    async (from) => {
      for (const method of ['anvil_impersonateAccount', 'hardhat_impersonateAccount']) {
        expect(await (await post(served.url, call(method, [from]))).text()).toContain('sends for the protocol only')
      }
      const sent = call('eth_sendTransaction', [{ from, to: thief, value: '0x0' }])
      expect(await (await post(served.url, sent)).text()).toContain('sends for the protocol only')
    },
  )

  test('takes its whole batch with it: nothing of that is run', async () => {
    const { user } = devAccounts()
    const block = await rpc(node.rpcUrl, 'eth_blockNumber')
    const honest = call('eth_sendTransaction', [{ from: user.address, to: thief, value: '0x1' }])
    const before = await balance()
    const answers = JSON.parse(
      await (await post(served.url, `[${honest},${call('eth_sendRawTransaction', [raw()])}]`)).text(),
    )
    expect(answers).toHaveLength(2)
    expect(answers[0].error.message).toContain('it came in one batch with such a request')
    expect(answers[1].error.message).toContain('the raw transaction is of type 0x7E')
    expect(await rpc(node.rpcUrl, 'eth_blockNumber')).toBe(block)
    expect(await balance()).toBe(before)
  })
})

describe('everything else', () => {
  const requests: Readonly<Record<string, string>> = {
    'a call': call('eth_chainId', []),
    'a batch': `[${call('eth_chainId', [])}, ${call('eth_getBlockByNumber', ['0x0', true])}]`,
    'an unknown method': call('eth_nothing', []),
    'a number as id, written oddly': '{"jsonrpc":"2.0","id":1e0,"method":"eth_chainId"}',
    'a number that JavaScript cannot hold': call('eth_getBlockByNumber', ['@', false]).replace(
      '"@"',
      '12345678901234567890',
    ),
    'no JSON': '{"jsonrpc":',
    'an empty batch': '[]',
    nothing: '',
    'text that speaks of sending': call('web3_sha3', ['0x5f73656e64']),
    'a long answer': call('anvil_dumpState', []),
    'a request of ten megabytes': call('eth_sendRawTransaction', [`0x02${'ab'.repeat(5e6)}`]),
  }

  test.each(Object.entries(requests))('goes to the node and back byte for byte: %s', async (_, body) => {
    const direct = await post(node.rpcUrl, body)
    const through = await post(served.url, body)
    expect(through.status).toBe(direct.status)
    expect(through.headers.get('content-type')).toBe(direct.headers.get('content-type'))
    expect(Buffer.from(await through.arrayBuffer())).toEqual(Buffer.from(await direct.arrayBuffer()))
  })

  test.each([
    ['GET', '/'],
    ['OPTIONS', '/'],
    ['PUT', '/'],
    ['POST', '/elsewhere'],
  ])('also what is no request: %s %s', async (method, path) => {
    const init = { method, headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' } }
    const [direct, through] = await Promise.all([fetch(node.rpcUrl + path, init), fetch(served.url + path, init)])
    expect(through.status).toBe(direct.status)
    expect(await through.text()).toBe(await direct.text())
    expect(through.headers.get('access-control-allow-origin')).toBe(direct.headers.get('access-control-allow-origin'))
  })

  test('signed transactions and the cheats of the node pass', async () => {
    const client = createPublicClient({ transport: http(served.url) })
    const account = devAccounts().user
    const serialized = await account.signTransaction({
      chainId: 901,
      type: 'eip1559',
      nonce: await client.getTransactionCount({ address: account.address }),
      to: thief,
      value: 1n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 0n,
    })
    const hash = await client.sendRawTransaction({ serializedTransaction: serialized })
    await rpc(node.rpcUrl, 'evm_mine')
    expect((await client.getTransactionReceipt({ hash })).status).toBe('success')
    for (const body of [
      call('evm_increaseTime', [1]),
      call('anvil_impersonateAccount', [thief]),
      call('evm_mine', []),
    ]) {
      expect(JSON.parse(await (await post(served.url, body)).text()).error).toBeUndefined()
    }
  })

  test('five hundred clients at once get each their own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const body = JSON.stringify({
          jsonrpc: '2.0',
          id: index,
          method: 'web3_sha3',
          params: [toHex(index, { size: 4 })],
        })
        return (await post(served.url, body)).json()
      }),
    )
    for (const [index, answer] of answers.entries()) {
      expect(answer).toEqual({ jsonrpc: '2.0', id: index, result: keccak256(toHex(index, { size: 4 })) })
    }
  })

  test('viem’s WebSocket transport has its subscriptions', async () => {
    const client = createPublicClient({
      transport: webSocket(served.url.replace('http', 'ws'), { reconnect: false, keepAlive: false }),
    })
    const numbers: bigint[] = []
    const start = await client.getBlockNumber()
    await new Promise<void>((resolve, reject) => {
      client.watchBlockNumber({
        onError: reject,
        onBlockNumber: (number) => {
          numbers.push(number)
          if (numbers.length === 3) resolve()
        },
      })
      const mine = setInterval(() => rpc(node.rpcUrl, 'evm_mine').catch(() => undefined), 30)
      setTimeout(() => clearInterval(mine), 300)
    })
    expect(numbers.every((number) => number > start)).toBe(true)
    expect(await client.getChainId()).toBe(901)
    const { socket } = await client.transport.getRpcClient()
    socket.close()
  })
})

describe('a node that is not there', () => {
  let lonely: PublicRpc | undefined
  afterEach(() => lonely?.close())

  const unusedPort = (): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number }
        server.close(() => resolve(port))
      })
    })

  test('is named in a JSON-RPC error, by HTTP and by WebSocket, one for each request', async () => {
    lonely = await servePublicRpc({ layer: 'L2', upstreamUrl: `http://127.0.0.1:${await unusedPort()}`, port: 0 })
    const one = await post(lonely.url, call('eth_chainId', []))
    expect(one.status).toBe(502)
    expect(await one.json()).toMatchObject({ id: 7, error: { code: -32603, data: { code: 'OL1722' } } })
    const body = `[${call('eth_chainId', [])},${call('eth_blockNumber', []).replace('7', '8')}]`
    expect(await (await post(lonely.url, body)).json()).toMatchObject([{ id: 7 }, { id: 8 }])
    expect(JSON.parse(await overWebSocket(lonely.url, call('eth_chainId', [])))).toMatchObject({
      id: 7,
      error: { message: expect.stringContaining('The node of the L2 does not answer: connect ECONNREFUSED') },
    })
  })

  test('is replaced by another at the same URL', async () => {
    lonely = await servePublicRpc({ layer: 'L2', upstreamUrl: `http://127.0.0.1:${await unusedPort()}`, port: 0 })
    lonely.retarget(node.rpcUrl)
    expect(await (await post(lonely.url, call('eth_chainId', []))).json()).toMatchObject({ result: '0x385' })
    expect(await overWebSocket(lonely.url, call('eth_chainId', []))).toContain('0x385')
  })
})

describe('a body that is meant to exhaust the proxy is answered, and the next one is served', () => {
  const deep = (): string => `${'['.repeat(2e6)}${']'.repeat(2e6)}`
  const sending = (params: string, id = '7'): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"eth_sendTransaction","params":${params}}`
  const bodies: Readonly<Record<string, () => string>> = {
    'a transaction of 20 megabytes': () => call('eth_sendRawTransaction', [`0x02${'ab'.repeat(10e6)}`]),
    'parameters nested two million deep': () => sending(deep()),
    'an id nested two million deep': () => sending('[]', deep()),
    'a batch nested two million deep': () => deep().replace('[]', '["_send"]'),
    'a request to mine, nested two million deep': () =>
      call('evm_mine', []).replace('"params":[]', `"params":${deep()}`),
    'a proof, nested two million deep': () => call('eth_getProof', []).replace('"params":[]', `"params":${deep()}`),
    'a string of backslashes': () => sending(`["${'\\\\'.repeat(5e6)}"]`),
    'a batch of two million with a deposit in it': () =>
      `[${call('eth_sendRawTransaction', [raw()])}${',0'.repeat(2e6)}]`,
    'a batch of two million keys': () =>
      `[{"_send":0${Array.from({ length: 1e6 }, (_, at) => `,"${at}":0`).join('')}}]`,
  }

  test.each(Object.entries(bodies))('%s', async (_, body) => {
    const before = await balance()
    // The node ends some connections itself; then so does the proxy.
    await Promise.allSettled([
      post(served.url, body()).then((answer) => answer.text()),
      overWebSocket(served.url, body()),
    ])
    expect(await (await post(served.url, call('eth_chainId', []))).json()).toMatchObject({ result: '0x385' })
    expect(await balance()).toBe(before)
  })

  test('a long batch that must not pass has one answer, with the reason', async () => {
    const answer = await post(served.url, bodies['a batch of two million with a deposit in it']?.() ?? '')
    expect(await answer.json()).toMatchObject({
      id: null,
      error: { message: expect.stringContaining('is of type 0x7E') },
    })
  })

  test('a batch of 3000 transactions is looked through once, not once for each of them', async () => {
    const one = call('eth_sendRawTransaction', [`0x02${'ab'.repeat(150)}`])
    const start = performance.now()
    const answer = await post(served.url, `[${Array.from({ length: 3_000 }, () => one).join(',')}]`)
    expect(await answer.json()).toHaveLength(3_000)
    // Looking at 1.2 MB three thousand times took thirteen seconds.
    expect(performance.now() - start).toBeLessThan(4_000)
  })
})

test('a request over the limit is refused, and the next one is served', async () => {
  const huge = Buffer.alloc(33 * 1024 * 1024, 0x20)
  const answer = await post(served.url, huge)
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({ error: { data: { code: 'OL1723' } } })
  expect((await post(served.url, call('eth_chainId', []))).status).toBe(200)
})

test('a node that answers early and breaks off ends neither the process nor the next request', async () => {
  // Such an error finds nobody on the socket, depending on which comes first: so several moments.
  let moment = 0
  const early = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.pause()
      socket.write('HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nno')
      setTimeout(() => socket.resetAndDestroy(), moment++ % 4)
    })
  })
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve))
  const { port } = early.address() as AddressInfo
  const proxy = await servePublicRpc({ layer: 'L2', upstreamUrl: `http://127.0.0.1:${port}`, port: 0 })
  try {
    const body = ' '.repeat(20e6)
    const statuses = []
    for (let request = 0; request < 20; request++) statuses.push((await post(proxy.url, body)).status)
    // What breaks off before its answer has come is the proxy's to answer.
    expect(statuses.every((status) => status === 413 || status === 502)).toBe(true)
    expect(statuses).toContain(413)
  } finally {
    await proxy.close()
    await new Promise((resolve) => early.close(resolve))
  }
})

test('a port that is taken is named', async () => {
  const port = Number(new URL(served.url).port)
  await expect(servePublicRpc({ layer: 'L2', upstreamUrl: node.rpcUrl, port })).rejects.toMatchObject({
    code: 'OL1701',
  })
})
