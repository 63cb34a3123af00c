/** The contracts: a client, an action for each call, Merkle trees: `import { createChainClient } from 'openledger/contracts'`. */

export * from '../chain/actions/index.js'
export {
  type OpenledgerActionName,
  type OpenledgerActions,
  openledgerActions,
} from '../chain/actions/openledgerActions.js'
export type { ReadClient, WriteClient } from '../chain/client/ChainClient.js'
export { type ContractAddressParameter, contractAddress } from '../chain/client/contractAddress.js'
export { type ChainClientParameters, createChainClient } from '../chain/client/createChainClient.js'
export type { PlannedArgument, PlannedTransaction } from '../chain/client/describeTransaction.js'
export { type FindEventsParameters, findEvents } from '../chain/client/findEvents.js'
export type { Review } from '../chain/client/guardAccount.js'
export { isAsShown } from '../chain/client/isAsShown.js'
export { type ContractName, defineNetwork, type Network, type NetworkParameters } from '../chain/client/networks.js'
export { planTransaction } from '../chain/client/planTransaction.js'
export type { Sent } from '../chain/client/sendCall.js'
export { verifyChain } from '../chain/client/verifyChain.js'
export { attributionLedgerAbi } from '../chain/contracts/AttributionLedger.abi.generated.js'
export { datanetRegistryAbi } from '../chain/contracts/DatanetRegistry.abi.generated.js'
export { gopenAbi } from '../chain/contracts/GOPEN.abi.generated.js'
export { inferenceEscrowAbi } from '../chain/contracts/InferenceEscrow.abi.generated.js'
export { modelRegistryAbi } from '../chain/contracts/ModelRegistry.abi.generated.js'
export { openAbi } from '../chain/contracts/Open.abi.generated.js'
export { openLedgerGovernorAbi } from '../chain/contracts/OpenLedgerGovernor.abi.generated.js'
export { openLedgerTimelockAbi } from '../chain/contracts/OpenLedgerTimelock.abi.generated.js'
export { rewardPoolAbi } from '../chain/contracts/RewardPool.abi.generated.js'
export { stakingAbi } from '../chain/contracts/Staking.abi.generated.js'
export { wopenAbi } from '../chain/contracts/WOPEN.abi.generated.js'
export { hashProposal, type Proposal, type ProposalState, reservedFor } from '../chain/governance/proposal.js'
export type { VoteOutcome } from '../chain/governance/voteOutcomes.js'
export { type DatanetPolicy, openPolicy } from '../chain/values/datanetPolicy.js'
export type { CreditContract } from '../chain/values/pullPayment.js'
export {
  inferencesHead,
  type SignedVoucher,
  signVoucher,
  type Voucher,
  type VoucherDomain,
  type VoucherInference,
  voucherIdOf,
  voucherTypedData,
} from '../chain/values/voucher.js'
export { buildStandardTree } from '../merkle/buildStandardTree.js'
export type { LeafValue } from '../merkle/encodeLeaf.js'
export { loadTree } from '../merkle/loadTree.js'
export type { StandardTree, StandardTreeDump } from '../merkle/StandardTree.js'
export { verifyProof } from '../merkle/verifyProof.js'
export * from './errors.js'
