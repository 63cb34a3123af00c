import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createClient, encodeFunctionData, http, keccak256, parseEther, toHex } from 'viem'
import { getBalance, getBlock, readContract } from 'viem/actions'
import { cancelProposal } from '../../src/chain/actions/governance/cancelProposal.js'
import { castVote } from '../../src/chain/actions/governance/castVote.js'
import { createProposal } from '../../src/chain/actions/governance/createProposal.js'
import { delegateVotes } from '../../src/chain/actions/governance/delegateVotes.js'
import { executeProposal } from '../../src/chain/actions/governance/executeProposal.js'
import { getProposal } from '../../src/chain/actions/governance/getProposal.js'
import { getVotes } from '../../src/chain/actions/governance/getVotes.js'
import { listProposals } from '../../src/chain/actions/governance/listProposals.js'
import { queueProposal } from '../../src/chain/actions/governance/queueProposal.js'
import { openledgerActions } from '../../src/chain/actions/openledgerActions.js'
import { unwrapOpen } from '../../src/chain/actions/tokens/unwrapOpen.js'
import { wrapOpen } from '../../src/chain/actions/tokens/wrapOpen.js'
import { inferenceEscrowAbi } from '../../src/chain/contracts/InferenceEscrow.abi.generated.js'
import { openLedgerGovernorAbi } from '../../src/chain/contracts/OpenLedgerGovernor.abi.generated.js'
import { hashProposal, type Proposal, reservedFor } from '../../src/chain/governance/proposal.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import type { DevAccountName } from '../../src/devnet/state/devAccountNames.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'
import { warp } from '../../src/devnet/state/warp.js'
import { as } from './story.js'

let devnet: Devnet
const day = 86_400
const { mara, tobias, user } = devAccounts()

beforeAll(async () => {
  devnet = await startDevnet()
  await hold('mara', '60000')
  await hold('tobias', '20000')
  await warp(devnet, 2)
})

afterAll(() => devnet.stop())

/** The account wraps OPEN and votes for itself. */
async function hold(name: DevAccountName, open: string): Promise<void> {
  const client = as(devnet, name)
  await wrapOpen(client, { contract: 'GOPEN', amountWei: parseEther(open) })
  await delegateVotes(client, { delegatee: client.account.address })
}

const platformFee = (feeWei: bigint): Proposal => ({
  targets: [devnet.addresses.InferenceEscrow],
  values: [0n],
  calldatas: [encodeFunctionData({ abi: inferenceEscrowAbi, functionName: 'setPlatformFee', args: [feeWei] })],
  description: `A platform fee of ${feeWei} wei`,
})

/** Seconds; the newest block may be another one by then, of an L1 block that was derived meanwhile. */
const timeOf = async (blockNumber: bigint): Promise<number> =>
  Number((await getBlock(as(devnet, 'user'), { blockNumber })).timestamp)

const refused = (call: Promise<unknown>, code: string, message: string): Promise<void> =>
  expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(message) })

describe.each(['GOPEN', 'WOPEN'] as const)('%s', (contract) => {
  test('is OPEN one for one, there and back', async () => {
    const client = as(devnet, 'user')
    const token = { contract } as const
    const before = await getBalance(client, { address: user.address })
    const wrapped = await wrapOpen(client, { ...token, amountWei: 7n })
    expect(await getBalance(client, { address: devnet.addresses[contract] })).toBe(
      contract === 'GOPEN' ? parseEther('80000') + 7n : 7n,
    )
    const unwrapped = await unwrapOpen(client, { ...token, amountWei: 7n })
    const spent = wrapped.gasCostWei + unwrapped.gasCostWei
    expect(await getBalance(client, { address: user.address })).toBe(before - spent)
    await refused(unwrapOpen(client, { ...token, amountWei: 1n }), 'OL1603', 'ERC20InsufficientBalance(')
  })
})

test('votes belong to the account that they are delegated to, and there are none before', async () => {
  const client = as(devnet, 'ines')
  const account = client.account.address
  await wrapOpen(client, { contract: 'GOPEN', amountWei: 5n })
  expect(await getVotes(client, { account })).toEqual({ balanceWei: 5n, votesWei: 0n, delegatee: undefined })
  await delegateVotes(client, { delegatee: user.address })
  expect(await getVotes(client, { account })).toEqual({
    balanceWei: 5n,
    votesWei: 0n,
    delegatee: user.address,
  })
  expect(await getVotes(client, { account: user.address })).toMatchObject({ balanceWei: 0n, votesWei: 5n })
})

test('votes are also methods of a viem client with an account', async () => {
  const { chain, rpcUrl } = devnetNetworks(devnet).l2
  const zed = createClient({ account: devAccounts().zed, chain, transport: http(rpcUrl) }).extend(openledgerActions())
  const account = zed.account.address
  await zed.wrapOpen({ contract: 'GOPEN', amountWei: 9n })
  await zed.delegateVotes({ delegatee: account })
  expect(await zed.getVotes({ account })).toEqual({ balanceWei: 9n, votesWei: 9n, delegatee: account })
  await zed.unwrapOpen({ contract: 'GOPEN', amountWei: 9n })
  expect(await zed.getVotes({ account })).toMatchObject({ votesWei: 0n })
})

describe('a proposal', () => {
  test('has the id that the governor computes', async () => {
    const proposal = { ...platformFee(1n), description: 'Größer, 更大\n' }
    const { targets, values, calldatas, description } = proposal
    const found = await readContract(as(devnet, 'user'), {
      address: devnet.addresses.OpenLedgerGovernor,
      abi: openLedgerGovernorAbi,
      functionName: 'hashProposal',
      args: [targets, values, calldatas, keccak256(toHex(description))],
    })
    expect(hashProposal(proposal)).toBe(found)
  })

  test('is carried out after its vote and its delay, step by step', async () => {
    const proposal = reservedFor(platformFee(parseEther('0.02')), mara.address)
    expect(reservedFor(proposal, mara.address)).toBe(proposal)
    const proposalId = hashProposal(proposal)
    const it = { proposalId }
    const client = as(devnet, 'mara')
    await refused(getProposal(client, it), 'OL1603', `GovernorNonexistentProposal(proposalId=${proposalId})`)
    await refused(
      createProposal(as(devnet, 'tobias'), { proposal }),
      'OL1604',
      `GovernorRestrictedProposer(proposer=${tobias.address})`,
    )
    const created = await createProposal(client, { proposal })
    expect(created.proposalId).toBe(proposalId)
    expect(created.voteStart - (await timeOf(created.blockNumber))).toBe(day)
    expect(created.voteEnd - created.voteStart).toBe(14 * day)
    await refused(createProposal(client, { proposal }), 'OL1603', 'GovernorUnexpectedProposalState(')
    await refused(castVote(client, { ...it, choice: 'for' }), 'OL1603', 'GovernorUnexpectedProposalState(')
    expect(await getProposal(client, it)).toMatchObject({ state: 'pending', quorumWei: undefined, eta: 0 })

    await warp(devnet, day + 1)
    expect((await castVote(client, { ...it, choice: 'for', reason: 'dearer' })).weightWei).toBe(parseEther('60000'))
    expect((await castVote(as(devnet, 'tobias'), { ...it, choice: 'against' })).weightWei).toBe(parseEther('20000'))
    await refused(castVote(client, { ...it, choice: 'abstain' }), 'OL1603', 'GovernorAlreadyCastVote(')
    await refused(queueProposal(client, it), 'OL1603', 'GovernorUnexpectedProposalState(')
    expect(await getProposal(client, it)).toMatchObject({
      state: 'active',
      proposer: mara.address,
      forWei: parseEther('60000'),
      againstWei: parseEther('20000'),
      abstainWei: 0n,
      // A quarter of what is wrapped.
      quorumWei: (parseEther('80000') + 5n) / 4n,
      targets: proposal.targets,
      values: proposal.values,
      calldatas: proposal.calldatas,
    })

    await warp(devnet, 14 * day)
    expect((await getProposal(client, it)).state).toBe('succeeded')
    const anybody = as(devnet, 'zed')
    const { eta, blockNumber } = await queueProposal(anybody, it)
    expect(eta - (await timeOf(blockNumber))).toBe(day)
    expect(await getProposal(client, it)).toMatchObject({ state: 'queued', eta })
    await refused(executeProposal(anybody, it), 'OL1603', 'TimelockUnexpectedOperationState(')

    await warp(devnet, day)
    await executeProposal(anybody, it)
    expect((await getProposal(client, it)).state).toBe('executed')
    const escrow = { address: devnet.addresses.InferenceEscrow, abi: inferenceEscrowAbi } as const
    expect(await readContract(client, { ...escrow, functionName: 'platformFee' })).toBe(parseEther('0.02'))
  })

  test('is withdrawn by its proposer only, and listed all the same', async () => {
    const client = as(devnet, 'mara')
    const before = await listProposals(client)
    const { proposalId } = await createProposal(client, { proposal: platformFee(3n) })
    await refused(cancelProposal(as(devnet, 'zed'), { proposalId }), 'OL1604', 'GovernorUnableToCancel(')
    await cancelProposal(client, { proposalId })
    expect((await getProposal(client, { proposalId })).state).toBe('canceled')
    expect(await listProposals(client)).toEqual([...before, proposalId])
  })

  test('takes votes to be made, and the refusal says how many', async () => {
    const poor = createProposal(as(devnet, 'kwame'), { proposal: platformFee(4n) })
    await expect(poor).rejects.toMatchObject({
      code: 'OL1604',
      exitCode: 4,
      hint: expect.stringMatching(/had 0 of the 100000000000000000000 votes .* `openledger gov wrap`/),
    })
  })
})
