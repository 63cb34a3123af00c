import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Hex, parseEther } from 'viem'
import { acceptOwnership } from '../../src/chain/actions/common/acceptOwnership.js'
import { transferOwnership } from '../../src/chain/actions/common/transferOwnership.js'
import { acceptShares } from '../../src/chain/actions/datanets/acceptShares.js'
import { approveAccess } from '../../src/chain/actions/datanets/approveAccess.js'
import { cancelAccessRequest } from '../../src/chain/actions/datanets/cancelAccessRequest.js'
import { collectIncome } from '../../src/chain/actions/datanets/collectIncome.js'
import { createDatanet } from '../../src/chain/actions/datanets/createDatanet.js'
import { fundDatanets } from '../../src/chain/actions/datanets/fundDatanets.js'
import { getAccess } from '../../src/chain/actions/datanets/getAccess.js'
import { getAccessRequest } from '../../src/chain/actions/datanets/getAccessRequest.js'
import { getShares } from '../../src/chain/actions/datanets/getShares.js'
import { grantAccess } from '../../src/chain/actions/datanets/grantAccess.js'
import { mayContribute } from '../../src/chain/actions/datanets/mayContribute.js'
import { offerShares } from '../../src/chain/actions/datanets/offerShares.js'
import { publishVersion } from '../../src/chain/actions/datanets/publishVersion.js'
import { rejectAccess } from '../../src/chain/actions/datanets/rejectAccess.js'
import { requestAccess } from '../../src/chain/actions/datanets/requestAccess.js'
import { revokeAccess } from '../../src/chain/actions/datanets/revokeAccess.js'
import { setAccessPrice } from '../../src/chain/actions/datanets/setAccessPrice.js'
import { setContributors } from '../../src/chain/actions/datanets/setContributors.js'
import { setDatanetPolicy } from '../../src/chain/actions/datanets/setDatanetPolicy.js'
import { getModel } from '../../src/chain/actions/models/getModel.js'
import { registerModel } from '../../src/chain/actions/models/registerModel.js'
import { fundStakers } from '../../src/chain/actions/staking/fundStakers.js'
import { getCredit } from '../../src/chain/actions/tokens/getCredit.js'
import { withdrawCredits } from '../../src/chain/actions/tokens/withdrawCredits.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { as, hashOf, pay, prices, publish, salt } from './story.js'

let devnet: Devnet
let datanetId: Hex
const { mara, tobias, maintainer, zed } = devAccounts()
const priceWei = parseEther('90')
const periodSeconds = 90 * 86_400

beforeAll(async () => {
  devnet = await startDevnet()
  const policy = { permissionedContribution: true, permissionedAccess: true, contributorsHaveAccess: false }
  const owner = as(devnet, 'maintainer')
  datanetId = (await createDatanet(owner, { name: 'guarded', salt, licence: 'CC-BY-4.0', policy })).datanetId
  const version = { root: hashOf('root'), recordCount: 1, contentHash: hashOf('content') }
  await publishVersion(owner, { datanetId, ...version, licence: 'CC-BY-NC-4.0', cid: 'bafyguarded' })
  await setAccessPrice(owner, { datanetId, priceWei })
})

afterAll(() => devnet.stop())

const registration = (name: string) => ({
  baseHash: hashOf('base'),
  adapterHash: hashOf(name),
  manifestHash: hashOf('manifest'),
  sources: [{ datanetId, version: 1 }],
  ...prices,
})

describe('access to a guarded Datanet', () => {
  test('is asked for, paid for, granted, used, and taken back', async () => {
    const [asker, owner] = [as(devnet, 'mara'), as(devnet, 'maintainer')]
    const of = { datanetId, account: mara.address }
    const ask = { datanetId, periodSeconds, purpose: 'a model for sailors', priceWei }
    await expect(registerModel(asker, registration('before'))).rejects.toMatchObject({ code: 'OL1604', exitCode: 4 })
    await expect(requestAccess(asker, { ...ask, priceWei: priceWei - 1n })).rejects.toMatchObject({
      code: 'OL1603',
      message: expect.stringContaining('DatanetRegistry__PriceTooLow('),
    })

    const { requestId } = await requestAccess(asker, ask)
    expect(await getAccessRequest(asker, { requestId })).toMatchObject({
      datanetId,
      account: mara.address,
      priceWei,
      periodSeconds,
      status: 'pending',
    })
    expect(await getAccess(asker, of)).toEqual({ allowed: false, grantedUntil: 0, priceWei })
    await expect(approveAccess(asker, { requestId })).rejects.toMatchObject({ code: 'OL1604' })
    const { until } = await approveAccess(owner, { requestId })
    expect(await getAccess(asker, of)).toEqual({ allowed: true, grantedUntil: until, priceWei })
    const { modelId } = await registerModel(asker, registration('with a grant'))
    expect((await getModel(asker, { modelId })).sources).toEqual([{ datanetId, version: 1 }])

    await warp(devnet, periodSeconds / 3)
    const { refundWei } = await revokeAccess(owner, { ...of, reason: 'licence broken' })
    // Two thirds, but for the seconds that blocks took.
    expect(Number(refundWei)).toBeCloseTo(Number((priceWei * 2n) / 3n), -16)
    await expect(registerModel(asker, registration('after'))).rejects.toMatchObject({ code: 'OL1604' })
    const credit = { contract: 'DatanetRegistry' } as const
    expect((await withdrawCredits(asker, credit)).amountWei).toBe(refundWei)
    const { incomeWei } = await getShares(owner, { ...of, account: maintainer.address })
    expect(incomeWei).toBeLessThanOrEqual(priceWei - refundWei)
    expect(priceWei - refundWei - incomeWei).toBeLessThan(10_000n)
  })

  test('that is not granted costs nothing', async () => {
    const [asker, owner] = [as(devnet, 'tobias'), as(devnet, 'maintainer')]
    const ask = { datanetId, periodSeconds, purpose: 'another model', priceWei }
    const { requestId: rejected } = await requestAccess(asker, ask)
    await rejectAccess(owner, { requestId: rejected, reason: 'not this purpose' })
    const { requestId: cancelled } = await requestAccess(asker, ask)
    await expect(cancelAccessRequest(as(devnet, 'zed'), { requestId: cancelled })).rejects.toMatchObject({
      code: 'OL1604',
    })
    await cancelAccessRequest(asker, { requestId: cancelled })
    const states = await Promise.all([rejected, cancelled].map((requestId) => getAccessRequest(asker, { requestId })))
    expect(states.map((state) => state?.status)).toEqual(['rejected', 'cancelled'])
    expect(await getAccessRequest(asker, { requestId: 999 })).toBeUndefined()
    const credit = { contract: 'DatanetRegistry' } as const
    expect(await getCredit(asker, { ...credit, account: tobias.address })).toBe(2n * priceWei)
  })

  test('is a matter of roles and policy, too', async () => {
    const owner = as(devnet, 'maintainer')
    const of = { datanetId, account: zed.address }
    expect(await mayContribute(owner, of)).toBe(false)
    await setContributors(owner, { datanetId, accounts: [zed.address], allowed: true })
    expect(await mayContribute(owner, of)).toBe(true)
    expect((await getAccess(owner, of)).allowed).toBe(false)
    const policy = { permissionedContribution: true, permissionedAccess: true, contributorsHaveAccess: true }
    await setDatanetPolicy(owner, { datanetId, policy })
    expect((await getAccess(owner, of)).allowed).toBe(true)
    await setContributors(owner, { datanetId, accounts: [zed.address], allowed: false })
    const { until } = await grantAccess(owner, { ...of, periodSeconds })
    expect(await getAccess(owner, of)).toMatchObject({ allowed: true, grantedUntil: until })
  })
})

test('the income of a Datanet follows its shares, control does not', async () => {
  const { datanetId: id, modelId } = await publish(devnet, 'shared')
  const [seller, buyer] = [as(devnet, 'maintainer'), as(devnet, 'mara')]
  const terms = { datanetId: id, shares: 2_500, priceWei: parseEther('3') }
  const expiresAt = 2 ** 40
  await offerShares(seller, { ...terms, to: mara.address, expiresAt })
  await expect(
    acceptShares(buyer, { ...terms, from: maintainer.address, priceWei: parseEther('2') }),
  ).rejects.toMatchObject({ code: 'OL1603', message: expect.stringContaining('DatanetRegistry__NoSuchOffer(') })
  await acceptShares(buyer, { ...terms, from: maintainer.address })

  await pay(devnet, modelId, hashOf('for the Datanet'))
  // 3 % of 0.55, to one Datanet.
  expect((await fundDatanets(buyer, { modelId })).amountEachWei).toBe(parseEther('0.0165'))
  expect(await getShares(buyer, { datanetId: id, account: mara.address })).toEqual({
    shares: 2_500,
    incomeWei: parseEther('0.004125'),
  })
  const collected = await collectIncome(buyer, { datanetIds: [id], account: mara.address })
  expect(collected.amountWei).toBe(parseEther('0.004125'))
  expect((await fundStakers(buyer)).amountWei).toBe(parseEther('0.0275'))

  const model = { contract: 'ModelRegistry', id: modelId } as const
  await transferOwnership(seller, { ...model, to: mara.address })
  await expect(acceptOwnership(as(devnet, 'zed'), model)).rejects.toMatchObject({ code: 'OL1604' })
  await acceptOwnership(buyer, model)
  const { owner } = await getModel(buyer, { modelId })
  expect(owner).toBe(mara.address)
})
