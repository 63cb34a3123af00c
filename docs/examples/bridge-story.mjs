// OPEN all the way round, with viem alone: over the bridge to the L2, into the payment of an inference, to the people whose
// records shaped the answer, and back over the bridge. Nothing of openledger is imported; what is read is the devnet's file
// of addresses and the interfaces in contracts/abi.
//   openledger devnet up -d
//   node docs/examples/bridge-story.mjs [.openledger/devnet.json]
import { readFileSync } from 'node:fs'
import {
  concatHex,
  createClient,
  defineChain,
  encodeAbiParameters,
  formatEther,
  http,
  keccak256,
  parseEther,
  parseEventLogs,
  publicActions,
  testActions,
  toHex,
  walletActions,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { chainConfig, getL2TransactionHashes, publicActionsL1, publicActionsL2, walletActionsL1, walletActionsL2 } from 'viem/op-stack'

const devnet = JSON.parse(readFileSync(process.argv[2] ?? '.openledger/devnet.json', 'utf8'))
const abi = (name) => JSON.parse(readFileSync(new URL(`../../contracts/abi/${name}.json`, import.meta.url), 'utf8'))
const contract = (name) => ({ address: devnet.addresses[name], abi: abi(name) })
const Open = contract('Open')
const OptimismPortal = contract('OptimismPortal')

/** The devnet's accounts: those of the phrase that every test chain knows. */
const account = (addressIndex) => mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
const [maintainer, operator, user, mara, tobias] = [1, 2, 3, 4, 5].map(account)

const chain1 = defineChain({
  id: devnet.l1.chainId,
  name: 'devnet L1',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [devnet.l1.rpcUrl] } },
  contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } },
})
const at = (name) => ({ [chain1.id]: { address: devnet.addresses[name] } })
const chain2 = defineChain({
  ...chainConfig,
  id: devnet.l2.chainId,
  name: 'devnet L2',
  nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 },
  rpcUrls: { default: { http: [devnet.l2.rpcUrl] } },
  contracts: { ...chainConfig.contracts, portal: at('OptimismPortal'), l2OutputOracle: at('L2OutputOracle') },
  sourceId: chain1.id,
})
const client = (chain) =>
  createClient({ chain, transport: http(), pollingInterval: 50, cacheTime: 0 }).extend(publicActions).extend(walletActions)
const l1 = client(chain1).extend(publicActionsL1()).extend(walletActionsL1())
const l2 = client(chain2).extend(publicActionsL2()).extend(walletActionsL2()).extend(testActions({ mode: 'anvil' }))

const tell = (line) => process.stdout.write(`${line}\n`)

/** Sends a call, waits for it, and gives its receipt. */
async function send(layer, { address, abi: calls }, from, functionName, args, value = 0n) {
  const request = { account: from, address, abi: calls, functionName, args, value }
  // The portal burns gas by the block it runs in, and checkpoints go by the second: an estimate of the block before can be too low.
  const gas = (await layer.estimateContractGas(request)) + 100_000n
  const receipt = await layer.waitForTransactionReceipt({ hash: await layer.writeContract({ ...request, gas }) })
  if (receipt.status !== 'success') throw new Error(`${functionName} failed`)
  return receipt
}
const eventOf = (receipt, { abi: events }, eventName) => parseEventLogs({ abi: events, eventName, logs: receipt.logs })[0].args
const tokens = (holder) => l1.readContract({ ...Open, functionName: 'balanceOf', args: [holder.address] })

// 1. Over the bridge: the portal takes OPEN of the L1, and the same amount arrives as the coin of the L2.
const amount = parseEther('5')
await send(l1, Open, user, 'approve', [OptimismPortal.address, amount])
const deposited = await send(l1, OptimismPortal, user, 'depositERC20Transaction', [
  user.address, amount, amount, 100_000n, false, '0x',
])
const [depositHash] = getL2TransactionHashes(deposited)
// Without checkReplacement: anvil gives every deposit the nonce 0, and viem takes the next one for a replacement.
const arrived = await l2.waitForTransactionReceipt({ hash: depositHash, checkReplacement: false })
tell(`deposited    ${formatEther(amount)} OPEN, on the L2 in block ${arrived.blockNumber}`)

// 2. A Datanet, a model that learnt from it, and an answer of the model that is paid for.
const DatanetRegistry = contract('DatanetRegistry')
const ModelRegistry = contract('ModelRegistry')
const InferenceEscrow = contract('InferenceEscrow')
const run = toHex(Date.now(), { size: 32 })
const named = (what) => keccak256(concatHex([toHex(what), run]))
const openToAll = { permissionedContribution: false, permissionedAccess: false, contributorsHaveAccess: true }
const created = await send(l2, DatanetRegistry, maintainer, 'create', [`story-${Date.now()}`, run, 'CC-BY-4.0', openToAll])
const { id: datanetId } = eventOf(created, DatanetRegistry, 'DatanetCreated')
await send(l2, DatanetRegistry, maintainer, 'publish', [datanetId, named('records'), 2n, named('content'), '', 'CC-BY-4.0'])
const registration = {
  baseHash: named('base'),
  adapterHash: named('adapter'),
  manifestHash: named('manifest'),
  sources: [{ datanetId, version: 1n }],
  inputPrice: parseEther('0.1'),
  outputPrice: parseEther('0.2'),
}
const registered = await send(l2, ModelRegistry, maintainer, 'register', [registration])
const { modelId } = eventOf(registered, ModelRegistry, 'ModelRegistered')
const usage = [2_000, 1_000]
const fee = await l2.readContract({ ...InferenceEscrow, functionName: 'quote', args: [modelId, ...usage] })
const paid = await send(l2, InferenceEscrow, user, 'pay', [modelId, named('inference'), ...usage], fee)
const { pool } = eventOf(paid, InferenceEscrow, 'InferencePaid')
tell(`paid         ${formatEther(fee)} OPEN for an answer, ${formatEther(pool)} of it for the contributors`)

// 3. An epoch that gives three quarters of it to mara and a quarter to tobias, on top of what they had earned before.
const RewardPool = contract('RewardPool')
const AttributionLedger = contract('AttributionLedger')
const read = (of, functionName, args = []) => l2.readContract({ ...of, functionName, args })
const before = await read(RewardPool, 'totalFunded') - pool
if (before !== (await read(RewardPool, 'totalClaimed'))) throw new Error('run this on a devnet whose rewards are all claimed')
const leafOf = (types, values) => keccak256(keccak256(encodeAbiParameters(types.map((type) => ({ type })), values)))
const rewardTypes = ['uint256', 'address', 'address', 'uint256']
const claims = await Promise.all(
  [[mara, (pool * 3n) / 4n], [tobias, pool - (pool * 3n) / 4n]].map(async ([who, share]) => {
    const cumulative = (await read(RewardPool, 'claimed', [who.address])) + share
    return { who, share, cumulative, leaf: leafOf(rewardTypes, [BigInt(chain2.id), RewardPool.address, who.address, cumulative]) }
  }),
)
const rewardsRoot = keccak256(concatHex(claims.map(({ leaf }) => leaf).sort()))
const receiptsRoot = leafOf(['bytes32', 'bytes32', 'uint256'], [named('inference'), named('receipt'), pool])
const { bond, window } = await read(AttributionLedger, 'terms')
const posted = await send(l2, AttributionLedger, operator, 'post', [
  receiptsRoot, rewardsRoot, before + pool, 1n, named('epoch'),
], bond)
const { epoch } = eventOf(posted, AttributionLedger, 'EpochPosted')
await l2.increaseTime({ seconds: Number(window) })
await l2.mine({ blocks: 1 })
await send(l2, AttributionLedger, operator, 'finalize', [epoch])
for (const [index, { who, share, cumulative }] of claims.entries()) {
  const had = await l2.getBalance({ address: who.address })
  // The operator pays the gas: the money goes to the account of the leaf.
  await send(l2, RewardPool, operator, 'claimFor', [who.address, cumulative, [claims[1 - index].leaf]])
  const got = (await l2.getBalance({ address: who.address })) - had
  if (got !== share) throw new Error(`${who.address} got ${got} and not ${share}`)
  tell(`claimed      ${formatEther(got)} OPEN by ${who.address}`)
}

// 4. Back over the bridge, by viem's own actions. The wait for the delay is by the clock of this machine.
const [{ share }] = claims
const value = share / 2n
const had = await tokens(mara)
const initiated = await l2.initiateWithdrawal({ account: mara, request: { gas: 21_000n, to: mara.address, value } })
const receipt = await l2.waitForTransactionReceipt({ hash: initiated })
const { output, withdrawal } = await l1.waitToProve({ receipt, targetChain: chain2 })
const proof = await l2.buildProveWithdrawal({ account: mara, output, withdrawal })
await l1.waitForTransactionReceipt({ hash: await l1.proveWithdrawal(proof) })
tell(`proven       the withdrawal of ${formatEther(value)} OPEN, ${await l1.getWithdrawalStatus({ receipt, targetChain: chain2 })}`)
await l1.waitToFinalize({ targetChain: chain2, withdrawalHash: withdrawal.withdrawalHash })
await l1.waitForTransactionReceipt({
  hash: await l1.finalizeWithdrawal({ account: mara, targetChain: chain2, withdrawal }),
})
const back = (await tokens(mara)) - had
if (back !== value) throw new Error(`${back} came back and not ${value}`)
tell(`withdrawn    ${formatEther(back)} OPEN, on the L1 with ${mara.address}`)
