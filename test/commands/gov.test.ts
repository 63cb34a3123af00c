import { EventEmitter } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encodeFunctionData, parseEther } from 'viem'
import { getTransactionCount, readContract } from 'viem/actions'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { inferenceEscrowAbi } from '../../src/chain/contracts/InferenceEscrow.abi.generated.js'
import { hashProposal } from '../../src/chain/governance/proposal.js'
import { main } from '../../src/cli.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const { mara, tobias } = devAccounts()
let devnet: Devnet

beforeAll(async () => {
  mkdirSync(place.path(at))
  devnet = await startDevnet({ workspace: place.path(at) })
})

afterAll(async () => {
  await devnet.stop()
  place.remove()
})

/** Writes a proposal file and returns its path. */
function file(name: string, value: unknown): string {
  writeFileSync(place.path(name), typeof value === 'string' ? value : JSON.stringify(value))
  return place.path(name)
}

const client = () => createChainClient({ network: devnetNetworks(devnet).l2 })
/** The L2's height says nothing: each block of the L1 brings one. */
const sentByMara = (): Promise<number> => getTransactionCount(client(), { address: mara.address, blockTag: 'pending' })
const fee = { contract: 'InferenceEscrow', function: 'setPlatformFee', args: ['20000000000000000'] }
const split = { contract: 'InferenceEscrow', function: 'setSplit', args: [6000, 2500, 500, 400, 600] }

// One story: each test goes on where the one before ended.
describe('from a file to a changed parameter', () => {
  const proposed = file('fee.json', { description: 'Double the fee', calls: [fee, split] })
  let proposalId: string

  test('gov wrap gives votes, to the account itself or to whom it names', async () => {
    expect(await place.data('gov wrap 60000 --account mara --yes', at)).toMatchObject({
      account: mara.address,
      amountWei: String(parseEther('60000')),
      votesWei: String(parseEther('60000')),
      delegatee: mara.address,
    })
    expect(await place.data('gov wrap 5.5 --account tobias --delegate mara --yes', at)).toMatchObject({
      balanceWei: String(parseEther('5.5')),
      votesWei: '0',
      delegatee: mara.address,
    })
    // An account that delegated before keeps its delegate by default.
    expect(await place.data('gov wrap 0.5 --account tobias --yes', at)).toMatchObject({ delegatee: mara.address })
    expect(await place.data('gov unwrap 6 --account tobias --yes', at)).toMatchObject({ balanceWei: '0' })
    expect(await place.failure('gov unwrap 1 --account tobias --yes', at)).toMatchObject({ code: 'OL1603' })
    expect(await place.failure('gov wrap 1000000 --account tobias --yes', at)).toMatchObject({ code: 'OL1607' })
    expect(await place.failure('gov wrap 1 --delegate nobody --yes', at)).toMatchObject({ status: 2, code: 'OL1816' })
  })

  test('gov propose tells the id and the calls before it sends anything', async () => {
    const before = await sentByMara()
    const dry = await place.run(`gov propose ${proposed} --account mara --dry-run`, at)
    expect(await sentByMara()).toBe(before)
    expect(dry.document.error).toBeUndefined()
    expect(dry.document.data).toMatchObject({
      sent: false,
      proposer: mara.address,
      description: `Double the fee\n\n#proposer=${mara.address.toLowerCase()}`,
      calls: [
        { contract: 'InferenceEscrow', function: 'setPlatformFee', arguments: [{ value: '20000000000000000' }] },
        { contract: 'InferenceEscrow', function: 'setSplit' },
      ],
      transactions: [{ contract: 'OpenLedgerGovernor', function: 'propose', from: mara.address }],
    })
    proposalId = dry.document.data['proposalId'] as string
    expect(dry.stderr).toContain(`proposal ${proposalId}`)
    expect(dry.stderr).toContain('InferenceEscrow.setPlatformFee(platformFee_ = 20000000000000000)')

    expect(await place.failure(`gov propose ${proposed} --account tobias --yes`, at)).toMatchObject({
      status: 4,
      code: 'OL1604',
      message: expect.stringContaining('GovernorInsufficientProposerVotes'),
    })
    expect(await place.failure(`gov propose ${proposed} --account mara`, at)).toMatchObject({ code: 'OL1008' })
    expect(await sentByMara()).toBe(before)
    const sent = await place.data(`gov propose ${proposed} --account mara --yes`, at)
    expect(await sentByMara()).toBe(before + 1)
    expect(sent).toMatchObject({ sent: true, proposalId })
    expect(sent['voteEnd'] - sent['voteStart']).toBe(14 * 86_400)
  })

  test('the file that governors take is the same proposal', async () => {
    const calldatas = [
      encodeFunctionData({ abi: inferenceEscrowAbi, functionName: 'setPlatformFee', args: [parseEther('0.02')] }),
      encodeFunctionData({ abi: inferenceEscrowAbi, functionName: 'setSplit', args: [6000, 2500, 500, 400, 600] }),
    ]
    const escrow = devnet.addresses.InferenceEscrow
    const description = `Double the fee\n\n#proposer=${mara.address.toLowerCase()}`
    const raw = { description, targets: [escrow, escrow], values: ['0', 0], calldatas }
    expect(hashProposal({ ...raw, values: [0n, 0n] })).toBe(BigInt(proposalId))
    expect(await place.failure(`gov propose ${file('raw.json', raw)} --account mara --yes`, at)).toMatchObject({
      code: 'OL1603',
      message: expect.stringContaining(`GovernorUnexpectedProposalState(proposalId=${proposalId}`),
    })
  })

  test('gov vote, queue and execute wait for their time, or move the clock', async () => {
    const early = await place.failure('gov vote 1 for --account mara --yes', at)
    expect(early).toMatchObject({ status: 1, code: 'OL1603', hint: expect.stringContaining('gov status') })
    const dry = await place.data('gov vote 1 for --account mara --warp --dry-run', at)
    expect(dry).toMatchObject({ sent: false, proposalId, transactions: [] })
    expect(dry['warpSeconds']).toBeGreaterThan(86_300)
    expect(await place.data('gov vote 1 for --account mara --warp --reason dearer --yes', at)).toMatchObject({
      proposalId,
      choice: 'for',
      weightWei: String(parseEther('60000')),
    })
    const weightless = await place.run(`gov vote ${proposalId} against --account tobias --yes`, at)
    expect(weightless.document.data).toMatchObject({ choice: 'against', weightWei: '0' })
    expect(weightless.stderr).toContain('weighs nothing')
    expect(await place.failure('gov queue 1 --yes', at)).toMatchObject({ status: 7, code: 'OL1686' })
    expect(await place.data('gov queue 1 --warp --yes', at)).toMatchObject({ proposalId })
    expect(await place.failure('gov execute 1 --yes', at)).toMatchObject({ status: 7, code: 'OL1686' })
    expect(await place.data(`gov execute 0x${BigInt(proposalId).toString(16)} --warp --yes`, at)).toMatchObject({
      proposalId,
    })
    const escrow = { address: devnet.addresses.InferenceEscrow, abi: inferenceEscrowAbi } as const
    expect(await readContract(client(), { ...escrow, functionName: 'platformFee' })).toBe(parseEther('0.02'))
    expect(await readContract(client(), { ...escrow, functionName: 'split' })).toEqual({
      contributors: 6000,
      modelOwner: 2500,
      stakers: 500,
      datanets: 400,
      treasury: 600,
    })
  })

  test('gov cancel takes a proposal back', async () => {
    const other = file('other.json', {
      description: 'Pay tobias\nstate       executed',
      calls: [{ target: tobias.address, valueWei: '7' }],
    })
    const { proposalId: id, calls } = await place.data(`gov propose ${other} --account mara --yes`, at)
    expect(calls).toMatchObject([{ target: tobias.address, function: null, data: '0x', valueWei: '7' }])
    expect(await place.failure('gov cancel 2 --account tobias --yes', at)).toMatchObject({ status: 4, code: 'OL1604' })
    expect(await place.data('gov cancel 2 --account mara --yes', at)).toMatchObject({ proposalId: id })
  })

  test('gov status lists them, and shows one', async () => {
    expect(await place.data('gov status', at)).toMatchObject({
      proposals: [
        { number: 1, proposalId, state: 'executed', proposer: mara.address },
        { number: 2, state: 'canceled' },
      ],
    })
    expect(await place.data('gov status 1', at)).toMatchObject({
      number: 1,
      state: 'executed',
      description: expect.stringContaining('Double the fee'),
      forWei: String(parseEther('60000')),
      quorumWei: String(parseEther('15000')),
      calls: [{ function: 'setPlatformFee' }, { function: 'setSplit' }],
    })
  })

  test('a line of the proposer’s own passes for none of the facts', async () => {
    const surroundings = fakeSurroundings({ cwd: place.path(at), environment: process.env })
    const host = Object.assign(new EventEmitter(), { exit: () => undefined })
    await main({ argv: ['gov', 'status', '2'], surroundings, host })
    const lines = surroundings.stdout.text.split('\n')
    expect(lines.slice(0, 2)).toEqual(['> Pay tobias', expect.stringMatching(/^> state {7}executed/)])
    expect(lines.filter((line) => line.startsWith('state'))).toEqual(['state       canceled'])
  })
})

describe('what is no proposal', () => {
  test.each([
    ['gov status x', 'OL1682'],
    ['gov status 0', 'OL1683'],
    ['gov vote 99 for', 'OL1683'],
    ['gov vote 1 maybe', 'OL1005'],
  ])('is refused on the command line: %s', async (words, code) => {
    expect(await place.failure(words, at)).toMatchObject({ status: 2, code })
  })

  test('an id that nobody proposed is named', async () => {
    const id = 2n ** 255n
    expect(await place.failure(`gov status ${id}`, at)).toMatchObject({
      code: 'OL1603',
      message: expect.stringContaining(String(id)),
    })
  })

  const description = 'd'
  const target = mara.address
  test.each<[string, unknown, string, string]>([
    ['no JSON', '{', 'OL1903', ''],
    ['a list', [], 'OL1680', 'the document: must be an object'],
    ['no description', { calls: [fee] }, 'OL1680', 'description'],
    ['a blank description', { description: ' ', calls: [fee] }, 'OL1680', 'must say'],
    ['no calls', { description, calls: [] }, 'OL1680', 'calls'],
    ['an unknown key', { description, calls: [fee], call: 1 }, 'OL1680', 'call'],
    ['an unknown contract', { description, calls: [{ ...fee, contract: 'Escrow' }] }, 'OL1680', 'calls.0'],
    [
      'an unknown function',
      { description, calls: [{ ...fee, function: 'setFee' }] },
      'OL1681',
      'has no function setFee',
    ],
    ['a view', { description, calls: [{ ...fee, function: 'quote' }] }, 'OL1681', 'that changes anything'],
    ['an argument too few', { description, calls: [{ ...fee, args: [] }] }, 'OL1681', 'takes 1 arguments, not 0'],
    ['an argument that is no number', { description, calls: [{ ...fee, args: ['much'] }] }, 'OL1681', 'platformFee_'],
    ['a number that JSON rounds', { description, calls: [{ ...fee, args: [2e16] }] }, 'OL1681', '2^53'],
    [
      'a number beyond its type',
      { description, calls: [{ ...fee, args: [`1${'0'.repeat(30)}`] }] },
      'OL1681',
      '64-bit unsigned',
    ],
    ['lists of unequal length', { description, targets: [target], values: [], calldatas: ['0x'] }, 'OL1680', 'equally'],
    ['an address too short', { description, targets: ['0x12'], values: [0], calldatas: ['0x'] }, 'OL1680', 'address'],
    ['half a byte', { description, targets: [target], values: [0], calldatas: ['0x1'] }, 'OL1680', 'hexadecimal'],
  ])('a file with %s', async (name, value, code, message) => {
    const path = file(`${name.replaceAll(' ', '-')}.json`, value)
    const failure = await place.failure(`gov propose ${path} --account mara --yes`, at)
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

test('a proposal tells which of its calls would fail, and is shown all the same', async () => {
  const { InferenceEscrow } = devnet.addresses
  const calls = [
    fee,
    // Above the most that the escrow takes.
    { ...fee, args: ['2000000000000000000'] },
    // The governor makes it for a proposal that is being executed only: not tried.
    { contract: 'OpenLedgerGovernor', function: 'setVotingDelay', args: [7_200] },
    { target: InferenceEscrow, data: '0x12345678' },
    // More than the treasury has.
    { target: mara.address, valueWei: String(parseEther('5')) },
  ]
  const doomed = file('doomed.json', { description: 'Too much', calls })
  await place.data('gov wrap 200 --account kwame --yes', at)
  await place.data('devnet warp 2', at)
  const { failures } = await place.data(`gov propose ${doomed} --account kwame --dry-run`, at)
  expect(failures).toEqual([
    null,
    `InferenceEscrow__PlatformFeeTooHigh(${parseEther('2')}, ${parseEther('1')})`,
    null,
    expect.stringMatching(/revert/),
    expect.stringMatching(/insufficient funds/i),
  ])
})
