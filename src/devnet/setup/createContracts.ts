import type { Address, Hex } from 'viem'
import { encodeDeployData, parseEther } from 'viem/utils'
import type { ContractName } from '../../chain/client/networks.js'
import { attributionLedgerAbi } from '../../chain/contracts/AttributionLedger.abi.generated.js'
import { attributionLedgerBytecode } from '../../chain/contracts/AttributionLedger.bytecode.generated.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import { datanetRegistryBytecode } from '../../chain/contracts/DatanetRegistry.bytecode.generated.js'
import { gopenAbi } from '../../chain/contracts/GOPEN.abi.generated.js'
import { gopenBytecode } from '../../chain/contracts/GOPEN.bytecode.generated.js'
import { inferenceEscrowAbi } from '../../chain/contracts/InferenceEscrow.abi.generated.js'
import { inferenceEscrowBytecode } from '../../chain/contracts/InferenceEscrow.bytecode.generated.js'
import { modelRegistryAbi } from '../../chain/contracts/ModelRegistry.abi.generated.js'
import { modelRegistryBytecode } from '../../chain/contracts/ModelRegistry.bytecode.generated.js'
import { openLedgerGovernorAbi } from '../../chain/contracts/OpenLedgerGovernor.abi.generated.js'
import { openLedgerGovernorBytecode } from '../../chain/contracts/OpenLedgerGovernor.bytecode.generated.js'
import { openLedgerTimelockAbi } from '../../chain/contracts/OpenLedgerTimelock.abi.generated.js'
import { openLedgerTimelockBytecode } from '../../chain/contracts/OpenLedgerTimelock.bytecode.generated.js'
import { rewardPoolAbi } from '../../chain/contracts/RewardPool.abi.generated.js'
import { rewardPoolBytecode } from '../../chain/contracts/RewardPool.bytecode.generated.js'
import { stakingAbi } from '../../chain/contracts/Staking.abi.generated.js'
import { stakingBytecode } from '../../chain/contracts/Staking.bytecode.generated.js'
import { wopenAbi } from '../../chain/contracts/WOPEN.abi.generated.js'
import { wopenBytecode } from '../../chain/contracts/WOPEN.bytecode.generated.js'
import type { LayerSetUp } from '../node/LayerSetUp.js'

/** Terms for posting and judging the devnet's epochs: seconds, wei, and hundredths of a percent. */
const epochTerms = { window: 3_600, votePeriod: 3_600, bond: parseEther('1'), slashBps: 500, quorumBps: 2_000 }

/** Same as on the public chain, where flexible stake waits seven days. */
const unbondingPeriod = 7n * 86_400n
const minStake = parseEther('100')

/** Smallest quorum on the devnet: a tenth of the balance that each dev account has on the L2. */
const quorumFloor = parseEther('10000')

/** Gas limit of each creation. One block must hold all of them. */
const defaultGas = 4_000_000n
const gasOf: Readonly<Partial<Record<ContractName, bigint>>> = {
  DatanetRegistry: 6_000_000n,
  AttributionLedger: 6_000_000n,
  OpenLedgerGovernor: 8_000_000n,
}

/** The contracts in the order of their creation: a constructor may call only earlier ones. */
const names = [
  'DatanetRegistry',
  'ModelRegistry',
  'RewardPool',
  'Staking',
  'AttributionLedger',
  'InferenceEscrow',
  'GOPEN',
  'WOPEN',
  'OpenLedgerTimelock',
  'OpenLedgerGovernor',
] as const

type L2Addresses = Readonly<Record<(typeof names)[number], Address>>

/**
 * Creates the contracts of the L2 in one block. They name each other in their constructors, so every address is computed
 * before the first contract exists. Nobody has to connect them later, and the deployer keeps no power over them.
 *
 * @throws OL1707 when a creation fails
 */
export async function createContracts(
  l2: LayerSetUp,
  { deployer, operator }: { readonly deployer: Address; readonly operator: Address },
): Promise<L2Addresses> {
  const addresses = Object.fromEntries(names.map((name, index) => [name, l2.addressOf(deployer, index)])) as L2Addresses
  const code = creations(addresses, operator)
  await l2.mine(
    names.map((name) => ({
      step: `creating ${name}`,
      from: deployer,
      data: code[name],
      gas: gasOf[name] ?? defaultGas,
    })),
  )
  return addresses
}

const creations = (at: L2Addresses, operator: Address): Readonly<Record<keyof L2Addresses, Hex>> => ({
  DatanetRegistry: encodeDeployData({ abi: datanetRegistryAbi, bytecode: datanetRegistryBytecode }),
  ModelRegistry: encodeDeployData({
    abi: modelRegistryAbi,
    bytecode: modelRegistryBytecode,
    args: [at.DatanetRegistry],
  }),
  RewardPool: encodeDeployData({ abi: rewardPoolAbi, bytecode: rewardPoolBytecode, args: [at.AttributionLedger] }),
  Staking: encodeDeployData({
    abi: stakingAbi,
    bytecode: stakingBytecode,
    args: [at.AttributionLedger, at.OpenLedgerTimelock, unbondingPeriod, minStake],
  }),
  AttributionLedger: encodeDeployData({
    abi: attributionLedgerAbi,
    bytecode: attributionLedgerBytecode,
    args: [at.RewardPool, at.Staking, operator, at.OpenLedgerTimelock, epochTerms],
  }),
  InferenceEscrow: encodeDeployData({
    abi: inferenceEscrowAbi,
    bytecode: inferenceEscrowBytecode,
    args: [at.ModelRegistry, at.RewardPool, at.Staking, at.OpenLedgerTimelock],
  }),
  GOPEN: encodeDeployData({ abi: gopenAbi, bytecode: gopenBytecode }),
  WOPEN: encodeDeployData({ abi: wopenAbi, bytecode: wopenBytecode }),
  OpenLedgerTimelock: encodeDeployData({
    abi: openLedgerTimelockAbi,
    bytecode: openLedgerTimelockBytecode,
    args: [at.OpenLedgerGovernor],
  }),
  OpenLedgerGovernor: encodeDeployData({
    abi: openLedgerGovernorAbi,
    bytecode: openLedgerGovernorBytecode,
    args: [at.GOPEN, at.OpenLedgerTimelock, quorumFloor],
  }),
})
