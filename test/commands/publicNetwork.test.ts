import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Address, getAddress, parseEther, toHex } from 'viem'
import { getTransactionCount } from 'viem/actions'
import { getOpenBalance } from '../../src/chain/actions/tokens/getOpenBalance.js'
import type { ReadClient } from '../../src/chain/client/ChainClient.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { devAccount } from '../../src/chain/client/devMnemonic.js'
import { defineNetwork } from '../../src/chain/client/networks.js'
import { loadConfig } from '../../src/config/loadConfig.js'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { LayerSetUp } from '../../src/devnet/node/LayerSetUp.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { type Anvil, startAnvil } from '../../src/devnet/node/startAnvil.js'
import { stopProcess } from '../../src/devnet/node/stopProcess.js'
import { createContracts } from '../../src/devnet/setup/createContracts.js'
import { createPrivateKey } from '../../src/wallet/readPrivateKey.js'
import { payInferences } from '../../src/workflows/inference/payInferences.js'
import { findModelId } from '../../src/workflows/models/registeredModel.js'
import type { SigningHooks } from '../../src/workflows/network/accounts.js'
import { openConnection } from '../../src/workflows/network/openConnection.js'
import { root as checkout } from '../cli/openledger.js'
import { lightKeystore } from '../wallet/lightKeystore.js'
import { attributionOf, makeAdapter } from '../workflows/money.js'
import { Place } from './workspace.js'

// A node of its own that says it is chain 1612: for openledger the public network, at a local address.
const place = new Place()
const workspace = place.path('net')
const password = 'correct horse'
const accounts = new Map<string, Address>()
const signerKey = createPrivateKey()
const signerAddress = lightKeystore(place.path('signer.json'), password, { key: signerKey })
let node: Anvil
let client: ReadClient
let addresses: Readonly<Record<string, Address>>
const before = { ...process.env }

const addressOf = (name: string): Address => accounts.get(name) as Address
const keystore = (name: string): string => place.path('xdg', 'openledger', 'keystores', `${name}.json`)
const configure = (more: object = {}): void => {
  const {
    network: _,
    networks: __,
    ...config
  } = JSON.parse(readFileSync(`${workspace}/openledger.config.json`, 'utf8'))
  const openledger = { rpcUrl: node.rpcUrl, addresses, ...more }
  const signer = { command: `node docs/examples/signer.mjs ${place.path('signer.key')}`, address: signerAddress }
  const networks = {
    openledger,
    // The same node, by the name of another chain.
    'openledger-testnet': openledger,
    signed: { ...openledger, chainId: 1612, signer: { ...signer, command: `cd ${checkout} && ${signer.command}` } },
  }
  writeFileSync(`${workspace}/openledger.config.json`, JSON.stringify({ ...config, network: 'openledger', networks }))
}
const run = (words: string) => place.run(words, 'net')
const data = (words: string) => place.data(words, 'net')
const failure = (words: string) => place.failure(words, 'net')
const sentBy = (name: string): Promise<number> => getTransactionCount(client, { address: addressOf(name) })

beforeAll(async () => {
  process.env['XDG_CONFIG_HOME'] = place.path('xdg')
  process.env['OPENLEDGER_PASSWORD_FILE'] = place.path('password')
  writeFileSync(place.path('password'), `${password}\n`, { mode: 0o600 })
  writeFileSync(place.path('signer.key'), signerKey, { mode: 0o600 })
  const names = ['owner', 'modeller', 'payer', 'operator-key', 'claimer', 'alice', 'bob', 'poor']
  for (const name of names) accounts.set(name, lightKeystore(keystore(name), password))
  node = await startAnvil({
    layer: 'L2',
    chainId: 1612,
    port: 0,
    log: place.path('node.log'),
    flags: ['--no-mining', '--order', 'fifo', '--network', 'optimism'],
  })
  const setUp = new LayerSetUp('L2', node)
  addresses = await createContracts(setUp, { deployer: devAccount(0).address, operator: addressOf('operator-key') })
  await setUp.finish()
  for (const address of [...names.slice(0, 5).map(addressOf), signerAddress])
    await rpc(node.rpcUrl, 'anvil_setBalance', [address, toHex(parseEther('1000'))])
  client = createChainClient({ network: defineNetwork({ name: 'n', chainId: 1612, rpcUrl: node.rpcUrl }) })
  await place.data('datanet init net --name bight --licence CC0-1.0')
  configure()
})
afterAll(async () => {
  process.env = before
  await stopProcess(node)
  place.remove()
})

// Each test goes on where the one before ended.
describe('a public network, with a keystore for each part', () => {
  test('records are signed by keystores; test keys are refused', async () => {
    const alice = place.lines('alice.jsonl', [{ text: 'Reef before you must.' }])
    const bob = place.lines('bob.jsonl', [{ text: 'A falling barometer brings wind.' }])
    expect(await failure(`datanet add ${alice} --contributor mara`)).toMatchObject({ code: 'OL1631', status: 4 })
    await data(`datanet add ${alice} --contributor alice`)
    await data(`datanet add ${bob} --contributor ${addressOf('bob')}`)
    await data('datanet review --approve all')
    const store = openDatanet(workspace)
    expect(
      store
        .records('approved')
        .map(({ contributor }) => contributor)
        .sort(),
    ).toEqual(['alice', 'bob'].map(addressOf).sort())
    store.close()
  })

  test('nothing is signed before the account, the chain, and the user say so', async () => {
    const publish = 'datanet publish --account owner'
    expect(await failure('datanet publish --yes')).toMatchObject({ code: 'OL1624', status: 4 })
    expect(await failure('datanet publish --yes --account nobody')).toMatchObject({ code: 'OL1625', status: 4 })
    expect(await failure('datanet publish --yes --account maintainer')).toMatchObject({ code: 'OL1601', status: 4 })
    expect(await failure(publish)).toMatchObject({
      code: 'OL1008',
      message: expect.stringContaining('Publish the approved records on OpenLedger'),
    })
    expect(await failure(`${publish} --yes --network openledger-testnet`)).toMatchObject({ code: 'OL1613', status: 6 })
    // Nor is anything read: what another chain says would pass for this one's.
    expect(await failure('stake status --network openledger-testnet')).toMatchObject({ code: 'OL1613', status: 6 })
    expect(await failure(`${publish} --yes --network openleger`)).toMatchObject({
      code: 'OL1023',
      hint: expect.stringContaining('openledger, openledger-testnet'),
    })
    configure({ addresses: {} })
    expect(await failure(`${publish} --yes`)).toMatchObject({
      code: 'OL1610',
      hint: expect.stringContaining('networks.openledger.addresses.DatanetRegistry'),
    })
    configure()
    expect(await failure('datanet publish --yes --account poor')).toMatchObject({ code: 'OL1607' })
    expect(await sentBy('owner')).toBe(0)
  })

  test('doctor tells what is there, and what is missing', async () => {
    const checks = async (words: string) => {
      const { document } = await run(`doctor ${words}`.trim())
      const rows = document.data.checks
      return Object.fromEntries(
        rows.map(({ name, ...rest }: { name: string; status: string; found: string }) => [name, rest]),
      )
    }
    const owner = await checks('--network openledger --account owner')
    expect(owner['Network']).toEqual({ status: 'ok', found: `openledger, chain 1612, at ${node.rpcUrl}` })
    expect(owner['Contracts']).toMatchObject({ status: 'ok', found: expect.stringContaining('with code') })
    expect(owner['Account']).toEqual({ status: 'ok', found: `${addressOf('owner')}, 1,000.000000 OPEN` })
    expect((await checks('--network openledger --account poor'))['Account']).toMatchObject({ status: 'warn' })
    expect((await checks('--network openledger'))['Account']).toMatchObject({ status: 'fail' })
    expect((await checks('--network openledger-testnet'))['Network']).toMatchObject({ status: 'fail' })
    const { DatanetRegistry: _, ...rest } = addresses
    configure({ addresses: { ...rest, RewardPool: addressOf('poor') } })
    expect((await checks('--network openledger --account maintainer'))['Contracts']).toMatchObject({
      status: 'fail',
      found: 'no address of DatanetRegistry; no code where RewardPool should be',
    })
    configure()
    expect((await checks(''))['Network']).toBeUndefined()
  })

  test('a keystore that holds a test key, or another key than it says, signs nothing', async () => {
    const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
    lightKeystore(keystore('public'), password, { key })
    expect(await failure('datanet publish --yes --account public')).toMatchObject({ code: 'OL1601' })
    lightKeystore(keystore('liar'), password, { key, states: addressOf('owner') })
    expect(await failure('datanet publish --yes --account liar')).toMatchObject({ code: 'OL1618', status: 6 })
    writeFileSync(place.path('password'), 'wrong', { mode: 0o600 })
    expect(await failure('datanet publish --yes --account owner')).toMatchObject({ code: 'OL1617', status: 4 })
    writeFileSync(place.path('password'), `${password}\n`)
    expect(await sentBy('owner')).toBe(0)
  })

  test('publishing tells what it would send, then sends that', async () => {
    const dry = await data('datanet publish --account owner --dry-run')
    expect(dry).toMatchObject({ published: false, version: { version: 1, recordCount: 2 } })
    const [creation, publication] = dry.transactions
    expect(creation).toMatchObject({
      network: 'OpenLedger',
      chainId: 1612,
      from: addressOf('owner'),
      to: addresses['DatanetRegistry'],
      contract: 'DatanetRegistry',
      valueWei: '0',
    })
    expect(BigInt(creation.gas)).toBeGreaterThan(21_000n)
    expect(BigInt(creation.gasCostWei)).toBeGreaterThan(0n)
    expect(creation.arguments).toContainEqual({ name: 'name', value: 'bight' })
    expect(publication).toMatchObject({ gas: null, gasCostWei: null })
    expect(await sentBy('owner')).toBe(0)

    const { document, stderr } = await run('datanet publish --account owner --yes')
    expect(document.data).toMatchObject({ chainId: 1612, onChainVersion: 1, root: dry.version.root })
    expect(stderr).toContain(`from      ${addressOf('owner')}`)
    expect(await sentBy('owner')).toBe(2)
    expect((await data('datanet publish --account owner --dry-run')).transactions).toEqual([])
  })

  test('a model is registered by a signer command that owns no Datanet', async () => {
    const { root } = await data('datanet publish --account owner --yes')
    const adapter = makeAdapter(workspace, root)
    const words = `model publish --adapter ${adapter} --network signed`
    const dry = await data(`${words} --dry-run`)
    expect(dry.transactions).toMatchObject([{ from: signerAddress, contract: 'ModelRegistry', chainId: 1612 }])
    const { data: published } = (await run(`${words} --yes`)).document
    expect(published).toMatchObject({ created: true, chainId: 1612 })
    expect(await getTransactionCount(client, { address: signerAddress })).toBe(1)
    // Published by one account, found for another.
    const connection = await chainAs('payer')
    expect(await findModelId(connection, adapter)).toBe(published.modelId)
  })

  test('answers are paid by the payer', async () => {
    const connection = await chainAs('payer')
    const store = openDatanet(workspace)
    const records = store.records('approved')
    store.close()
    const modelId = (await findModelId(connection, workspacePaths(workspace).adapter('v1-0'))) as `0x${string}`
    const attributions = ['reefing', 'wind'].map((prompt) =>
      attributionOf(
        prompt,
        records.map((record) => [record, 0.5] as const),
      ),
    )
    const paths = workspacePaths(workspace)
    const operation = await payInferences(connection, { paths, modelId, attributions, scorer: 'test' })
    const planned = await operation.plan()
    expect(planned).toHaveLength(2)
    expect(planned.reduce((sum, { valueWei }) => sum + valueWei, 0n)).toBe(operation.facts.feeWei)
    expect(planned[0]).toMatchObject({ contract: 'InferenceEscrow', from: addressOf('payer') })
    expect(await sentBy('payer')).toBe(0)
    await operation.carryOut()
    expect(await sentBy('payer')).toBe(2)
  })

  test('vouchers are signed by keystores and signer commands, against deposits of their own', async () => {
    const modelId = await findModelId(await chainAs('payer'), workspacePaths(workspace).adapter('v1-0'))
    const create = (name: string, who: string) => {
      const line = { inferenceId: toHex(name, { size: 32 }), feeWei: String(parseEther('0.3')) }
      const files = `--inferences ${place.lines(`${name}.jsonl`, [line])} --output ${place.path(`${name}.json`)}`
      return `inference voucher create ${modelId} ${files} ${who}`
    }
    expect(await failure(`${create('none', '--yes')}`)).toMatchObject({ code: 'OL1624', status: 4 })
    expect(await failure(`${create('test', '--account maintainer')} --yes`)).toMatchObject({
      code: 'OL1601',
      status: 4,
    })
    expect(await failure(`${create('poor', '--account poor')} --yes`)).toMatchObject({ code: 'OL1662' })
    for (const [name, who] of [
      ['key', '--account payer'],
      ['commanded', '--network signed'],
    ] as const) {
      await data(`inference deposit 1 ${who} --yes`)
      const { document, stderr } = await run(`${create(name, who)} --yes`)
      expect(document.data).toMatchObject({ signed: true, feeWei: String(parseEther('0.3')) })
      expect(stderr).toContain(`model       ${modelId}`)
      const redeem = `inference voucher redeem ${place.path(`${name}.json`)} --account modeller`
      expect(await failure(redeem)).toMatchObject({ code: 'OL1008' })
      expect(await data(`${redeem} --yes`)).toMatchObject({ redeemed: [{ feeWei: String(parseEther('0.3')) }] })
    }
    const there = `inference voucher show ${place.path('key.json')} --network openledger-testnet`
    expect(await failure(there)).toMatchObject({ code: 'OL1613' })
  })

  test('who may contribute is asked on the chosen network; others on which the Datanet is are named', async () => {
    const add = (text: string) => `datanet add ${place.lines('more.jsonl', [{ text }])} --contributor alice`
    expect(await data(add('Hand, reef and steer.'))).toMatchObject({ askedOn: 'openledger' })
    const { document, stderr } = await run(`${add('Red sky at night.')} --network openledger-testnet`)
    expect(document.data).toMatchObject({ askedOn: null })
    expect(stderr).toContain('published on chain 1612 too')
    await data('datanet access policy --contributions listed --account owner --yes')
    expect(await failure(add('A third one, refused.'))).toMatchObject({ code: 'OL1114', status: 4 })
    const rejected = await data('datanet review --reject all')
    expect(rejected).toMatchObject({ rejected: 2 })
  })

  test('an epoch is posted by the operator alone', async () => {
    expect(await failure('rewards post --yes --account payer')).toMatchObject({
      code: 'OL1604',
      status: 4,
      message: expect.stringContaining(addressOf('payer')),
    })
    const dry = await data('rewards post --dry-run --account operator-key')
    expect(dry).toMatchObject({ posted: false, epoch: 1, transactions: [{ contract: 'AttributionLedger' }] })
    expect(BigInt(dry.transactions[0].valueWei)).toBeGreaterThan(0n)
    const posted = await data('rewards post --yes --account operator-key')
    expect(posted).toMatchObject({ posted: true, epoch: 1, bondWei: dry.transactions[0].valueWei })
    expect(await failure('rewards claim --yes --account claimer')).toMatchObject({ code: 'OL1813' })
  })

  test('rewards are claimed by anybody, for those who earned them', async () => {
    await rpc(node.rpcUrl, 'evm_increaseTime', [30 * 24 * 3600])
    await rpc(node.rpcUrl, 'evm_mine')
    const dry = await data('rewards claim --dry-run --account claimer')
    expect(dry.transactions.map((planned: { function: string }) => planned.function)).toEqual(['finalize', 'claimMany'])
    expect(dry.claims).toHaveLength(2)
    expect(await sentBy('claimer')).toBe(0)
    const balances = () =>
      Promise.all(['alice', 'bob'].map((name) => getOpenBalance(client, { account: addressOf(name) })))
    expect(await balances()).toEqual([0n, 0n])
    const { paid, finalized } = await data('rewards claim --for alice --yes --account claimer')
    expect(finalized).toBe(true)
    expect(paid.map(({ account }: { account: string }) => getAddress(account))).toEqual([addressOf('alice')])
    const left = await data('rewards claim --dry-run --account claimer')
    expect(left.transactions).toMatchObject([{ function: 'claimMany', from: addressOf('claimer') }])
    expect(BigInt(left.transactions[0].gas)).toBeGreaterThan(21_000n)
    await data('rewards claim --yes --account claimer')
    const [alice, bob] = await balances()
    expect(alice).toBe(bob)
    expect(alice).toBe(BigInt(paid[0].amountWei))
    // Everything holds, read from the public chain by somebody without an account.
    expect(await data('rewards verify')).toMatchObject({ epochs: [{ epoch: 1, status: 'finalized' }] })
    expect(await data('rewards status')).toMatchObject({ contributors: [{}, {}] })
  })
})

async function chainAs(account: string) {
  const signing: SigningHooks = { password: async () => password, review: async () => undefined, note: () => undefined }
  const config = await loadConfig({ folder: workspace, environment: process.env, account })
  return openConnection({ ...config, workspace, signing })
}
