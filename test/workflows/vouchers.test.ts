import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseEther } from 'viem'
import { depositEscrow } from '../../src/chain/actions/inference/depositEscrow.js'
import { payInference } from '../../src/chain/actions/inference/payInference.js'
import { quoteInference } from '../../src/chain/actions/inference/quoteInference.js'
import { redeemVouchers } from '../../src/chain/actions/inference/redeemVouchers.js'
import { rewardPoolTotals } from '../../src/chain/actions/rewards/rewardPoolTotals.js'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import type { StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import type { Devnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { readEpochFiles } from '../../src/rewards/epochFolder.js'
import { signedVoucherOf, type VoucherFile } from '../../src/rewards/voucherFile.js'
import { claimAll } from '../../src/workflows/epochs/claimAll.js'
import { readEpochs } from '../../src/workflows/epochs/epochHistory.js'
import { nextEpoch, postEpoch } from '../../src/workflows/epochs/postEpoch.js'
import { recomputeEpoch } from '../../src/workflows/epochs/recomputeEpoch.js'
import { sortInferences } from '../../src/workflows/epochs/sortInferences.js'
import { verifyRewards } from '../../src/workflows/epochs/verifyRewards.js'
import { readInferences } from '../../src/workflows/inference/inferences.js'
import { payByVoucher } from '../../src/workflows/inference/payByVoucher.js'
import { payInferences } from '../../src/workflows/inference/payInferences.js'
import { prepareVoucher, signPrepared } from '../../src/workflows/inference/signVouchers.js'
import { keepVoucher, readVouchers } from '../../src/workflows/inference/vouchers.js'
import type { Connection } from '../../src/workflows/network/openConnection.js'
import { attributionOf, cutAt, done, startPublishedWorld } from './money.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-vouchers-'))
const paths = workspacePaths(folder)
// 10 input and 20 output tokens cost 0.07 OPEN and a wei that does not divide by ten.
const prices = { inputPriceWei: 10n ** 18n, outputPriceWei: 3n * 10n ** 18n + 50n }
const fee = parseEther('0.07') + 1n
const { user } = devAccounts()
let devnet: Devnet
let connection: Connection
let mara: StoredRecord
let tobias: StoredRecord
let modelId: `0x${string}`

beforeAll(async () => {
  ;({ mara, tobias, devnet, connection, modelId } = await startPublishedWorld(folder, prices))
})
afterAll(async () => {
  await devnet.stop()
  rmSync(folder, { recursive: true })
})

const answers = (prompts: readonly string[]) => ({
  paths,
  modelId,
  scorer: 'test',
  attributions: prompts.map((prompt) =>
    attributionOf(
      prompt,
      prompt === 'nobody'
        ? []
        : [
            [mara, 0.75],
            [tobias, 0.25],
          ],
    ),
  ),
})
const sign = async (...prompts: readonly string[]): Promise<VoucherFile> =>
  (await done(payByVoucher(connection, answers(prompts)))).file
const pay = (...prompts: readonly string[]) => done(payInferences(connection, answers(prompts)))
const redeem = (...files: readonly VoucherFile[]) =>
  redeemVouchers(connection.as('maintainer'), { vouchers: files.map(signedVoucherOf) })
const post = () => done(postEpoch(paths, connection))
const fundedWei = async () => (await rewardPoolTotals(connection.client)).fundedWei
const checks = async () => {
  const { epochs, pool } = await verifyRewards(paths, connection)
  return [...epochs.flatMap((each) => each.checks), ...pool]
}
const failed = async () => (await checks()).filter(({ ok }) => !ok)

describe('answers paid with a voucher', () => {
  test('are not signed for without a deposit, and nothing is noted', async () => {
    await expect(payByVoucher(connection, answers(['one']))).rejects.toMatchObject({ code: 'OL1662' })
    expect(await readInferences(paths)).toEqual([])
    await depositEscrow(connection.as('user'), { account: user.address, amountWei: parseEther('2') })
  })

  test('wait for their voucher to be redeemed; an epoch before that has none of them', async () => {
    const file = await sign('one', 'nobody', 'two')
    expect(BigInt(file.voucher.cumulativeWei)).toBe(3n * fee)
    const sorted = await sortInferences(paths, connection, [])
    expect(sorted.unredeemed.map(({ prompt }) => prompt)).toEqual(['one', 'nobody', 'two'])
    expect([sorted.receipts, sorted.unpaid]).toEqual([[], []])
    await expect(nextEpoch(paths, connection)).rejects.toMatchObject({ code: 'OL1811' })
  })

  test('of two runs at once each signs a voucher of its own, one after the other', async () => {
    const [left, right] = await Promise.all([
      payByVoucher(connection, answers(['three'])),
      payByVoucher(connection, answers(['four'])),
    ])
    expect(left.facts.unsigned.previous).toEqual(right.facts.unsigned.previous)
    const files = await Promise.all([left.carryOut(), right.carryOut()])
    const totals = files.map(({ file }) => BigInt(file.voucher.cumulativeWei)).sort()
    expect(totals).toEqual([4n * fee, 5n * fee])
    expect(readdirSync(join(paths.attribution, 'vouchers'))).toHaveLength(3)
  })

  test('a run that was stopped before it signed is gone on with, by voucher or by itself', async () => {
    let calls = Number.NEGATIVE_INFINITY
    const stopped = await payByVoucher(
      {
        ...connection,
        as(role) {
          if (++calls > 1) throw new Error('killed')
          return connection.as(role)
        },
      },
      answers(['five', 'six']),
    )
    // The inferences are noted between the first and the second use of the account.
    calls = 0
    await expect(stopped.carryOut()).rejects.toThrow('killed')
    const again = await payByVoucher(connection, answers(['five', 'six']))
    expect(again.facts.resumed).toBe(true)
    expect(again.facts.unsigned.inferences).toEqual(stopped.facts.unsigned.inferences)
    const tried = await payInferences(cutAt(connection, 2), answers(['five', 'six']))
    expect(tried.facts).toMatchObject({ resumed: true })
    await expect(tried.carryOut()).rejects.toThrow()
    const rest = await payByVoucher(connection, answers(['five', 'six']))
    expect(rest.facts.unsigned.inferences).toHaveLength(1)
    await rest.carryOut()
    expect((await payInferences(connection, answers(['five', 'six']))).facts.resumed).toBe(false)
  })
})

describe('an epoch of vouchers and payments', () => {
  let posted: Awaited<ReturnType<typeof post>>

  test('allocates what the redemptions and payments of its receipts paid in, to the wei', async () => {
    const before = await fundedWei()
    const files = await readVouchers(paths, connection)
    // The newest alone is redeemed: it holds what the three before it promised.
    const { redeemed } = await redeem(files.at(-1) as VoucherFile)
    expect(redeemed).toMatchObject([{ feeWei: 6n * fee }])
    const poolOfVouchers = (await fundedWei()) - before
    const sorted = await sortInferences(paths, connection, [])
    expect(sorted.redemptions).toHaveLength(1)
    expect(sorted.unredeemed).toEqual([])
    const under = sorted.receipts.filter(({ voucherId }) => voucherId !== undefined)
    expect(under).toHaveLength(5)
    expect(sorted.unattributed.map(({ prompt }) => prompt)).toEqual(['nobody'])
    const allocated = under.reduce((sum, { poolWei }) => sum + BigInt(poolWei), 0n)
    // What no record helped with stays in the pool.
    const left = poolOfVouchers - allocated
    expect(left).toBeGreaterThanOrEqual(poolOfVouchers / 6n)
    expect(left).toBeLessThanOrEqual(poolOfVouchers / 6n + 1n)

    posted = await post()
    expect(posted.epoch.manifest).toMatchObject({ version: 2, receiptCount: 6 })
    expect(BigInt(posted.epoch.manifest.totalAllocatedWei)).toBe((await fundedWei()) - left)
    expect(await failed()).toEqual([])
    expect((await checks()).map(({ name }) => name)).toEqual(expect.arrayContaining(['vouchers', 'allocations']))
  })

  test('is computed again to the same roots, also where nothing was noted', async () => {
    expect((await recomputeEpoch(paths, connection, undefined)).differences).toEqual([])
    renameSync(paths.attribution, join(folder, 'kept'))
    try {
      expect((await recomputeEpoch(paths, connection, undefined)).differences).toEqual([])
    } finally {
      renameSync(join(folder, 'kept'), paths.attribution)
    }
  })

  test('who pays a second time for an inference does not make it false', async () => {
    const receipt = posted.epoch.receipts.find(({ voucherId }) => voucherId !== undefined)
    const { inferenceId } = receipt as { inferenceId: `0x${string}` }
    const call = { modelId, inputTokens: 10, outputTokens: 20 }
    const feeWei = await quoteInference(connection.client, call)
    await payInference(connection.as('user'), { ...call, inferenceId, feeWei })
    expect((await recomputeEpoch(paths, connection, undefined)).differences).toEqual([])
    expect(await failed()).toEqual([])
  })

  test.each([
    ['another inference', (text: string) => text.replace(/"inferenceId":"0x../, '"inferenceId":"0x00')],
    ['a higher fee', (text: string) => text.replace(/"poolWei":"(\d)/, '"poolWei":"1$1')],
    ['another voucher', (text: string) => text.replace(/"head":"0x../, '"head":"0x00')],
    ['none', () => ''],
  ])('with %s in its vouchers it is neither verified nor computed as posted', async (_, change) => {
    const file = join(paths.epoch(1), 'redemptions.jsonl')
    const original = readFileSync(file, 'utf8')
    writeFileSync(file, change(original))
    try {
      expect(await failed()).not.toEqual([])
      const { differences } = await recomputeEpoch(paths, connection, undefined)
      expect(differences.map(({ field }) => field)).toContain('receiptsRoot')
    } finally {
      writeFileSync(file, original)
    }
  })

  test('pays its contributors, and leaves nothing of it for the next', async () => {
    const { paid } = await done(claimAll(paths, connection, { warp: true }))
    expect(paid.reduce((sum, { amountWei }) => sum + amountWei, 0n)).toBe(
      BigInt(posted.epoch.manifest.totalAllocatedWei),
    )
    expect(await failed()).toEqual([])
    await expect(nextEpoch(paths, connection)).rejects.toMatchObject({ code: 'OL1811' })
  })

  test('a voucher of somebody else that names an inference pays nothing for it', async () => {
    const file = await sign('named by another')
    const { inferences } = file
    const other = devAccounts().zed
    const chainOfOther: Connection = { ...connection, as: () => connection.as('zed') }
    await depositEscrow(connection.as('zed'), { account: other.address, amountWei: parseEther('1') })
    const cheap = inferences.map((each) => ({ ...each, feeWei: '10' }))
    const prepared = await prepareVoucher(chainOfOther, { modelId, inferences: cheap, known: [] })
    const foreign = await signPrepared(chainOfOther, prepared)
    await keepVoucher(paths, foreign)
    await redeem(foreign)
    const epochs = await readEpochs(paths)
    expect((await sortInferences(paths, connection, epochs)).receipts).toEqual([])
    await redeem(file)
    const { receipts } = await sortInferences(paths, connection, epochs)
    expect(receipts).toMatchObject([{ feeWei: String(fee), payer: user.address.toLowerCase() }])
  })

  test('the next takes the next voucher, which continues the one that was redeemed', async () => {
    const file = await sign('seven', 'eight')
    await pay('nine')
    await redeem(file)
    const second = await post()
    expect(second.epoch.manifest).toMatchObject({ epoch: 2, version: 2, receiptCount: 4 })
    const { redemptions } = await readEpochFiles(paths.epoch(2))
    expect(redemptions).toHaveLength(2)
    const redemption = redemptions.find(({ inferences }) => inferences.length === 2)
    const before = redemptions.find(({ inferences }) => inferences.length === 1)
    expect(before?.previousHead).toBe(posted.epoch.redemptions[0]?.head)
    expect(redemption).toMatchObject({ previousHead: before?.head, feeWei: String(2n * fee) })
    expect(await failed()).toEqual([])
    await done(claimAll(paths, connection, { warp: true }))
    expect(await failed()).toEqual([])
  })
})
