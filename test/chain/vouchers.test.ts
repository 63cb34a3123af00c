import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Hex, hashTypedData, parseEther, zeroHash } from 'viem'
import { depositEscrow } from '../../src/chain/actions/inference/depositEscrow.js'
import { getDeposit } from '../../src/chain/actions/inference/getDeposit.js'
import { getRedeemed } from '../../src/chain/actions/inference/getRedeemed.js'
import { getRedemption } from '../../src/chain/actions/inference/getRedemption.js'
import { priceInference } from '../../src/chain/actions/inference/priceInference.js'
import { redeemVouchers } from '../../src/chain/actions/inference/redeemVouchers.js'
import { requestWithdrawal } from '../../src/chain/actions/inference/requestWithdrawal.js'
import { withdrawDeposit } from '../../src/chain/actions/inference/withdrawDeposit.js'
import { rewardPoolTotals } from '../../src/chain/actions/rewards/rewardPoolTotals.js'
import { readCall } from '../../src/chain/client/readCall.js'
import { inferenceEscrowAbi } from '../../src/chain/contracts/InferenceEscrow.abi.generated.js'
import {
  inferencesHead,
  type SignedVoucher,
  signVoucher,
  type VoucherInference,
  voucherIdOf,
  voucherTypedData,
} from '../../src/chain/values/voucher.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { as, hashOf, publish } from './story.js'

let devnet: Devnet
let modelId: Hex
let escrow: Hex
const { user, tobias } = devAccounts()

beforeAll(async () => {
  devnet = await startDevnet()
  ;({ modelId } = await publish(devnet, 'vouchers'))
  escrow = devnet.addresses.InferenceEscrow
})

afterAll(() => devnet.stop())

const signed = (cumulativeWei: bigint, inferences: Hex, account = user): Promise<SignedVoucher> =>
  signVoucher(account, {
    chainId: devnet.l2.chainId,
    escrow,
    voucher: { payer: account.address, modelId, cumulativeWei, inferences },
  })

test('an id is what the escrow computes, and what any wallet signs', async () => {
  const { voucher } = await signed(7n, hashOf('head'))
  const domain = { chainId: devnet.l2.chainId, escrow, voucher }
  const { cumulativeWei: cumulative, ...rest } = voucher
  const onChain = await readCall(as(devnet, 'zed'), {
    contract: 'InferenceEscrow',
    abi: inferenceEscrowAbi,
    functionName: 'voucherIdOf',
    args: [{ ...rest, cumulative }],
  })
  expect(voucherIdOf(domain)).toBe(onChain)
  expect(hashTypedData(voucherTypedData(domain))).toBe(onChain)
})

test('answers are paid from a deposit, redeemed by anyone, and checked against their inferences', async () => {
  const anyone = as(devnet, 'relayer')
  const tokens = { modelId, inputTokens: 100, outputTokens: 250 }
  const feeWei = await priceInference(anyone, tokens)
  // 100/1000 * 0.5 + 250/1000 * 2, and no platform fee.
  expect(feeWei).toBe(parseEther('0.55'))
  await depositEscrow(as(devnet, 'user'), { account: user.address, amountWei: parseEther('2') })
  const answers: VoucherInference[] = ['one', 'two', 'three'].map((id) => ({ inferenceId: hashOf(id), feeWei }))
  const firstHead = inferencesHead(answers.slice(0, 1))
  const first = await signed(feeWei, firstHead)
  const third = await signed(3n * feeWei, inferencesHead(answers.slice(1), firstHead))
  expect(third.voucher.inferences).toBe(inferencesHead(answers))
  expect(inferencesHead([])).toBe(zeroHash)

  const { fundedWei: before } = await rewardPoolTotals(anyone)
  const alone = await redeemVouchers(anyone, { vouchers: [first] })
  expect(alone).toMatchObject({ redeemed: [{ feeWei, poolWei: (feeWei * 7n) / 10n }], skipped: [] })
  // The old one again, one of somebody without a deposit, and the newest.
  const strangers = await signed(1n, zeroHash, tobias)
  const batch = await redeemVouchers(anyone, { vouchers: [first, strangers, third] })
  expect(batch.redeemed.map((each) => each.feeWei)).toEqual([2n * feeWei])
  expect(batch.skipped).toHaveLength(2)
  const { fundedWei } = await rewardPoolTotals(anyone)
  expect(fundedWei - before).toBe((3n * feeWei * 7n) / 10n)
  expect(await getRedeemed(anyone, { payer: user.address, modelId })).toBe(3n * feeWei)

  // What a verifier does: the fees of the inferences since the voucher before sum to what was redeemed.
  const redemption = await getRedemption(anyone, { voucher: third.voucher })
  expect(redemption?.feeWei).toBe(answers.slice(1).reduce((sum, answer) => sum + answer.feeWei, 0n))
  const altered = { ...third.voucher, inferences: inferencesHead([...answers].reverse().slice(1), firstHead) }
  expect(altered.inferences).not.toBe(third.voucher.inferences)
  expect(await getRedemption(anyone, { voucher: altered })).toBeUndefined()
})

test('a voucher that cannot be redeemed is refused with the reason', async () => {
  const anyone = as(devnet, 'relayer')
  const redeem = (voucher: SignedVoucher) => redeemVouchers(anyone, { vouchers: [voucher] })
  const redeemed = await getRedeemed(anyone, { payer: user.address, modelId })
  const old = await signed(redeemed, zeroHash)
  await expect(redeem(old)).rejects.toMatchObject({
    code: 'OL1636',
    message: expect.stringContaining('InferenceEscrow__NothingNew('),
  })
  await expect(redeem(await signed(redeemed + parseEther('100'), zeroHash))).rejects.toMatchObject({
    code: 'OL1603',
    message: expect.stringContaining('InferenceEscrow__AboveDeposit('),
  })
  const forged = { ...old, voucher: { ...old.voucher, cumulativeWei: redeemed + 1n } }
  await expect(redeem(forged)).rejects.toMatchObject({
    code: 'OL1605',
    exitCode: 6,
    message: expect.stringContaining('InferenceEscrow__WrongSignature('),
  })
  await expect(redeemVouchers(anyone, { vouchers: [old, old] })).rejects.toMatchObject({
    message: expect.stringContaining('InferenceEscrow__NothingRedeemed()'),
  })
  expect(await redeemVouchers(anyone, { vouchers: [] })).toEqual({
    redeemed: [],
    skipped: [],
    transactions: [],
  })
})

test('a deposit comes back after the delay, less what vouchers took', async () => {
  const payer = as(devnet, 'user')
  const account = { account: user.address }
  const { balanceWei } = await getDeposit(payer, account)
  await expect(withdrawDeposit(payer)).rejects.toMatchObject({ code: 'OL1636' })
  const { availableAt } = await requestWithdrawal(payer, { amountWei: balanceWei })
  expect(await getDeposit(payer, account)).toEqual({
    balanceWei,
    withdrawingWei: balanceWei,
    availableAt,
    spendableWei: 0n,
  })
  await expect(withdrawDeposit(payer)).rejects.toMatchObject({
    message: expect.stringContaining('InferenceEscrow__WithdrawalTooEarly('),
  })
  const redeemed = await getRedeemed(payer, { payer: user.address, modelId })
  await redeemVouchers(payer, { vouchers: [await signed(redeemed + 5n, hashOf('late'))] })
  await warp(devnet, 86_400)
  expect((await withdrawDeposit(payer)).amountWei).toBe(balanceWei - 5n)
  expect((await getDeposit(payer, account)).balanceWei).toBe(0n)
})
