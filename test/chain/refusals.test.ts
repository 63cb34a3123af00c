import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Address, formatEther, type Hex, parseEther, zeroHash } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { getBalance } from 'viem/actions'
import { createDatanet } from '../../src/chain/actions/datanets/createDatanet.js'
import { getVersion } from '../../src/chain/actions/datanets/getVersion.js'
import { publishVersion } from '../../src/chain/actions/datanets/publishVersion.js'
import { setCurator } from '../../src/chain/actions/datanets/setCurator.js'
import { payInference } from '../../src/chain/actions/inference/payInference.js'
import { quoteInference } from '../../src/chain/actions/inference/quoteInference.js'
import { getModel } from '../../src/chain/actions/models/getModel.js'
import { registerModel } from '../../src/chain/actions/models/registerModel.js'
import { setModelPrices } from '../../src/chain/actions/models/setModelPrices.js'
import { challengeEpoch } from '../../src/chain/actions/rewards/challengeEpoch.js'
import { claimMany } from '../../src/chain/actions/rewards/claimMany.js'
import { claimRewards } from '../../src/chain/actions/rewards/claimRewards.js'
import { finalizeEpoch } from '../../src/chain/actions/rewards/finalizeEpoch.js'
import { getEpoch } from '../../src/chain/actions/rewards/getEpoch.js'
import { getLedger } from '../../src/chain/actions/rewards/getLedger.js'
import { postEpoch } from '../../src/chain/actions/rewards/postEpoch.js'
import { resolveEpoch } from '../../src/chain/actions/rewards/resolveEpoch.js'
import { settleVote } from '../../src/chain/actions/rewards/settleVote.js'
import { voteEpoch } from '../../src/chain/actions/rewards/voteEpoch.js'
import { stake } from '../../src/chain/actions/staking/stake.js'
import { withdrawCredits } from '../../src/chain/actions/tokens/withdrawCredits.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { defineNetwork } from '../../src/chain/client/networks.js'
import { verifyChain } from '../../src/chain/client/verifyChain.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'
import { warp } from '../../src/devnet/state/warp.js'
import { as, claimsOf, hashOf, type Published, pay, prices, publish, rewardsTree, salt } from './story.js'

let devnet: Devnet
let published: Published
const { mara } = devAccounts()
const unknown = hashOf('unknown')

beforeAll(async () => {
  devnet = await startDevnet()
  published = await publish(devnet, 'bees')
})

afterAll(() => devnet.stop())

/** The call fails with this code, and its message names contract, function and custom error. */
const refused = (call: Promise<unknown>, code: string, message: string): Promise<void> =>
  expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(message) })

describe('DatanetRegistry', () => {
  test('refuses with the reason', async () => {
    const { datanetId } = published
    const maintainer = as(devnet, 'maintainer')
    const version = {
      datanetId,
      root: hashOf('root'),
      recordCount: 1,
      contentHash: hashOf('content'),
      licence: 'MIT',
    }
    const create = { name: 'bees', salt, licence: 'MIT' }
    await refused(
      createDatanet(maintainer, { ...create, name: '' }),
      'OL1603',
      'DatanetRegistry.create was refused: DatanetRegistry__EmptyName()',
    )
    await refused(
      createDatanet(maintainer, { ...create, licence: '' }),
      'OL1603',
      'DatanetRegistry__EmptyLicence(name=bees)',
    )
    await refused(createDatanet(maintainer, create), 'OL1603', `DatanetRegistry__AlreadyExists(id=${datanetId})`)
    await refused(
      publishVersion(maintainer, { ...version, datanetId: unknown }),
      'OL1603',
      `DatanetRegistry.publish was refused: DatanetRegistry__UnknownDatanet(id=${unknown})`,
    )
    await refused(
      publishVersion(maintainer, { ...version, root: zeroHash }),
      'OL1603',
      'DatanetRegistry__EmptyVersion(',
    )
    await refused(
      publishVersion(as(devnet, 'zed'), version),
      'OL1604',
      `DatanetRegistry.publish is not permitted: DatanetRegistry__NotCurator(id=${datanetId}, caller=${devAccounts().zed.address})`,
    )
    await refused(
      setCurator(as(devnet, 'zed'), { datanetId, account: mara.address, allowed: true }),
      'OL1604',
      'DatanetRegistry__NotOwner(',
    )
    await refused(
      getVersion(maintainer, { datanetId, version: 9 }),
      'OL1603',
      'DatanetRegistry.version was refused: DatanetRegistry__UnknownVersion',
    )
  })
})

describe('ModelRegistry', () => {
  test('refuses with the reason', async () => {
    const maintainer = as(devnet, 'maintainer')
    const { datanetId, modelId } = published
    const hashes = {
      baseHash: hashOf('base'),
      adapterHash: hashOf('adapter of bees'),
      manifestHash: hashOf('manifest'),
    }
    const model = { ...hashes, sources: [{ datanetId, version: 1 }], ...prices }
    await refused(
      registerModel(maintainer, model),
      'OL1603',
      `ModelRegistry.register was refused: ModelRegistry__AlreadyRegistered(modelId=${modelId})`,
    )
    await refused(
      registerModel(maintainer, { ...model, adapterHash: hashOf('other'), sources: [{ datanetId, version: 2 }] }),
      'OL1603',
      'ModelRegistry__UnknownDatanetVersion(',
    )
    await refused(registerModel(maintainer, { ...model, baseHash: zeroHash }), 'OL1603', 'ModelRegistry__ZeroHash(')
    await refused(
      getModel(maintainer, { modelId: unknown }),
      'OL1603',
      `ModelRegistry__UnknownModel(modelId=${unknown})`,
    )
    await refused(setModelPrices(as(devnet, 'zed'), { modelId, ...prices }), 'OL1604', 'ModelRegistry__NotOwner(')
  })
})

describe('InferenceEscrow', () => {
  test('refuses with the reason, also that of a contract behind it', async () => {
    const user = as(devnet, 'user')
    const tokens = { modelId: published.modelId, inputTokens: 1, outputTokens: 1 }
    await pay(devnet, published.modelId, hashOf('paid'))
    const feeWei = await quoteInference(user, tokens)
    const payment = { ...tokens, inferenceId: hashOf('new'), feeWei }
    await refused(
      quoteInference(user, { ...tokens, modelId: unknown }),
      'OL1603',
      'InferenceEscrow.quote was refused: ModelRegistry__UnknownModel(',
    )
    await refused(
      payInference(user, { ...payment, feeWei: feeWei + 1n }),
      'OL1603',
      `InferenceEscrow__WrongPayment(sent=${feeWei + 1n}, quoted=${feeWei})`,
    )
    await refused(
      payInference(user, { ...payment, inferenceId: hashOf('paid') }),
      'OL1603',
      'InferenceEscrow__AlreadyPaid(',
    )
    await refused(
      withdrawCredits(as(devnet, 'zed'), { contract: 'InferenceEscrow' }),
      'OL1636',
      'InferenceEscrow.withdraw has nothing to do: PullPayment__NothingToWithdraw(',
    )
    await expect(payInference(user, { ...payment, feeWei: 0n })).rejects.toMatchObject({
      hint: `The price has changed: ask for a new quote (${formatEther(feeWei)} OPEN now) and pay exactly that.`,
    })
  })
})

test('AttributionLedger and RewardPool refuse with the reason', async () => {
  const operator = as(devnet, 'operator')
  const relayer = as(devnet, 'relayer')
  const { poolWei } = await pay(devnet, published.modelId, hashOf('for the ledger'))
  const tree = rewardsTree(devnet, [
    [mara.address, poolWei - 1n],
    [devAccounts().tobias.address, 1n],
  ])
  const { bondWei, window } = await getLedger(operator)
  const epoch = {
    receiptsRoot: hashOf('receipts'),
    rewardsRoot: tree.root as Hex,
    totalAllocatedWei: poolWei,
    receiptCount: 1,
    manifestHash: hashOf('manifest'),
    bondWei,
  }
  const [claim] = claimsOf(tree)
  if (claim === undefined) throw new Error('no claim')

  await refused(
    claimRewards(relayer, { ...claim }),
    'OL1603',
    'RewardPool.claimFor was refused: RewardPool__NoActiveRoot()',
  )
  await refused(postEpoch(as(devnet, 'zed'), epoch), 'OL1604', 'AttributionLedger__NotOperator(')
  await refused(
    postEpoch(operator, { ...epoch, bondWei: 1n }),
    'OL1603',
    `AttributionLedger__WrongBond(sent=1, required=${bondWei})`,
  )
  await refused(postEpoch(operator, { ...epoch, receiptsRoot: zeroHash }), 'OL1603', 'AttributionLedger__ZeroRoot(')
  await refused(postEpoch(operator, { ...epoch, totalAllocatedWei: 0n }), 'OL1603', 'AttributionLedger__NotIncreasing(')
  await refused(
    postEpoch(operator, { ...epoch, totalAllocatedWei: 10n ** 24n }),
    'OL1605',
    'AttributionLedger.post found a mismatch: AttributionLedger__Insolvent(',
  )
  await refused(getEpoch(operator, { epoch: 1 }), 'OL1603', 'AttributionLedger__UnknownEpoch(epoch=1, epochCount=0)')

  await stake(relayer, { amountWei: parseEther('100') })
  await warp(devnet, 1)
  await postEpoch(operator, epoch)
  await refused(postEpoch(operator, epoch), 'OL1637', 'AttributionLedger__EpochPending(epoch=1)')
  await refused(
    finalizeEpoch(relayer, { epoch: 1 }),
    'OL1637',
    'AttributionLedger__WindowOpen(epoch=1, challengeableUntil=20',
  )
  const challenge = { epoch: 1, claimedRewardsRoot: hashOf('other'), bondWei }
  await refused(
    challengeEpoch(relayer, { ...challenge, claimedRewardsRoot: tree.root as Hex }),
    'OL1603',
    'AttributionLedger__SameRoot(',
  )
  await refused(challengeEpoch(as(devnet, 'zed'), challenge), 'OL1604', 'AttributionLedger__NoStake(')
  await refused(
    voteEpoch(relayer, { epoch: 1, rewardsRoot: hashOf('other') }),
    'OL1603',
    'AttributionLedger__UnknownRoot(',
  )
  await refused(resolveEpoch(relayer, { epoch: 1 }), 'OL1603', 'AttributionLedger__NotChallenged(epoch=1, status=1)')
  await refused(settleVote(relayer, { account: mara.address }), 'OL1636', 'AttributionLedger__NothingToSettle(')
  const attest = { epoch: 1, rewardsRoot: tree.root as Hex }
  await voteEpoch(relayer, attest)
  await refused(voteEpoch(relayer, attest), 'OL1603', 'AttributionLedger__AlreadyVoted(epoch=1')

  await warp(devnet, window)
  await refused(challengeEpoch(relayer, challenge), 'OL1603', 'AttributionLedger__WindowClosed(epoch=1')
  await finalizeEpoch(relayer, { epoch: 1 })
  await refused(finalizeEpoch(relayer, { epoch: 1 }), 'OL1603', 'AttributionLedger__NotPending(epoch=1, status=3)')

  const more = { ...claim, cumulativeWei: claim.cumulativeWei + 1n }
  await refused(
    claimRewards(relayer, more),
    'OL1605',
    'RewardPool.claimFor found a mismatch: RewardPool__InvalidProof(',
  )
  await refused(claimMany(relayer, { claims: [more] }), 'OL1605', 'RewardPool.claimMany found a mismatch')
  await claimRewards(relayer, { ...claim })
  await refused(claimRewards(relayer, { ...claim }), 'OL1603', 'RewardPool__NothingToClaim(')
  await refused(claimMany(relayer, { claims: [claim] }), 'OL1603', 'RewardPool__NothingPaid()')
})

describe('before any contract is reached', () => {
  const nowhere: Address = '0x00000000000000000000000000000000000000aa'

  test('an address without a contract is named, and no money goes there', async () => {
    const user = as(devnet, 'user')
    const before = await getBalance(user, { address: devAccounts().user.address })
    const payment = { address: nowhere, modelId: unknown, inferenceId: unknown, inputTokens: 1, outputTokens: 1 }
    await refused(
      payInference(user, { ...payment, feeWei: 5n }),
      'OL1609',
      `There is no contract at ${nowhere} on OpenLedger devnet L2 (chain 901)`,
    )
    await refused(getModel(user, { address: nowhere, modelId: unknown }), 'OL1609', 'where ModelRegistry should be')
    expect(await getBalance(user, { address: devAccounts().user.address })).toBe(before)
  })

  test('another contract at the address is an error, not a result', async () => {
    const { ModelRegistry: address } = devnet.addresses
    await refused(
      createDatanet(as(devnet, 'user'), { address, name: 'a', salt, licence: 'MIT' }),
      'OL1606',
      'DatanetRegistry.create failed',
    )
  })

  test('an account without OPEN is told what it lacks', async () => {
    const account = privateKeyToAccount(generatePrivateKey())
    const poor = createChainClient({ network: devnetNetworks(devnet).l2, account })
    const tokens = { modelId: published.modelId, inputTokens: 1, outputTokens: 1 }
    const feeWei = await quoteInference(poor, tokens)
    await expect(payInference(poor, { ...tokens, inferenceId: unknown, feeWei })).rejects.toMatchObject({
      code: 'OL1607',
      details: { account: account.address, balance: '0 OPEN', value: `${formatEther(feeWei)} OPEN` },
    })
    const create = createDatanet(poor, { name: 'poor', salt, licence: 'MIT' })
    await refused(create, 'OL1607', `${account.address} has too few OPEN`)
  })

  test('a network that is not running is exit code 5 with the command that starts it', async () => {
    const network = defineNetwork({ name: 'devnet', chainId: 901, rpcUrl: 'http://127.0.0.1:9' })
    const client = createChainClient({ network, account: devAccounts().user })
    const expected = { code: 'OL1600', exitCode: 5, hint: 'Run `openledger devnet up`.' }
    await expect(verifyChain(client)).rejects.toMatchObject(expected)
    await expect(getModel(client, { address: nowhere, modelId: unknown })).rejects.toMatchObject(expected)
    await expect(createDatanet(client, { address: nowhere, name: 'a', salt, licence: 'MIT' })).rejects.toMatchObject(
      expected,
    )
  })

  test('what speaks no JSON-RPC is told from nobody', async () => {
    const server = createServer((_, response) => response.end('<html>Welcome</html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const network = defineNetwork({ name: 'page', chainId: 901, rpcUrl: `http://127.0.0.1:${port}` })
    const message = expect.stringContaining('its answer is not JSON')
    await expect(verifyChain(createChainClient({ network }))).rejects.toMatchObject({ code: 'OL1608', message })
    server.close()
  })

  test('an answer that is no number is told from a refusal', async () => {
    const answer = JSON.stringify({ jsonrpc: '2.0', id: 1, result: 'as ever' })
    const server = createServer((_, response) => response.end(answer))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const network = defineNetwork({ name: 'page', chainId: 901, rpcUrl: `http://127.0.0.1:${port}` })
    const message = expect.stringContaining('its answer cannot be read: ')
    await expect(verifyChain(createChainClient({ network }))).rejects.toMatchObject({ code: 'OL1608', message })
    server.close()
  })

  test('a node of another chain is refused', async () => {
    const network = defineNetwork({ name: 'wrong', chainId: 31337, rpcUrl: devnet.l2.rpcUrl })
    const client = createChainClient({ network })
    await expect(verifyChain(client)).rejects.toMatchObject({ code: 'OL1613', exitCode: 6, details: { found: 901 } })
  })
})
