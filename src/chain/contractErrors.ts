import type { Abi } from 'viem'
import { attributionLedgerAbi } from './contracts/AttributionLedger.generated.js'
import { datanetRegistryAbi } from './contracts/DatanetRegistry.generated.js'
import { gOPENAbi } from './contracts/GOPEN.generated.js'
import { inferenceEscrowAbi } from './contracts/InferenceEscrow.generated.js'
import { modelRegistryAbi } from './contracts/ModelRegistry.generated.js'
import { openLedgerGovernorAbi } from './contracts/OpenLedgerGovernor.generated.js'
import { openLedgerTimelockAbi } from './contracts/OpenLedgerTimelock.generated.js'
import { rewardPoolAbi } from './contracts/RewardPool.generated.js'
import { stakingAbi } from './contracts/Staking.generated.js'
import { wOPENAbi } from './contracts/WOPEN.generated.js'
import { epochRemedies } from './epochRemedies.js'
import { governanceRemedies } from './governanceRemedies.js'
import { mismatch, notPermitted, type Remedy, refused } from './remedy.js'

const abis = [
  datanetRegistryAbi,
  modelRegistryAbi,
  rewardPoolAbi,
  stakingAbi,
  attributionLedgerAbi,
  inferenceEscrowAbi,
  gOPENAbi,
  wOPENAbi,
  openLedgerGovernorAbi,
  openLedgerTimelockAbi,
] as const

/** The interfaces of all contracts. */
export const contractAbis: readonly Abi[] = abis

type ErrorsOf<Items> = Items extends readonly (infer Item)[] ? Extract<Item, { type: 'error' }> : never

/** Every custom error that a contract of ours can answer with. */
export type ContractErrorName = ErrorsOf<(typeof abis)[number]>['name']

/**
 * The custom errors of all contracts. A call is decoded with all of them, because a contract passes on the errors of the
 * contracts that it calls: paying for an unknown model fails with the ModelRegistry's error.
 */
export const contractErrors: Abi = abis.flatMap((abi) => (abi as Abi).filter(({ type }) => type === 'error'))

const deployment = refused('Deploy the contracts again with the right constructor arguments.')
const governance = notPermitted(
  'Only governance may do this, by a proposal that was voted in (`openledger gov propose`), and not {caller}.',
)

/** What to do about each custom error; the compiler demands an entry for every one. */
export const remedies: Readonly<Record<ContractErrorName, Remedy>> = {
  DatanetRegistry__EmptyName: refused('Give the Datanet a name.'),
  DatanetRegistry__EmptyLicence: refused('Give the SPDX identifier of a licence, for example CC-BY-4.0.'),
  DatanetRegistry__AlreadyExists: refused(
    'You own a Datanet of this name: publish a version of it, or choose another name.',
  ),
  DatanetRegistry__UnknownDatanet: refused(
    'Create the Datanet first, with `openledger datanet publish`, or check the id.',
  ),
  DatanetRegistry__NotOwner: notPermitted("Sign with the Datanet owner's key."),
  DatanetRegistry__NotCurator: notPermitted(
    'Ask the owner of the Datanet to make {caller} a curator, or sign with the key of one.',
  ),
  DatanetRegistry__EmptyVersion: refused(
    'Publish a version with at least one record; root and content hash must not be zero.',
  ),
  DatanetRegistry__UnknownVersion: refused('Publish version {version} first, or name one that exists.'),
  ModelRegistry__ZeroHash: refused('Give the hashes of the base model, the adapter and the training manifest.'),
  ModelRegistry__UnknownDatanetVersion: refused('Publish the Datanet version that the model was trained on first.'),
  ModelRegistry__AlreadyRegistered: refused('You have registered this very adapter before: use the model {modelId}.'),
  ModelRegistry__UnknownModel: refused('Register the model first, with `openledger model publish`, or check the id.'),
  ModelRegistry__NotOwner: notPermitted("Sign with the model owner's key."),
  InferenceEscrow__ZeroAddress: deployment,
  InferenceEscrow__NotGovernance: governance,
  InferenceEscrow__WrongSplit: refused('Give three parts that sum to 10000 hundredths of a percent.'),
  InferenceEscrow__WrongPayment: refused(
    'The price has changed: ask for a new quote ({quoted} wei now) and pay exactly that.',
  ),
  InferenceEscrow__AlreadyPaid: refused(
    'This inference is paid for; a new inference needs a new nonce, which gives it a new id.',
  ),
  ...epochRemedies,
  PullPayment__NothingToWithdraw: refused('{account} has no credit here.'),
  PullPayment__TransferFailed: refused('{account} refuses payments: withdraw from an account that can receive OPEN.'),
  RewardPool__ZeroAddress: deployment,
  RewardPool__NotLedger: notPermitted('Only the AttributionLedger sets the root: finalize an epoch instead.'),
  RewardPool__NothingToFund: refused('Send an amount above zero.'),
  RewardPool__NoActiveRoot: refused('No epoch is final yet: post one, wait for its window, and finalize it.'),
  RewardPool__NothingToClaim: refused(
    '{account} has been paid {claimed} wei already, all that it earned; wait for the next epoch.',
  ),
  RewardPool__InvalidProof: mismatch(
    "The proof does not lead to the active root {root}: take amount and proof from the newest final epoch's tree.",
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
