/**
 * The library behind the command line: the same actions, typed, without a terminal. It is all entries at once but the
 * devnet and the tensor operations; a program that uses one of them loads less by its subpath, `openledger/train` and so on.
 *
 * @module openledger
 */

export { createDatanet as createDatanetOnChain } from './chain/actions/datanets/createDatanet.js'
export { postEpoch as postEpochOnChain } from './chain/actions/rewards/postEpoch.js'
export type { Review } from './chain/client/guardAccount.js'
export type { Network } from './chain/client/networks.js'
export type { Review as RecordReview } from './datanet/review/reviewRecords.js'
export { createDatanet } from './datanet/store/openDatanet.js'
export type { Devnet } from './devnet/keeper/startDevnet.js'
export type { DevAccountName } from './devnet/state/devAccountNames.js'
export type { DevnetState } from './devnet/state/devnetState.js'
export * from './entries/attribution.js'
export * from './entries/contracts.js'
export * from './entries/datanet.js'
export * from './entries/models.js'
export type * from './entries/onnx.js'
export * from './entries/rewards.js'
export * from './entries/train.js'
export type { Network as ModelNetwork } from './models/architectures/Network.js'
export { gradient } from './onnx/graph/gradient.js'
export { Program } from './onnx/runtime/Program.js'
export { version } from './version.js'
export type { PublishDatanetReturnType } from './workflows/datanets/publishDatanet.js'
export type { ClaimAllReturnType } from './workflows/epochs/claimAll.js'
export type { OnChainEpoch } from './workflows/epochs/epochHistory.js'
export type { NextEpoch, PostedEpoch } from './workflows/epochs/postEpoch.js'
export {
  type RecordTrace,
  type VerifiedEpoch,
  type VerifyRewardsReturnType,
  verifyRewards,
} from './workflows/epochs/verifyRewards.js'
export type { NotedInference } from './workflows/inference/inferences.js'
export type { PaidInference } from './workflows/inference/payInferences.js'
export type { PublicationNote } from './workflows/models/modelPublication.js'
export type { ModelPublication } from './workflows/models/publishModel.js'
export type { Connection } from './workflows/network/openConnection.js'
export { type QuickstartParameters, type QuickstartReturnType, quickstart } from './workflows/quickstart/quickstart.js'
export type { QuickstartFolder } from './workflows/quickstart/quickstartFolder.js'
