import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { privateKeyToAddress } from 'viem/accounts'
import { describeDevnet } from '../../src/commands/devnet/describeDevnet.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'
import { layerOfContract } from '../../src/devnet/state/devnetState.js'
import { layerHeads } from '../../src/devnet/state/layerHeads.js'
import { createStyle } from '../../src/terminal/Style.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'
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

describe('on a running devnet', () => {
  test('status tells heights and what a crash may cost', async () => {
    const data = await place.data('devnet status')
    expect(data).toMatchObject({ status: 'running', detached: false, restored: null, l2: { rpcUrl: devnet.l2.rpcUrl } })
    expect(data.heads).toMatchObject({ l1: { blockNumber: devnet.l1.blockNumber } })
    expect(data.saveMilliseconds).toBeGreaterThan(0)
    expect(JSON.stringify(data)).not.toContain(devnet.control.token)
  })

  test('status tells the layer of each contract, since an address is another one on the other layer', async () => {
    const text = describeDevnet(devnet, createStyle(fakeSurroundings({}).stdout, {}, false))
    expect(text).toContain(`L1     OptimismPortal      ${devnet.addresses.OptimismPortal}`)
    expect(text).toContain(`L2     AttributionLedger   ${devnet.addresses.AttributionLedger}`)
    const { l1, l2 } = devnetNetworks(devnet)
    for (const name of Object.keys(devnet.addresses)) {
      expect(layerOfContract(name)).toBe(name in l1.addresses ? 'L1' : 'L2')
      expect(name in l2.addresses).toBe(!(name in l1.addresses))
    }
  })

  test('env is what a shell can run, and no private address is in it', async () => {
    const variables = await place.data('devnet env')
    expect(variables).toMatchObject({
      ETH_RPC_URL: devnet.l2.rpcUrl,
      OPENLEDGER_L1_CHAIN_ID: '900',
      OPENLEDGER_L2_OUTPUT_ORACLE_ADDRESS: devnet.addresses.L2OutputOracle,
      OPENLEDGER_GOPEN_ADDRESS: devnet.addresses.GOPEN,
    })
    const { document } = await place.run('devnet env --shell fish')
    expect(document.ok).toBe(true)
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`)
    const script = `${lines.join('\n')}\nprintf %s "$ETH_RPC_URL"`
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(devnet.l2.rpcUrl)
    expect(await place.failure('devnet env --shell csh')).toMatchObject({ status: 2, code: 'OL1005' })
  })

  test('accounts have the keys of their addresses, and balances in wei', async () => {
    const { accounts } = await place.data('devnet accounts')
    expect(accounts).toHaveLength(10)
    for (const { address, privateKey } of accounts) expect(privateKeyToAddress(privateKey)).toBe(address)
    const mara = accounts.find(({ name }: { name: string }) => name === 'mara')
    expect(mara).toMatchObject({ l2OpenWei: String(100_000n * 10n ** 18n) })
    expect(BigInt(mara.l1OpenWei)).toBe(900_000n * 10n ** 18n)
  })

  test('fund brings OPEN through the bridge, and ether out of nothing', async () => {
    const open = await place.data('devnet fund zed 2.5')
    expect(open).toMatchObject({ layer: 'l2', unit: 'OPEN', balanceWei: String(1_000_025n * 10n ** 17n) })
    const ether = await place.data('devnet fund 0x00000000000000000000000000000000000000aa 1 --layer l1')
    expect(ether).toMatchObject({ unit: 'ETH', balanceWei: String(10n ** 18n) })
    expect(await place.failure('devnet fund nobody 1')).toMatchObject({ code: 'OL1816' })
    expect(await place.failure('devnet fund zed 9999999999')).toMatchObject({ code: 'OL1725' })
  })

  test('warp and mine move both layers', async () => {
    const before = await layerHeads(devnet)
    const { seconds, l1, l2 } = await place.data('devnet warp 2h')
    expect(seconds).toBe(7_200)
    expect(l1.timestamp - before.l1.timestamp).toBeGreaterThanOrEqual(7_200)
    expect(l2.timestamp - before.l2.timestamp).toBeGreaterThanOrEqual(7_200)
    const mined = await place.data('devnet mine 4')
    expect(mined.l1.blockNumber).toBeGreaterThanOrEqual(l1.blockNumber + 4)
    expect(mined.l2.blockNumber).toBeGreaterThanOrEqual(l2.blockNumber + 4)
    expect(await place.failure('devnet warp soon')).toMatchObject({ status: 2, code: 'OL1005' })
    expect(await place.failure('devnet warp 0')).toMatchObject({ status: 2, code: 'OL1709' })
    expect(await place.failure('devnet mine 0')).toMatchObject({ status: 2, code: 'OL1005' })
  })

  test('logs tell who wrote each line, blocks in their order, without the names of methods', async () => {
    const { lines } = await place.data('devnet logs --lines 1000')
    const of = (layer: string): string[] =>
      lines.filter((line: { layer: string }) => line.layer === layer).map(({ text }: { text: string }) => text)
    expect(of('devnet').join()).toContain(devnet.l2.rpcUrl)
    for (const layer of ['l1', 'l2']) {
      const numbers = of(layer).flatMap((text) => /Block Number: (\d+)/.exec(text)?.slice(1).map(Number) ?? [])
      expect(numbers).toEqual(numbers.map((_, index) => index + 1))
      expect(of(layer).join('\n')).not.toMatch(/^eth_|Private Keys/m)
    }
    const rpc = await place.data('devnet logs --rpc --layer l1 --lines 1000')
    expect(rpc.lines.every(({ layer }: { layer: string }) => layer === 'l1')).toBe(true)
    expect(JSON.stringify(rpc.lines)).toContain('eth_sendTransaction')
    expect((await place.data('devnet logs --lines 3')).lines).toHaveLength(3)
    expect(await place.failure('devnet logs --follow')).toMatchObject({ status: 2, code: 'OL1760' })
  })

  test('snapshots are saved, listed and restored; replacing one and restoring one ask', async () => {
    const saved = await place.data('devnet snapshot save here')
    await place.data('devnet mine 2')
    expect(await place.failure('devnet snapshot save here')).toMatchObject({ status: 2, code: 'OL1008' })
    expect(await place.failure('devnet snapshot restore here')).toMatchObject({ status: 2, code: 'OL1008' })
    expect(await place.data('devnet snapshot restore here --yes')).toEqual(saved)
    const { snapshots } = await place.data('devnet snapshot list')
    expect(snapshots).toMatchObject([{ name: 'here', l1: saved.l1 }])
    expect((await place.data('devnet status')).restored).toMatchObject({ savedAt: saved.savedAt })
  })

  test('up at another port is refused; at the same ones it is the same devnet', async () => {
    const port = Number(new URL(devnet.l2.rpcUrl).port)
    expect(await place.data(`devnet up --l2-port ${port}`)).toMatchObject({ started: false })
    expect(await place.failure(`devnet up -d --l2-port ${port - 1}`)).toMatchObject({ code: 'OL1759' })
  })
})

test('where none runs every command says so with exit code 5', async () => {
  const empty = new Place()
  for (const words of ['status', 'env', 'accounts', 'warp 1', 'mine', 'fund mara 1', 'logs', 'snapshot save x']) {
    expect(await empty.failure(`devnet ${words}`)).toMatchObject({ status: 5, code: 'OL1704' })
  }
  expect(await empty.data('devnet snapshot list')).toEqual({ snapshots: [] })
  expect(await empty.data('devnet reset --yes')).toEqual({ running: false })
  empty.remove()
})
