import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { type Hex, parseEther, zeroHash } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { getBalance } from 'viem/actions'
import { getDatanet } from '../../src/chain/actions/datanets/getDatanet.js'
import { getDatanetIdentity } from '../../src/chain/actions/datanets/getDatanetIdentity.js'
import { getVersion } from '../../src/chain/actions/datanets/getVersion.js'
import { publishVersion } from '../../src/chain/actions/datanets/publishVersion.js'
import { setCurator } from '../../src/chain/actions/datanets/setCurator.js'
import { verifyRecord } from '../../src/chain/actions/datanets/verifyRecord.js'
import { getPayment } from '../../src/chain/actions/inference/getPayment.js'
import { quoteInference } from '../../src/chain/actions/inference/quoteInference.js'
import { getModel } from '../../src/chain/actions/models/getModel.js'
import { setModelPrices } from '../../src/chain/actions/models/setModelPrices.js'
import { challengeEpoch } from '../../src/chain/actions/rewards/challengeEpoch.js'
import { claimMany } from '../../src/chain/actions/rewards/claimMany.js'
import { claimRewards } from '../../src/chain/actions/rewards/claimRewards.js'
import { finalizeEpoch } from '../../src/chain/actions/rewards/finalizeEpoch.js'
import { getBallot } from '../../src/chain/actions/rewards/getBallot.js'
import { getClaimed } from '../../src/chain/actions/rewards/getClaimed.js'
import { getEpoch } from '../../src/chain/actions/rewards/getEpoch.js'
import { getLedger } from '../../src/chain/actions/rewards/getLedger.js'
import { getVote } from '../../src/chain/actions/rewards/getVote.js'
import { postEpoch } from '../../src/chain/actions/rewards/postEpoch.js'
import { resolveEpoch } from '../../src/chain/actions/rewards/resolveEpoch.js'
import { rewardPoolTotals } from '../../src/chain/actions/rewards/rewardPoolTotals.js'
import { settleVote } from '../../src/chain/actions/rewards/settleVote.js'
import { verifyReceipt } from '../../src/chain/actions/rewards/verifyReceipt.js'
import { voteEpoch } from '../../src/chain/actions/rewards/voteEpoch.js'
import { getStake } from '../../src/chain/actions/staking/getStake.js'
import { getStaking } from '../../src/chain/actions/staking/getStaking.js'
import { requestUnstake } from '../../src/chain/actions/staking/requestUnstake.js'
import { stake } from '../../src/chain/actions/staking/stake.js'
import { withdrawStake } from '../../src/chain/actions/staking/withdrawStake.js'
import { withdrawStakingRewards } from '../../src/chain/actions/staking/withdrawStakingRewards.js'
import { getCredit } from '../../src/chain/actions/tokens/getCredit.js'
import { withdrawCredits } from '../../src/chain/actions/tokens/withdrawCredits.js'
import { sendCall } from '../../src/chain/client/sendCall.js'
import { verifyChain } from '../../src/chain/client/verifyChain.js'
import { stakingAbi } from '../../src/chain/contracts/Staking.abi.generated.js'
import { datanetIdentity } from '../../src/datanet/store/datanetIdentity.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { as, claimsOf, hashOf, type Published, pay, prices, publish, rewardsTree, salt } from './story.js'

let devnet: Devnet
let published: Published
const { maintainer, operator, user, mara, tobias } = devAccounts()

beforeAll(async () => {
  devnet = await startDevnet()
  published = await publish(devnet, 'bees')
})

afterAll(() => devnet.stop())

describe('Datanets', () => {
  test('are found by owner and identity, with their versions', async () => {
    const client = as(devnet, 'user')
    const { datanetId, records } = published
    const identity = datanetIdentity('bees', salt)
    const found = await getDatanet(client, { owner: maintainer.address, identity })
    expect(found).toEqual({ datanetId, owner: maintainer.address, versionCount: 1 })
    const others = [
      { owner: maintainer.address, identity: datanetIdentity('wasps', salt) },
      { owner: maintainer.address, identity: datanetIdentity('bees', zeroHash) },
      { owner: mara.address, identity },
    ]
    for (const other of others) expect(await getDatanet(client, { ...other })).toBeUndefined()
    expect(await getDatanetIdentity(client, { datanetId })).toBe(identity)
    expect(await getDatanetIdentity(client, { datanetId: zeroHash })).toBeUndefined()
    expect(await getVersion(client, { datanetId, version: 1 })).toEqual({
      root: records.root,
      contentHash: hashOf('records.jsonl'),
      recordCount: 2,
      publishedAt: expect.any(Number),
    })
  })

  test('prove who contributed a record', async () => {
    const record = { datanetId: published.datanetId, version: 1 }
    const proof = published.records.getProof([hashOf('one'), mara.address, 1]) as Hex[]
    const leaf = { recordId: hashOf('one'), sequence: 1, proof }
    const client = as(devnet, 'user')
    expect(await verifyRecord(client, { ...record, ...leaf, contributor: mara.address })).toBe(true)
    expect(await verifyRecord(client, { ...record, ...leaf, contributor: tobias.address })).toBe(false)
    expect(await verifyRecord(client, { ...record, ...leaf, contributor: mara.address, sequence: 2 })).toBe(false)
  })

  test('are published by curators while the owner lets them', async () => {
    const { datanetId } = await publish(devnet, 'curated')
    const version = {
      datanetId,
      root: hashOf('root'),
      recordCount: 3,
      contentHash: hashOf('content'),
      licence: 'MIT',
    }
    await setCurator(as(devnet, 'maintainer'), { datanetId, account: mara.address, allowed: true })
    expect((await publishVersion(as(devnet, 'mara'), version)).version).toBe(2)
    await setCurator(as(devnet, 'maintainer'), { datanetId, account: mara.address, allowed: false })
    await expect(publishVersion(as(devnet, 'mara'), version)).rejects.toMatchObject({ code: 'OL1604', exitCode: 4 })
  })
})

describe('models', () => {
  test('are registered with what they learnt from, and priced by their owner', async () => {
    const { modelId, datanetId } = await publish(devnet, 'priced')
    const model = await getModel(as(devnet, 'user'), { modelId })
    expect(model).toMatchObject({
      owner: maintainer.address,
      baseHash: hashOf('base'),
      sources: [{ datanetId, version: 1 }],
      ...prices,
    })

    const tokens = { modelId, inputTokens: 100, outputTokens: 250 }
    // 100/1000 * 0.5 + 250/1000 * 2 + 0.01
    expect(await quoteInference(as(devnet, 'user'), tokens)).toBe(parseEther('0.56'))
    await setModelPrices(as(devnet, 'maintainer'), { modelId, inputPriceWei: 1n, outputPriceWei: 0n })
    // Rounded up once to one wei.
    expect(await quoteInference(as(devnet, 'user'), tokens)).toBe(parseEther('0.01') + 1n)
  })
})

test('a payment is divided, recorded, and costs the payer the fee and the gas', async () => {
  const client = as(devnet, 'user')
  const inferenceId = hashOf('a question')
  const [balance, before] = await Promise.all([getBalance(client, { address: user.address }), rewardPoolTotals(client)])
  const paid = await pay(devnet, published.modelId, inferenceId)
  expect(paid).toMatchObject({ feeWei: parseEther('0.56'), poolWei: parseEther('0.385') })
  expect(balance - (await getBalance(client, { address: user.address }))).toBe(paid.feeWei + paid.gasCostWei)
  const after = await rewardPoolTotals(client)
  expect(after.fundedWei - before.fundedWei).toBe(paid.poolWei)
  expect(await getPayment(client, { inferenceId })).toEqual({
    payer: user.address,
    modelId: published.modelId,
    feeWei: paid.feeWei,
    poolWei: paid.poolWei,
  })
  expect(await getPayment(client, { inferenceId: hashOf('unpaid') })).toBeUndefined()

  const credit = { contract: 'InferenceEscrow' } as const
  const owed = await getCredit(client, { ...credit, account: maintainer.address })
  expect(owed).toBe(parseEther('0.11'))
  // Two percent of the net and the platform's fee: the treasury is the timelock.
  const treasury = devnet.addresses.OpenLedgerTimelock
  expect(await getCredit(client, { ...credit, account: treasury })).toBe(parseEther('0.021'))
  expect((await withdrawCredits(as(devnet, 'maintainer'), credit)).amountWei).toBe(owed)
  expect(await getCredit(client, { ...credit, account: maintainer.address })).toBe(0n)
})

test('payments of one account at the same time do not take each other’s place', async () => {
  const ids = ['first', 'second', 'third'].map(hashOf)
  const unknownModel = pay(devnet, hashOf('no such model'), hashOf('fourth'))
  const paid = await Promise.all(ids.map((id) => pay(devnet, published.modelId, id)))
  await expect(unknownModel).rejects.toMatchObject({ code: 'OL1603' })
  expect(new Set(paid.map(({ hash }) => hash)).size).toBe(3)
  for (const inferenceId of ids) expect(await getPayment(as(devnet, 'zed'), { inferenceId })).toBeDefined()
})

test('two epochs are posted, finalized and claimed, to the wei', async () => {
  const client = as(devnet, 'relayer')
  const inferenceId = hashOf('epoch question')
  const { poolWei } = await pay(devnet, published.modelId, inferenceId)
  const receiptHash = hashOf('receipt')
  const receipts = StandardMerkleTree.of([[inferenceId, receiptHash, poolWei]], ['bytes32', 'bytes32', 'uint256'])
  const first = rewardsTree(devnet, [
    [mara.address, poolWei - 7n],
    [tobias.address, 7n],
  ])
  const { bondWei, window } = await getLedger(client)
  const posted = await postEpoch(as(devnet, 'operator'), {
    receiptsRoot: receipts.root as Hex,
    rewardsRoot: first.root as Hex,
    totalAllocatedWei: poolWei,
    receiptCount: 1,
    manifestHash: hashOf('manifest'),
    bondWei,
  })
  expect(posted.epoch).toBe(1)
  expect(await getEpoch(client, { epoch: 1 })).toMatchObject({
    status: 'pending',
    challengeableUntil: posted.challengeableUntil,
    totalAllocatedWei: poolWei,
  })
  const receipt = { epoch: 1, inferenceId, receiptHash, poolWei, proof: [] }
  expect(await verifyReceipt(client, receipt)).toBe(false)

  await warp(devnet, window)
  const finalized = await finalizeEpoch(client, { epoch: 1 })
  expect(finalized).toMatchObject({ rewardsRoot: first.root, totalAllocatedWei: poolWei })
  expect(await getEpoch(client, { epoch: 1 })).toMatchObject({ status: 'finalized', receiptCount: 1 })
  expect(await getLedger(client)).toMatchObject({
    epochCount: 1,
    activeEpoch: 1,
    activeRoot: first.root,
    operator: operator.address,
  })
  expect(await verifyReceipt(client, receipt)).toBe(true)
  expect(await verifyReceipt(client, { ...receipt, poolWei: poolWei + 1n })).toBe(false)
  const bond = { contract: 'AttributionLedger' } as const
  expect((await withdrawCredits(as(devnet, 'operator'), bond)).amountWei).toBe(bondWei)

  const [claim] = claimsOf(first)
  if (claim === undefined) throw new Error('no claim')
  const had = await getBalance(client, { address: claim.account })
  const claimed = await claimRewards(client, { ...claim })
  expect(claimed).toMatchObject({ amountWei: claim.cumulativeWei, cumulativeWei: claim.cumulativeWei })
  // The relayer paid the gas.
  expect((await getBalance(client, { address: claim.account })) - had).toBe(claim.cumulativeWei)
  expect(await getClaimed(client, { account: claim.account })).toBe(claim.cumulativeWei)

  const more = await pay(devnet, published.modelId, hashOf('another question'))
  const second = rewardsTree(devnet, [
    [mara.address, poolWei - 7n + more.poolWei],
    [tobias.address, 7n],
  ])
  const next = { receiptsRoot: hashOf('receipts'), receiptCount: 1, manifestHash: hashOf('manifest 2'), bondWei }
  const roots = { rewardsRoot: second.root as Hex, totalAllocatedWei: poolWei + more.poolWei }
  const { epoch } = await postEpoch(as(devnet, 'operator'), { ...next, ...roots })
  await warp(devnet, window)
  await finalizeEpoch(client, { epoch })
  const batch = await claimMany(client, { claims: claimsOf(second) })
  const due = new Map(claimsOf(second).map(({ account, cumulativeWei }) => [account, cumulativeWei]))
  due.set(claim.account, (due.get(claim.account) ?? 0n) - claim.cumulativeWei)
  const expected = [...due].filter(([, wei]) => wei > 0n)
  expect(new Map(batch.paid.map(({ account, amountWei }) => [account, amountWei]))).toEqual(new Map(expected))
  expect(batch.refused).toEqual([])
})

describe('a challenge', () => {
  const staked = { ines: parseEther('300'), kwame: parseEther('100'), zed: parseEther('200') } as const

  beforeAll(async () => {
    for (const name of ['ines', 'kwame', 'zed'] as const) await stake(as(devnet, name), { amountWei: staked[name] })
    await warp(devnet, 1)
  })

  /** What the operator posts, with a rewards root that is wrong or right. */
  async function postRoot(rewardsRoot: Hex): Promise<number> {
    const client = as(devnet, 'operator')
    await pay(devnet, published.modelId, hashOf(`for ${rewardsRoot}`))
    const { fundedWei } = await rewardPoolTotals(client)
    const { bondWei } = await getLedger(client)
    const roots = { receiptsRoot: hashOf('r'), rewardsRoot, manifestHash: hashOf('m') }
    const numbers = { totalAllocatedWei: fundedWei, receiptCount: 1, bondWei }
    return (await postEpoch(client, { ...roots, ...numbers })).epoch
  }

  test('that most stake agrees with leaves the old root active, and is paid to who voted for it', async () => {
    const client = as(devnet, 'ines')
    const { activeRoot, votePeriod, window, slashBps, treasury } = await getLedger(client)
    const epoch = await postRoot(hashOf('wrong'))
    const { bondWei } = await getEpoch(client, { epoch })
    const challenged = await challengeEpoch(client, { epoch, claimedRewardsRoot: hashOf('right'), bondWei })
    expect(challenged.weightWei).toBe(staked.ines)
    expect((await getEpoch(client, { epoch })).status).toBe('challenged')
    await voteEpoch(as(devnet, 'kwame'), { epoch, rewardsRoot: hashOf('right') })
    await voteEpoch(as(devnet, 'zed'), { epoch, rewardsRoot: hashOf('wrong') })
    expect(await getVote(client, { epoch })).toMatchObject({
      outcome: 'none',
      castWei: parseEther('600'),
      totalWei: parseEther('600'),
      leadingRoot: hashOf('right'),
      leadingWei: parseEther('400'),
      rivals: 1,
    })
    const zed = { account: devAccounts().zed.address }
    await requestUnstake(as(devnet, 'zed'), { amountWei: staked.zed })

    await warp(devnet, window + votePeriod)
    const resolved = await resolveEpoch(as(devnet, 'relayer'), { epoch })
    expect(resolved).toMatchObject({ outcome: 'overturned', rewardsRoot: hashOf('right'), forfeitedWei: bondWei })
    expect((await getEpoch(client, { epoch })).status).toBe('rejected')
    expect((await getVote(client, { epoch })).outcome).toBe('overturned')
    expect((await getLedger(client)).activeRoot).toBe(activeRoot)

    // Three quarters of half a bond to ines, the other quarter to kwame; the bond of the challenge back.
    const settled = await settleVote(client, { account: devAccounts().ines.address })
    expect(settled).toMatchObject({ epoch, rewardWei: (bondWei * 3n) / 8n, slashedWei: 0n })
    const credits = await withdrawCredits(client, { contract: 'AttributionLedger' })
    expect(credits.amountWei).toBe(bondWei + (bondWei * 3n) / 8n)

    // zed's stake waits for the settlement, and pays for the false vote.
    await warp(devnet, 7 * 86_400)
    await expect(withdrawStake(as(devnet, 'zed'))).rejects.toMatchObject({ code: 'OL1637' })
    expect(await getBallot(client, { account: zed.account })).toEqual({
      epoch,
      rewardsRoot: hashOf('wrong'),
      weightWei: staked.zed,
    })
    const lost = (staked.zed * BigInt(slashBps)) / 10_000n
    expect((await settleVote(client, { account: zed.account })).slashedWei).toBe(lost)
    expect(await getBallot(client, { account: zed.account })).toBeUndefined()
    expect((await withdrawStake(as(devnet, 'zed'))).amountWei).toBe(staked.zed - lost)
    expect(await getCredit(client, { contract: 'Staking', account: treasury })).toBe(lost)
  })

  test('that most stake disagrees with makes the epoch final at once', async () => {
    const epoch = await postRoot(hashOf('right indeed'))
    const kwame = as(devnet, 'kwame')
    await voteEpoch(as(devnet, 'ines'), { epoch, rewardsRoot: hashOf('right indeed') })
    const { bondWei } = await getEpoch(kwame, { epoch })
    await challengeEpoch(kwame, { epoch, claimedRewardsRoot: zeroHash, bondWei })
    const { window } = await getLedger(kwame)
    // 300 of 400: no need to wait for the end of the vote.
    await warp(devnet, window)
    expect(await resolveEpoch(kwame, { epoch })).toMatchObject({ outcome: 'upheld' })
    expect((await getLedger(kwame)).activeRoot).toBe(hashOf('right indeed'))
    expect((await getEpoch(kwame, { epoch })).status).toBe('finalized')
  })
})

test('stake earns the stakers’ part over the next period, and says so', async () => {
  const client = as(devnet, 'user')
  const { minStakeWei, unbondingPeriod } = await getStaking(client)
  expect({ minStakeWei, unbondingPeriod }).toEqual({ minStakeWei: parseEther('100'), unbondingPeriod: 7 * 86_400 })
  const before = (await getStaking(client)).totalActiveWei
  expect((await stake(client, { amountWei: minStakeWei })).activeWei).toBe(minStakeWei)
  expect((await getStaking(client)).totalActiveWei).toBe(before + minStakeWei)

  await sendCall(client, {
    contract: 'Staking',
    abi: stakingAbi,
    functionName: 'fund',
    args: [],
    value: parseEther('7'),
  })
  expect((await getStaking(client)).nextPeriodWei).toBe(parseEther('7'))
  await expect(withdrawStakingRewards(client)).rejects.toMatchObject({ code: 'OL1636' })
  await warp(devnet, 14 * 86_400)
  const { rewardsWei, locked } = await getStake(client, { account: user.address })
  const due = (parseEther('7') * minStakeWei) / (before + minStakeWei)
  expect(Number(due - rewardsWei)).toBeLessThanOrEqual(1)
  expect(locked).toBe(false)
  expect((await withdrawStakingRewards(client)).amountWei).toBe(rewardsWei)
})

test('250 accounts are paid in three transactions', async () => {
  const client = as(devnet, 'relayer')
  const { poolWei } = await pay(devnet, published.modelId, hashOf('many'))
  const { fundedWei } = await rewardPoolTotals(client)
  const accounts = Array.from({ length: 250 }, () => privateKeyToAddress(generatePrivateKey()))
  const each = poolWei / 250n
  const tree = rewardsTree(
    devnet,
    accounts.map((account) => [account, each]),
  )
  const { bondWei, window } = await getLedger(client)
  const { epoch } = await postEpoch(as(devnet, 'operator'), {
    receiptsRoot: hashOf('many receipts'),
    rewardsRoot: tree.root as Hex,
    totalAllocatedWei: fundedWei,
    receiptCount: 1,
    manifestHash: hashOf('many manifest'),
    bondWei,
  })
  await warp(devnet, window)
  await finalizeEpoch(client, { epoch })
  const { paid, transactions } = await claimMany(client, { claims: claimsOf(tree) })
  expect(transactions).toHaveLength(3)
  expect(paid).toHaveLength(250)
  expect(paid.every(({ amountWei }) => amountWei === each)).toBe(true)
  expect(new Set(paid.map(({ account }) => account))).toEqual(new Set(accounts))
  const balances = await Promise.all(accounts.map((address) => getBalance(client, { address })))
  expect(balances).toEqual(Array(250).fill(each))
})

test('the chain is the one that was configured', async () => {
  await expect(verifyChain(as(devnet, 'user'))).resolves.toBeUndefined()
})
