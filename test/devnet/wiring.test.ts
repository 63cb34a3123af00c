import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  type Abi,
  BaseError,
  ContractFunctionRevertedError,
  keccak256,
  parseEther,
  toHex,
  zeroAddress,
  zeroHash,
} from 'viem'
import { getCode, getContractEvents, readContract, simulateContract } from 'viem/actions'
import type { ReadClient } from '../../src/chain/client/ChainClient.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { attributionLedgerAbi } from '../../src/chain/contracts/AttributionLedger.abi.generated.js'
import { gopenAbi } from '../../src/chain/contracts/GOPEN.abi.generated.js'
import { inferenceEscrowAbi } from '../../src/chain/contracts/InferenceEscrow.abi.generated.js'
import { modelRegistryAbi } from '../../src/chain/contracts/ModelRegistry.abi.generated.js'
import { openLedgerGovernorAbi } from '../../src/chain/contracts/OpenLedgerGovernor.abi.generated.js'
import { openLedgerTimelockAbi } from '../../src/chain/contracts/OpenLedgerTimelock.abi.generated.js'
import { rewardPoolAbi } from '../../src/chain/contracts/RewardPool.abi.generated.js'
import { stakingAbi } from '../../src/chain/contracts/Staking.abi.generated.js'
import { wopenAbi } from '../../src/chain/contracts/WOPEN.abi.generated.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'

let devnet: Devnet
let l2: ReadClient
const { deployer, operator } = devAccounts()
const day = 86_400n

beforeAll(async () => {
  devnet = await startDevnet()
  l2 = createChainClient({ network: devnetNetworks(devnet).l2 })
})

afterAll(() => devnet.stop())

const interfaces = {
  ModelRegistry: modelRegistryAbi,
  RewardPool: rewardPoolAbi,
  Staking: stakingAbi,
  AttributionLedger: attributionLedgerAbi,
  InferenceEscrow: inferenceEscrowAbi,
  GOPEN: gopenAbi,
  WOPEN: wopenAbi,
  OpenLedgerGovernor: openLedgerGovernorAbi,
  OpenLedgerTimelock: openLedgerTimelockAbi,
} satisfies Partial<Record<keyof Devnet['addresses'], Abi>>

const read = (contract: keyof typeof interfaces, functionName: string): Promise<unknown> =>
  readContract(l2, { address: devnet.addresses[contract], abi: interfaces[contract] as Abi, functionName })

test('contracts name each other, and governance is the timelock everywhere', async () => {
  const at = devnet.addresses
  const expected: readonly (readonly [keyof typeof interfaces, string, unknown])[] = [
    ['ModelRegistry', 'datanets', at.DatanetRegistry],
    ['RewardPool', 'ledger', at.AttributionLedger],
    ['AttributionLedger', 'pool', at.RewardPool],
    ['Staking', 'ledger', at.AttributionLedger],
    ['Staking', 'governance', at.OpenLedgerTimelock],
    ['Staking', 'minStake', parseEther('100')],
    ['AttributionLedger', 'staking', at.Staking],
    ['AttributionLedger', 'operator', operator.address],
    ['AttributionLedger', 'governance', at.OpenLedgerTimelock],
    ['AttributionLedger', 'treasury', at.OpenLedgerTimelock],
    [
      'AttributionLedger',
      'terms',
      { window: 3_600, votePeriod: 3_600, bond: parseEther('1'), slashBps: 500, quorumBps: 2_000 },
    ],
    ['InferenceEscrow', 'models', at.ModelRegistry],
    ['InferenceEscrow', 'pool', at.RewardPool],
    ['InferenceEscrow', 'governance', at.OpenLedgerTimelock],
    ['InferenceEscrow', 'treasury', at.OpenLedgerTimelock],
    ['InferenceEscrow', 'platformFee', parseEther('0.01')],
    ['OpenLedgerGovernor', 'token', at.GOPEN],
    ['OpenLedgerGovernor', 'timelock', at.OpenLedgerTimelock],
    ['WOPEN', 'symbol', 'WOPEN'],
  ]
  for (const [contract, name, value] of expected) {
    expect([contract, name, await read(contract, name)]).toEqual([contract, name, value])
  }
})

test('the parameters are those of the public chain', async () => {
  expect(await read('OpenLedgerGovernor', 'votingDelay')).toBe(day)
  expect(await read('OpenLedgerGovernor', 'votingPeriod')).toBe(14n * day)
  expect(await read('OpenLedgerGovernor', 'proposalThreshold')).toBe(parseEther('100'))
  expect(await read('OpenLedgerGovernor', 'quorumNumerator')).toBe(25n)
  expect(await read('OpenLedgerGovernor', 'quorumFloor')).toBe(parseEther('10000'))
  expect(await read('OpenLedgerTimelock', 'getMinDelay')).toBe(day)
  expect(await read('Staking', 'unbondingPeriod')).toBe(7n * day)
  expect(await read('GOPEN', 'CLOCK_MODE')).toBe('mode=timestamp')
})

test('every role that was ever granted in the timelock is the governor’s, everybody’s, or its own', async () => {
  const { OpenLedgerTimelock: address, OpenLedgerGovernor: governor } = devnet.addresses
  const events = await getContractEvents(l2, { address, abi: openLedgerTimelockAbi, fromBlock: 0n, strict: true })
  const granted = events.flatMap((event) => (event.eventName === 'RoleGranted' ? [event.args] : []))
  expect(granted.map(({ role, account }) => [role, account])).toEqual([
    [zeroHash, address],
    [keccak256(toHex('PROPOSER_ROLE')), governor],
    [keccak256(toHex('CANCELLER_ROLE')), governor],
    [keccak256(toHex('EXECUTOR_ROLE')), zeroAddress],
  ])
  expect(events.map(({ eventName }) => eventName).sort()).toEqual([
    ...Array(1).fill('MinDelayChange'),
    ...Array(4).fill('RoleGranted'),
  ])
})

test('the deployer, and every other dev account, can change nothing', async () => {
  const proposer = keccak256(toHex('PROPOSER_ROLE'))
  const attempts: readonly (readonly [keyof typeof interfaces, string, readonly unknown[], string])[] = [
    ['InferenceEscrow', 'setSplit', [8_000, 0, 0, 0, 2_000], 'InferenceEscrow__NotGovernance'],
    ['InferenceEscrow', 'setWithdrawalDelay', [86_400], 'InferenceEscrow__NotGovernance'],
    ['InferenceEscrow', 'setPlatformFee', [1n], 'InferenceEscrow__NotGovernance'],
    ['InferenceEscrow', 'setTreasury', [deployer.address], 'InferenceEscrow__NotGovernance'],
    ['AttributionLedger', 'setOperator', [deployer.address], 'AttributionLedger__NotGovernance'],
    ['AttributionLedger', 'setTreasury', [deployer.address], 'AttributionLedger__NotGovernance'],
    ['Staking', 'setMinStake', [parseEther('1')], 'Staking__NotGovernance'],
    ['Staking', 'setUnbondingPeriod', [day], 'Staking__NotGovernance'],
    ['Staking', 'lock', [operator.address, 1n], 'Staking__NotLedger'],
    ['Staking', 'release', [operator.address, 1n, deployer.address], 'Staking__NotLedger'],
    ['RewardPool', 'setRoot', [proposer], 'RewardPool__NotLedger'],
    ['OpenLedgerTimelock', 'grantRole', [proposer, deployer.address], 'AccessControlUnauthorizedAccount'],
    ['OpenLedgerTimelock', 'updateDelay', [2n * day], 'TimelockUnauthorizedCaller'],
    ['OpenLedgerTimelock', 'cancel', [proposer], 'AccessControlUnauthorizedAccount'],
    ['OpenLedgerGovernor', 'setVotingDelay', [3_600], 'GovernorOnlyExecutor'],
    ['OpenLedgerGovernor', 'setQuorumFloor', [parseEther('1000')], 'GovernorOnlyExecutor'],
    ['OpenLedgerGovernor', 'relay', [deployer.address, 0n, '0x'], 'GovernorOnlyExecutor'],
  ]
  for (const account of Object.values(devAccounts())) {
    for (const [contract, functionName, args, expected] of attempts) {
      const request = { address: devnet.addresses[contract], abi: interfaces[contract] as Abi, functionName, args }
      const failure = await simulateContract(l2, { ...request, account }).then(() => 'allowed', errorName)
      expect([functionName, failure]).toEqual([functionName, expected])
    }
  }
})

test('no contract is larger than a real chain allows', async () => {
  const { addresses } = devnetNetworks(devnet).l2
  for (const address of Object.values(addresses).filter((found) => found !== undefined)) {
    const code = (await getCode(l2, { address })) ?? '0x'
    const bytes = (code.length - 2) / 2
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(24_576)
  }
})

const errorName = (error: unknown): string | undefined => {
  const revert = error instanceof BaseError && error.walk((inner) => inner instanceof ContractFunctionRevertedError)
  return revert instanceof ContractFunctionRevertedError ? revert.data?.errorName : String(error)
}
