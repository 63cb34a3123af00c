import type { Abi } from 'viem'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.abi.generated.js'
import { datanetRegistryAbi } from '../contracts/DatanetRegistry.abi.generated.js'
import { gopenAbi } from '../contracts/GOPEN.abi.generated.js'
import { inferenceEscrowAbi } from '../contracts/InferenceEscrow.abi.generated.js'
import { modelRegistryAbi } from '../contracts/ModelRegistry.abi.generated.js'
import { openLedgerGovernorAbi } from '../contracts/OpenLedgerGovernor.abi.generated.js'
import { openLedgerTimelockAbi } from '../contracts/OpenLedgerTimelock.abi.generated.js'
import { rewardPoolAbi } from '../contracts/RewardPool.abi.generated.js'
import { stakingAbi } from '../contracts/Staking.abi.generated.js'
import { wopenAbi } from '../contracts/WOPEN.abi.generated.js'
import { epochRemedies } from './epochRemedies.js'
import { escrowRemedies } from './escrowRemedies.js'
import { governanceRemedies } from './governanceRemedies.js'
import { registryRemedies } from './registryRemedies.js'
import { mismatch, nothingLeft, notPermitted, type Remedy, refused, wrongDeployment } from './remedy.js'

const abis = [
  datanetRegistryAbi,
  modelRegistryAbi,
  rewardPoolAbi,
  stakingAbi,
  attributionLedgerAbi,
  inferenceEscrowAbi,
  gopenAbi,
  wopenAbi,
  openLedgerGovernorAbi,
  openLedgerTimelockAbi,
] as const

/** The interfaces of all contracts. */
export const contractAbis: readonly Abi[] = abis

type ErrorsOf<Items> = Items extends readonly (infer Item)[] ? Extract<Item, { type: 'error' }> : never

/** Every custom error of our contracts. */
export type ContractErrorName = ErrorsOf<(typeof abis)[number]>['name']

/**
 * The custom errors of all contracts. Every call is decoded with all of them, because a contract passes on the errors
 * of the contracts that it calls: paying for an unknown model fails with the ModelRegistry's error.
 */
export const contractErrors: Abi = abis.flatMap((abi) => (abi as Abi).filter(({ type }) => type === 'error'))

/** The remedy for each custom error; the compiler requires one for every error. */
export const remedies: Readonly<Record<ContractErrorName, Remedy>> = {
  ...registryRemedies,
  ...escrowRemedies,
  ...epochRemedies,
  PullPayment__NothingToWithdraw: nothingLeft('{account} has no credit here.'),
  PullPayment__TransferFailed: refused('{account} refuses payments: withdraw from an account that can receive OPEN.'),
  RewardPool__ZeroAddress: wrongDeployment,
  RewardPool__NotLedger: notPermitted('Only the AttributionLedger sets the root: finalize an epoch instead.'),
  RewardPool__NothingToFund: refused('Send an amount above zero.'),
  RewardPool__NoActiveRoot: refused('No epoch is final yet: post one, wait for its window, and finalize it.'),
  RewardPool__NothingToClaim: refused(
    '{account} has been paid {claimed} wei already, all that it earned; wait for the next epoch.',
  ),
  RewardPool__InvalidProof: mismatch(
    'The proof does not lead to the active root {root}: take amount and proof from the newest final epoch’s tree.',
  ),
  RewardPool__Insolvent: mismatch(
    'The pool holds {available} wei for {requested}: the active root allocates more than was paid in. Challenge it.',
  ),
  RewardPool__TransferFailed: refused('{account} refuses payments; what it earned stays claimable.'),
  RewardPool__LengthMismatch: refused('Give as many amounts and proofs as accounts.'),
  RewardPool__NothingPaid: refused('Every account of the batch is fully paid or refuses payments.'),
  ReentrancyGuardReentrantCall: refused(
    'A contract called back while it was being paid: pay it with a claim of its own.',
  ),
  ...governanceRemedies,
  SafeCastOverflowedUintDowncast: refused('{value} does not fit into {bits} bits: check the amounts.'),
}
