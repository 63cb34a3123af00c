/** Epochs, receipts and shares, computed and verified off chain: `import { buildEpoch } from 'openledger/rewards'`. */

export type { Hex } from '../files/hex.js'
export type { LeafValue } from '../merkle/encodeLeaf.js'
export type { StandardTree, StandardTreeDump } from '../merkle/StandardTree.js'
export { loadEpoch } from '../rewards/epochFolder.js'
export {
  buildEpoch,
  type Cumulative,
  type Epoch,
  type EpochInput,
  type EpochManifest,
  type ReceiptProof,
  type RewardProof,
  receiptProof,
  rewardProof,
} from '../rewards/epochs.js'
export {
  createReceipt,
  type InferenceIdentity,
  type InferencePayment,
  inferenceIdOf,
  type Receipt,
  type ReceiptInput,
  receiptHash,
} from '../rewards/receipts.js'
export type { Redemption } from '../rewards/redemptions.js'
export { splitWei } from '../rewards/splitWei.js'
export { type Check, type EpochFiles, type PreviousEpoch, verifyEpochOffChain } from '../rewards/verify.js'
export * from './errors.js'
