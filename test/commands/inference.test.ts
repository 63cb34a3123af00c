import { once } from 'node:events'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { encodeAbiParameters, type Hex, keccak256, parseEther, verifyTypedData, zeroHash } from 'viem'
import { getBalance } from 'viem/actions'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { prepareVoucher } from '../../src/workflows/inference/signVouchers.js'
import { devnetConnection } from '../../src/workflows/network/openConnection.js'
import { as, hashOf, publish } from '../chain/story.js'
import { makeAdapter, makeWorkspace } from '../workflows/money.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const { user, tobias } = devAccounts()
const wei = (open: string): string => String(parseEther(open))
const payer = user.address.toLowerCase()
let devnet: Devnet
let modelId: Hex

beforeAll(async () => {
  mkdirSync(place.path(at))
  devnet = await startDevnet({ workspace: place.path(at) })
  ;({ modelId } = await publish(devnet, 'paid'))
})

afterAll(async () => {
  await devnet.stop()
  place.remove()
})

const served = (name: string, ...ids: readonly string[]): string =>
  place.lines(
    name,
    // 100/1000 * 0.5 + 250/1000 * 2 = 0.55 OPEN by the model's prices.
    ids.map((id) => ({ inferenceId: hashOf(id), inputTokens: 100, outputTokens: 250, answer: id })),
  )

/** The head of a voucher's chain, computed by viem alone. */
const headOf = (fees: readonly (readonly [string, string])[], from: Hex = zeroHash): Hex =>
  fees.reduce<Hex>(
    (head, [id, fee]) =>
      keccak256(
        encodeAbiParameters(
          [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }],
          [head, hashOf(id), parseEther(fee)],
        ),
      ),
    from,
  )

const create = (file: string, to: string, more = '') =>
  `inference voucher create ${modelId} --inferences ${file} --output ${place.path(to)}${more}`

// One story: each test goes on where the one before ended.
test('a deposit is shown, asked for, paid, and put in for somebody else', async () => {
  const before = await getBalance(as(devnet, 'user'), { address: user.address })
  expect(await place.data('inference deposit 2 --dry-run', at)).toMatchObject({
    sent: false,
    account: user.address,
    amountWei: wei('2'),
    transactions: [{ contract: 'InferenceEscrow', function: 'deposit', valueWei: wei('2') }],
  })
  expect(await place.failure('inference deposit 2', at)).toMatchObject({ code: 'OL1008', status: 2 })
  expect(await getBalance(as(devnet, 'user'), { address: user.address })).toBe(before)
  expect(await place.failure('inference deposit 0 --yes', at)).toMatchObject({
    code: 'OL1603',
    message: expect.stringContaining('InferenceEscrow__NothingDeposited'),
  })
  expect(await place.failure('inference deposit much --yes', at)).toMatchObject({ status: 2 })
  expect(await place.data('inference deposit 1 --yes', at)).toMatchObject({ sent: true, balanceWei: wei('1') })
  expect(await place.data('inference deposit 0.5 --for tobias --yes', at)).toMatchObject({ account: tobias.address })
  expect(await place.data('inference balance', at)).toMatchObject({
    account: user.address,
    balanceWei: wei('1'),
    spendableWei: wei('1'),
    withdrawingWei: '0',
    availableAt: null,
  })
  expect(await place.data('inference balance --for tobias', at)).toMatchObject({ balanceWei: wei('0.5') })
  expect(await place.failure('inference balance --for nobody', at)).toMatchObject({ code: 'OL1816', status: 2 })
})

test('a voucher that the deposit does not cover is not signed', async () => {
  expect(await place.failure(`${create(served('two.jsonl', 'one', 'two'), 'v.json')} --yes`, at)).toMatchObject({
    code: 'OL1662',
    hint: expect.stringContaining('Deposit 0.1 OPEN more'),
  })
  expect(() => readFileSync(place.path('v.json'))).toThrow()
})

test('a voucher is signed as EIP-712 has it, over exactly what was served', async () => {
  const words = create(served('one.jsonl', 'one'), 'one.json')
  expect(await place.data(`${words} --dry-run`, at)).toMatchObject({ signed: false, feeWei: wei('0.55') })
  expect(await place.failure(words, at)).toMatchObject({ code: 'OL1008' })
  expect(() => readFileSync(place.path('one.json'))).toThrow()
  const signed = await place.data(`${words} --yes`, at)
  const head = headOf([['one', '0.55']])
  expect(signed).toMatchObject({ signed: true, payer: user.address, modelId, cumulativeWei: wei('0.55'), head })
  const { signature, escrow, chainId } = JSON.parse(readFileSync(place.path('one.json'), 'utf8'))
  const Voucher = [
    { name: 'payer', type: 'address' },
    { name: 'modelId', type: 'bytes32' },
    { name: 'cumulative', type: 'uint256' },
    { name: 'inferences', type: 'bytes32' },
  ]
  const domain = { name: 'OpenLedger InferenceEscrow', version: '1', chainId, verifyingContract: escrow }
  const message = { payer, modelId, cumulative: parseEther('0.55'), inferences: head }
  expect(
    await verifyTypedData({
      address: user.address,
      domain,
      types: { Voucher },
      primaryType: 'Voucher',
      message,
      signature,
    }),
  ).toBe(true)
  expect(await place.failure(`${words} --yes`, at)).toMatchObject({ code: 'OL1665', status: 2 })
})

test('outside of a workspace the next voucher continues the file of the one before', async () => {
  await place.data('inference deposit 1 --yes', at)
  const after = ` --after ${place.path('one.json')}`
  const again = create(served('again.jsonl', 'one'), 'again.json', after)
  expect(await place.failure(`${again} --yes`, at)).toMatchObject({ code: 'OL1802', status: 6 })
  const words = create(served('more.jsonl', 'two', 'three'), 'three.json', after)
  expect(await place.data(`${words} --yes`, at)).toMatchObject({
    cumulativeWei: wei('1.65'),
    previousCumulativeWei: wei('0.55'),
    head: headOf([
      ['one', '0.55'],
      ['two', '0.55'],
      ['three', '0.55'],
    ]),
  })
  expect(await place.failure(`inference voucher create ${modelId} --inferences none.jsonl --yes`, at)).toMatchObject({
    code: 'OL1020',
  })
})

test('show tells what the chain would take', async () => {
  const show = async (name: string) => (await place.data(`inference voucher show ${place.path(name)}`, at)).vouchers[0]
  expect(await show('one.json')).toMatchObject({ status: 'open', newWei: wei('0.55'), spendableWei: wei('2') })
  const file = JSON.parse(readFileSync(place.path('one.json'), 'utf8'))
  const three = JSON.parse(readFileSync(place.path('three.json'), 'utf8'))
  writeFileSync(place.path('forged.json'), JSON.stringify({ ...file, signature: three.signature }))
  expect(await show('forged.json')).toMatchObject({ status: 'forged' })
  writeFileSync(place.path('altered.json'), JSON.stringify({ ...file, inferences: three.inferences }))
  expect(await place.failure(`inference voucher show ${place.path('altered.json')}`, at)).toMatchObject({
    code: 'OL1800',
  })
  writeFileSync(place.path('elsewhere.json'), JSON.stringify({ ...file, chainId: 1612 }))
  for (const verb of ['show', 'redeem'])
    expect(await place.failure(`inference voucher ${verb} ${place.path('elsewhere.json')} --yes`, at)).toMatchObject({
      code: 'OL1664',
    })
})

test('no voucher continues one that somebody else made up', async () => {
  const after = (name: string, who = '') =>
    create(served(`after-${name}.jsonl`, 'ten'), `after-${name}`, ` --after ${place.path(name)}${who} --yes`)
  expect(await place.failure(after('forged.json'), at)).toMatchObject({ code: 'OL1669', status: 6 })
  expect(await place.failure(after('one.json', ' --account tobias'), at)).toMatchObject({
    code: 'OL1669',
    message: expect.stringContaining('its payer is'),
  })
  // Of a total that was made up, in the folder where the workspace keeps the real ones.
  const file = JSON.parse(readFileSync(place.path('one.json'), 'utf8'))
  const previous = { ...file.previous, cumulativeWei: wei('50') }
  const voucher = { ...file.voucher, cumulativeWei: wei('50.55') }
  await place.data('datanet init payer --name payer')
  mkdirSync(place.path('payer/.openledger'), { recursive: true })
  copyFileSync(place.path(at, '.openledger/devnet.json'), place.path('payer/.openledger/devnet.json'))
  mkdirSync(place.path('payer/attribution/vouchers'), { recursive: true })
  writeFileSync(place.path('payer/attribution/vouchers/x.json'), JSON.stringify({ ...file, voucher, previous }))
  const words = create(served('eleven.jsonl', 'eleven'), 'eleven.json', ' --dry-run')
  expect(await place.data(words, 'payer')).toMatchObject({ cumulativeWei: wei('0.55'), owedWei: wei('0.55') })
})

test('of two that sign at once in a workspace, one continues the other’s voucher', async () => {
  const signed = await Promise.all(
    ['left', 'right'].map((name) =>
      place.data(`inference voucher create ${modelId} --inferences ${served(`${name}.jsonl`, name)} --yes`, 'payer'),
    ),
  )
  expect(signed.map(({ cumulativeWei }) => cumulativeWei).sort()).toEqual([wei('1.1'), wei('0.55')].sort())
  const { vouchers } = await place.data('inference voucher show', 'payer')
  expect(vouchers.map(({ status }: { status: string }) => status).sort()).toEqual(['forged', 'open', 'open'])
})

test('anybody redeems a voucher, once; a newer one moves only what is new', async () => {
  const redeem = (name: string, more = ' --yes') => `inference voucher redeem ${place.path(name)}${more}`
  expect(await place.failure(redeem('forged.json'), at)).toMatchObject({ code: 'OL1605', status: 6 })
  expect(await place.data(redeem('one.json', ' --dry-run'), at)).toMatchObject({
    sent: false,
    vouchers: [{ newWei: wei('0.55') }],
    transactions: [{ function: 'redeem' }],
  })
  expect(await place.failure(redeem('one.json', ''), at)).toMatchObject({ code: 'OL1008' })
  expect(await place.data(redeem('one.json', ' --account zed --yes'), at)).toMatchObject({
    redeemed: [{ payer: user.address, modelId, feeWei: wei('0.55'), poolWei: wei('0.385') }],
    skipped: [],
  })
  expect(await place.nothingLeft(redeem('one.json'), at)).toMatchObject({
    code: 'OL1636',
    message: expect.stringContaining('InferenceEscrow__NothingNew'),
  })
  expect(await place.data(redeem('three.json'), at)).toMatchObject({ redeemed: [{ feeWei: wei('1.1') }] })
  expect(await place.data('inference balance', at)).toMatchObject({ balanceWei: wei('0.35') })
  const [one] = (await place.data(`inference voucher show ${place.path('one.json')}`, at)).vouchers
  expect(one).toMatchObject({ status: 'redeemed', newWei: '0' })
})

test('without any file the next voucher continues what the chain says was redeemed', async () => {
  const fee = place.lines('fee.jsonl', [{ inferenceId: hashOf('four'), feeWei: wei('0.2') }])
  expect(await place.data(`${create(fee, 'four.json')} --yes`, at)).toMatchObject({
    previousCumulativeWei: wei('1.65'),
    cumulativeWei: wei('1.85'),
    head: headOf([
      ['one', '0.55'],
      ['two', '0.55'],
      ['three', '0.55'],
      ['four', '0.2'],
    ]),
  })
})

test('a node that does not tell by which voucher was redeemed leaves the next one unsigned', async () => {
  // It answers everything as the devnet does, but has forgotten its events.
  const forgetful = createServer(async (request, response) => {
    const body = await text(request)
    const answer = await fetch(devnet.l2.rpcUrl, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const document = (await answer.json()) as object
    response.end(JSON.stringify(body.includes('eth_getLogs') ? { ...document, result: [] } : document))
  }).listen(0, '127.0.0.1')
  await once(forgetful, 'listening')
  try {
    const rpcUrl = `http://127.0.0.1:${(forgetful.address() as AddressInfo).port}`
    const connection = devnetConnection({ ...devnet, l2: { ...devnet.l2, rpcUrl } })
    const inferences = [{ inferenceId: hashOf('later'), feeWei: 1n }]
    const prepared = prepareVoucher(connection, { modelId, inferences, known: [] } as never)
    await expect(prepared).rejects.toMatchObject({ code: 'OL1666', details: { account: payer, modelId } })
  } finally {
    forgetful.close()
    forgetful.closeAllConnections()
  }
})

test('an adapter that was not published has no prices', async () => {
  await makeWorkspace(place.path('own'))
  const adapter = makeAdapter(place.path('own'), zeroHash)
  const failure = await place.failure(`model price --adapter ${adapter}`, at)
  expect(failure).toMatchObject({ code: 'OL1661', message: expect.stringContaining(adapter) })
})

test('what was served must say what it costs', async () => {
  const lines = (value: object) => create(place.lines('wrong.jsonl', [value]), 'wrong.json')
  expect(await place.failure(`${lines({ inferenceId: hashOf('x') })} --yes`, at)).toMatchObject({
    code: 'OL1800',
    message: expect.stringContaining('wrong.jsonl:1'),
  })
  expect(await place.failure(`${lines({ inferenceId: hashOf('x'), feeWei: '0' })} --yes`, at)).toMatchObject({
    code: 'OL1663',
  })
  writeFileSync(place.path('empty.jsonl'), '')
  expect(await place.failure(`${create(place.path('empty.jsonl'), 'wrong.json')} --yes`, at)).toMatchObject({
    code: 'OL1847',
  })
})

test('a deposit comes back after the delay, less what vouchers took', async () => {
  expect(await place.nothingLeft('inference withdraw --yes', at)).toMatchObject({
    code: 'OL1636',
    message: expect.stringContaining('InferenceEscrow__NoWithdrawal'),
  })
  expect(await place.failure('inference withdraw --amount 9 --yes', at)).toMatchObject({ code: 'OL1603' })
  expect(await place.data('inference withdraw --amount 0.35 --dry-run', at)).toMatchObject({ sent: false })
  const { availableAt } = await place.data('inference withdraw --amount 0.35 --yes', at)
  expect(await place.data('inference balance', at)).toMatchObject({ availableAt, spendableWei: '0' })
  expect(await place.failure('inference withdraw --yes', at)).toMatchObject({
    message: expect.stringContaining('InferenceEscrow__WithdrawalTooEarly'),
  })
  // Asked back is not to be promised to anybody else.
  const fee = place.lines('late.jsonl', [{ inferenceId: hashOf('five'), feeWei: '1' }])
  expect(await place.failure(`${create(fee, 'five.json')} --yes`, at)).toMatchObject({ code: 'OL1662' })
  expect(await place.data('inference withdraw --amount 0 --yes', at)).toMatchObject({ availableAt: null })
  await place.data('inference withdraw --amount 0.35 --yes', at)
  await place.data(`inference voucher redeem ${place.path('four.json')} --yes`, at)
  await warp(devnet, 86_400)
  expect(await place.data('inference withdraw --yes', at)).toMatchObject({ sent: true, amountWei: wei('0.15') })
  expect(await place.data('inference balance', at)).toMatchObject({ balanceWei: '0', withdrawingWei: '0' })
})
