import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from '../cli/openledger.js'
import { dataOf, Place } from './workspace.js'

const place = new Place()
const records = {
  mara: [
    { prompt: 'When do I take in the first reef?', completion: 'Take in the first reef when you first think of it.' },
    { prompt: 'How do I slow down under sail?', completion: 'Ease the sheets until the sails spill the wind.' },
  ],
  tobias: [
    { prompt: 'What does a falling barometer say?', completion: 'A falling barometer says that wind is coming.' },
    {
      messages: [
        { role: 'user', content: 'What is a sea breeze?' },
        { role: 'assistant', content: 'Air that flows from the cool sea to the warm land.' },
      ],
    },
  ],
}
/** Questions that bring their answers, so that nothing has to be generated. */
const questions = [
  { prompt: 'When should I reef?', completion: 'Take in the first reef when you first think of it.' },
  { prompt: 'What does a low barometer tell me?', completion: 'A falling barometer says that wind is coming.' },
]
const at = 'net'
const ask = `attribute --queries ${place.lines('questions.jsonl', questions)} --pay`
/** Gives the shares of one inference to the other, and writes the note with the wrong ones. */
function exchangeShares(folder: string, inferences: readonly { readonly inferenceId: string }[]): readonly string[] {
  const ids = inferences.map(({ inferenceId }) => inferenceId)
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const notes = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    if (!ids.includes(notes[0].inferenceId)) continue
    const [first, second] = notes
    ;[first.shares, second.shares] = [second.shares, first.shares]
    writeFileSync(path, notes.map((note) => `${JSON.stringify(note)}\n`).join(''))
  }
  return ids
}

const sum = (amounts: readonly { readonly amountWei: string }[]): bigint =>
  amounts.reduce((total, { amountWei }) => total + BigInt(amountWei), 0n)

beforeAll(build)
afterAll(() => {
  place.spawn('devnet down', at)
  place.remove()
})

// One story: each test goes on where the one before ended.
describe('from an empty folder to paid contributors', () => {
  test('datanet init makes a workspace, once', async () => {
    await place.data('datanet init net --name bight')
    expect(await place.failure('datanet init net --name bight')).toMatchObject({ status: 1, code: 'OL1121' })
  })

  test('datanet add signs records, review approves them', async () => {
    for (const [name, lines] of Object.entries(records)) {
      const { added } = await place.data(`datanet add ${place.lines(`${name}.jsonl`, lines)} --contributor ${name}`, at)
      expect(added).toHaveLength(lines.length)
    }
    expect(await place.data('datanet review --approve all', at)).toMatchObject({ approved: 4, rejected: 0 })
    expect(await place.data('datanet status', at)).toMatchObject({
      next: 'version',
      contributors: expect.arrayContaining([expect.objectContaining({ name: 'mara', approved: 2 })]),
    })
  })

  test('devnet up starts one in the background, once', async () => {
    const first = dataOf(place.spawn('devnet up -d', at))
    expect(first).toMatchObject({ started: true, detached: true, l1: { chainId: 900 }, l2: { chainId: 901 } })
    expect(dataOf(place.spawn('devnet up -d', at))).toMatchObject({ started: false, l2: { pid: first.l2.pid } })
  })

  let root = ''
  test('datanet publish puts the root on chain, once', async () => {
    const first = await place.data('datanet publish', at)
    root = first.root
    expect(first).toMatchObject({ version: 1, created: true, onChainVersion: 1, chainId: 901 })
    expect(first.transactionHash).toMatch(/^0x[0-9a-f]{64}$/)
    const again = await place.data('datanet publish', at)
    expect(again).toMatchObject({ version: 1, created: false, onChainVersion: 1, root })
    expect(again.transactionHash).toBeNull()
    const { next, versions } = await place.data('datanet status', at)
    expect(next).toBe('none')
    expect(versions[0].publications).toMatchObject([{ txHash: first.transactionHash }])
  })

  test('train learns from the version and names its root', async () => {
    expect(await place.failure(ask, at)).toMatchObject({ status: 1, code: 'OL1406' })
    const { steps, manifest, meanTrainLoss } = await place.data('train --max-steps 6 --learning-rate 0.003', at)
    expect(steps).toBe(6)
    expect(manifest.datanet).toMatchObject({ version: 1, root })
    expect(meanTrainLoss.last.loss).toBeLessThan(meanTrainLoss.first.loss)
    expect(await place.failure('train --max-steps 6', at)).toMatchObject({ status: 2, code: 'OL1008' })
  })

  test('model generate answers', async () => {
    const { text } = await place.data('model generate Reefing? --adapter adapters/v1 --max-tokens 8', at)
    expect(typeof text).toBe('string')
  })

  test('attribute --pay wants a published model, before it computes anything', async () => {
    expect(await place.failure(`${ask} --yes`, at)).toMatchObject({ status: 1, code: 'OL1810' })
  })

  test('model publish registers it, once, and also where the note of it was lost', async () => {
    const first = await place.data('model publish', at)
    expect(first).toMatchObject({ created: true, inputPriceWei: '1000000000000000000' })
    writeFileSync(place.path(at, 'adapters/v1/publication.json'), '{')
    const { document, stderr } = await place.run('model publish --output-price 9', at)
    expect(document.data).toEqual({ ...first, created: false })
    expect(stderr).toContain('keeps the prices')
  })

  let feeWei = 0n
  test('attribute --pay asks first, and --dry-run pays nothing', async () => {
    expect(await place.failure(ask, at)).toMatchObject({ status: 2, code: 'OL1008' })
    const { payment } = await place.data(`${ask} --dry-run`, at)
    expect(payment).toMatchObject({ paid: false, resumed: false, inferences: [] })
    feeWei = BigInt(payment.feeWei)
    expect(feeWei).toBeGreaterThan(2n * 10n ** 16n)
    expect(await place.data('rewards status', at)).toMatchObject({
      pool: { fundedWei: '0' },
      inferences: { unpaid: 0 },
    })
    expect(await place.nothingLeft('rewards post --yes', at)).toMatchObject({ code: 'OL1811' })
  })

  let poolWei = 0n
  test('attribute --pay pays just what was quoted', async () => {
    const { payment, attributions } = await place.data(`${ask} --yes`, at)
    expect(payment).toMatchObject({ paid: true, resumed: false, feeWei: String(feeWei) })
    expect(attributions.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['attributed', 'attributed'])
    const paid = payment.inferences as { feeWei: string; poolWei: string }[]
    expect(paid.reduce((total, each) => total + BigInt(each.feeWei), 0n)).toBe(feeWei)
    poolWei = paid.reduce((total, each) => total + BigInt(each.poolWei), 0n)
    expect(await place.data('rewards status', at)).toMatchObject({
      pool: { fundedWei: String(poolWei), claimedWei: '0' },
      inferences: { waiting: 2, unpaid: 0, unattributed: 0 },
    })
  })

  test('stake is deposited before an epoch is posted: only then it votes on it', async () => {
    await place.data('stake deposit 500 --yes', at)
    await place.data('devnet warp 1', at)
  })

  test('rewards post allocates the whole pool', async () => {
    const dry = await place.data('rewards post --dry-run', at)
    expect(dry).toMatchObject({ posted: false, epoch: 1, receiptCount: 2, poolWei: String(poolWei) })
    const posted = await place.data('rewards post --yes', at)
    expect(posted).toMatchObject({ posted: true, epoch: 1, rewardsRoot: dry.rewardsRoot, bondWei: String(10n ** 18n) })
  })

  test('attest --recompute runs the models again, and finds what was posted', async () => {
    const words = 'rewards attest --recompute --dry-run'
    const asked = { inferences: 2, changed: [], unknown: 0 }
    expect(await place.data(words, at)).toMatchObject({ attested: false, epoch: 1, model: asked })
    expect(await place.nothingLeft('rewards challenge --recompute --dry-run', at)).toMatchObject({ code: 'OL1844' })
    // Gradients that somebody keeps beside the adapter are not taken for the model's.
    const index = place.path(at, 'adapters/v1/influence-index.safetensors')
    const bytes = readFileSync(index)
    writeFileSync(index, Buffer.from(bytes).fill(0, bytes.length >> 1))
    expect(await place.data(words, at)).toMatchObject({ model: asked })
    writeFileSync(index, bytes)
    renameSync(place.path(at, 'adapters'), place.path('adapters'))
    expect(await place.failure(words, at)).toMatchObject({ code: 'OL1849' })
    expect(await place.data(`${words} --adapter ${place.path('adapters/v1')}`, at)).toMatchObject({ model: asked })
    renameSync(place.path('adapters'), place.path(at, 'adapters'))
    renameSync(place.path(at, 'attribution'), place.path('attribution'))
    expect(await place.data('rewards attest --dry-run', at)).toMatchObject({ model: null })
    expect(await place.failure(words, at)).toMatchObject({ code: 'OL1848' })
    renameSync(place.path('attribution'), place.path(at, 'attribution'))
    expect(await place.failure('rewards attest --adapter adapters/v1', at)).toMatchObject({ status: 2, code: 'OL1006' })
  })

  test('while the window is open, verify holds and claim is refused', async () => {
    const { epochs } = await place.data('rewards verify', at)
    expect(epochs).toMatchObject([{ epoch: 1, status: 'pending' }])
    expect(await place.failure('rewards claim --yes', at)).toMatchObject({ status: 7, code: 'OL1813' })
  })

  test('a second epoch is refused while the first is in question, and nothing is written', async () => {
    await place.data(`${ask} --yes`, at)
    expect(await place.failure('rewards post --yes', at)).toMatchObject({ status: 7, code: 'OL1819' })
    expect((await place.data('rewards status', at)).epochs).toHaveLength(1)
  })

  test('claim --warp pays everybody once, to the wei', async () => {
    const { paid, refused, warpedSeconds, finalized } = await place.data('rewards claim --warp --yes', at)
    expect({ refused, finalized }).toEqual({ refused: [], finalized: true })
    expect(warpedSeconds).toBeGreaterThan(3000)
    expect(sum(paid)).toBe(poolWei)
    expect(await place.data('rewards claim --warp --yes', at)).toMatchObject({ paid: [], warpedSeconds: 0 })
  })

  test('a second round pays what it adds', async () => {
    expect(await place.data('rewards post --yes', at)).toMatchObject({
      epoch: 2,
      receiptCount: 2,
      poolWei: String(poolWei),
      totalAllocatedWei: String(2n * poolWei),
    })
    const { paid } = await place.data('rewards claim --warp --yes', at)
    expect(sum(paid)).toBe(poolWei)
    const { contributors, epochs, pool } = await place.data('rewards status', at)
    for (const { earnedWei, claimedWei } of contributors) expect(claimedWei).toBe(earnedWei)
    expect(epochs.map(({ status }: { status: string }) => status)).toEqual(['finalized', 'finalized'])
    expect(pool).toMatchObject({ fundedWei: String(2n * poolWei), claimedWei: String(2n * poolWei) })
  })

  test('a third round is paid with one signature against a deposit, and pays when that is redeemed', async () => {
    const signed = ask.replace('--pay', '--voucher')
    expect(await place.failure(`${signed} --yes`, at)).toMatchObject({ status: 1, code: 'OL1662' })
    await place.data('inference deposit 5 --yes', at)
    expect(await place.failure(signed, at)).toMatchObject({ status: 2, code: 'OL1008' })
    const dry = (await place.data(`${signed} --dry-run`, at)).payment
    expect(dry).toMatchObject({ paid: false, signed: false, voucher: { path: null } })
    expect(await place.data('inference voucher redeem --yes', at)).toMatchObject({ sent: false, redeemed: [] })
    const { payment } = await place.data(`${signed} --yes`, at)
    // The platform takes its fee of a payment by itself only.
    expect(BigInt(payment.feeWei)).toBe(feeWei - 2n * 10n ** 16n)
    expect(payment).toMatchObject({ paid: false, signed: true, feeWei: dry.feeWei })
    expect(await place.data('rewards status', at)).toMatchObject({ inferences: { waiting: 0, unredeemed: 2 } })
    expect(await place.nothingLeft('rewards post --yes', at)).toMatchObject({ code: 'OL1811' })
    expect((await place.data('inference voucher show', at)).vouchers).toMatchObject([{ status: 'open' }])
    const { redeemed } = await place.data('inference voucher redeem --yes', at)
    expect(redeemed).toMatchObject([{ feeWei: payment.feeWei, poolWei: String(poolWei) }])
    expect(await place.data('inference voucher redeem --yes', at)).toMatchObject({ redeemed: [] })
    const exchanged = exchangeShares(place.path(at, 'attribution/inferences'), payment.inferences)
    expect(await place.data('rewards post --yes', at)).toMatchObject({ epoch: 3, poolWei: String(poolWei) })
    // What was noted and what was posted agree; the model alone knows better.
    expect(await place.data('rewards attest --dry-run', at)).toMatchObject({ epoch: 3 })
    expect(await place.failure('rewards attest --recompute --dry-run', at)).toMatchObject({ status: 6, code: 'OL1843' })
    const challenge = await place.data('rewards challenge --recompute --dry-run', at)
    expect(challenge.model).toMatchObject({ inferences: 2, unknown: 0 })
    expect([...challenge.model.changed].sort()).toEqual([...exchanged].sort())
    expect(challenge.differences.map(({ field }: { field: string }) => field)).toContain('rewardsRoot')
    const { paid } = await place.data('rewards claim --warp --yes', at)
    expect(sum(paid)).toBe(poolWei)
  })

  test('verify follows every number, and one record all the way', async () => {
    const { epochs, pool, trace } = dataOf(place.spawn('rewards verify', at))
    expect(epochs).toHaveLength(3)
    for (const check of [...epochs.flatMap(({ checks }: { checks: object[] }) => checks), ...pool])
      expect(check).toEqual({ name: check.name, ok: true, detail: expect.any(String) })
    expect(epochs[1].checks.map(({ name }: { name: string }) => name)).toContain('receipt proofs on chain')
    expect(trace.datanetRoot).toBe(root)
    expect(BigInt(trace.claimedWei)).toBeGreaterThanOrEqual(BigInt(trace.amountWei))
  })

  test('status --for and explain tell which record earned what, in which answer', async () => {
    const { contributors } = await place.data('rewards status', at)
    const [{ account, earnedWei }] = contributors
    const status = await place.data(`rewards status --for ${account}`, at)
    expect(status).toMatchObject({ account, totalWei: earnedWei, claimedWei: earnedWei })
    expect(status.byStatus).toEqual({ claimed: earnedWei })
    const [{ recordId, totalWei, answers }] = status.records
    const explained = await place.data(`rewards explain ${recordId.slice(0, 12)}`, at)
    expect(explained).toMatchObject({ recordId, totalWei, record: { status: 'approved' } })
    expect(explained.earnings).toHaveLength(answers)
    for (const earning of explained.earnings)
      expect(earning).toMatchObject({
        ...{ recordId, status: 'claimed', contributor: account, epoch: expect.any(Number) },
        prompt: expect.any(String),
      })
    expect(await place.failure('rewards explain 0xzz', at)).toMatchObject({ status: 2, code: 'OL1826' })
  })

  test('one byte of a file changed: verify names it, with exit code 6', async () => {
    const file = place.path(at, 'epochs/1/receipts.jsonl')
    const original = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      original.replace(/("amountWei":"\d*)(\d)"/, (_, a, b) => `${a}${(Number(b) + 1) % 10}"`),
    )
    const { status, code, message, data } = await place.failure('rewards verify', at)
    writeFileSync(file, original)
    expect({ status, code }).toEqual({ status: 6, code: 'OL1814' })
    expect(message).toContain('epoch 1: ')
    const failed = data.epochs[0].checks.filter(({ ok }: { ok: boolean }) => !ok)
    expect(JSON.stringify(failed)).toContain('receipts.jsonl')
    expect(data.epochs).toMatchObject([{ status: 'damaged' }, { status: 'finalized' }, { status: 'finalized' }])
  })

  test('devnet down stops both nodes, and commands say so', async () => {
    expect(dataOf(place.spawn('devnet down', at))).toMatchObject({ stopped: true })
    for (const command of ['devnet status', `${ask} --yes`])
      expect(await place.failure(command, at)).toMatchObject({ status: 5, code: 'OL1704' })
  })

  test('on a devnet that was reset the old epochs are told apart, and never posted', async () => {
    dataOf(place.spawn('devnet up -d', at))
    // It goes on where it was.
    expect((await place.data('rewards verify', at)).epochs).toHaveLength(3)
    expect(await place.data('devnet reset --yes', at)).toEqual({ running: true })
    for (const command of ['rewards verify', 'rewards post --yes'])
      expect(await place.failure(command, at)).toMatchObject({ status: 6, code: 'OL1812' })
  })
})
