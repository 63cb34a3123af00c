// Given to the examples of src/chain.
import type {
  ModelRegistration,
  Network,
  PlannedTransaction,
  PostEpochParameters,
  Proposal,
  RewardClaim,
  Voucher,
  VoucherInference,
  WriteClient,
} from 'openledger/contracts'
import type { Address, Hex, LocalAccount } from 'viem'

export declare const network: Network
export declare const client: WriteClient
export declare const account: Address
export declare const owner: Address
export declare const mara: Address
export declare const maintainer: Address
export declare const payer: Address
export declare const contributor: Address
export declare const escrow: Address

export declare const registry: Address

export declare const adapterHash: Hex
export declare const manifestHash: Hex
export declare const salt: Hex
export declare const identity: Hex
export declare const datanetId: Hex
export declare const modelId: Hex
export declare const inferenceId: Hex
export declare const recordId: Hex
export declare const root: Hex
export declare const contentHash: Hex
export declare const rewardsRoot: Hex
export declare const claimedRewardsRoot: Hex
export declare const receiptHash: Hex
export declare const signature: Hex
export declare const proof: readonly Hex[]

export declare const requestId: number
export declare const proposalId: bigint
export declare const licence: string
export declare const purpose: string
export declare const expiresAt: number
export declare const inputTokens: number
export declare const outputTokens: number

export declare const amountWei: bigint
export declare const bondWei: bigint
export declare const cumulativeWei: bigint
export declare const feeWei: bigint
export declare const inputPriceWei: bigint
export declare const outputPriceWei: bigint
export declare const poolWei: bigint
export declare const priceWei: bigint

export declare const voucher: Voucher
export declare const earlier: Voucher
export declare const inferences: readonly VoucherInference[]
export declare const proposal: Proposal
export declare const claims: readonly RewardClaim[]
export declare const hashes: Pick<ModelRegistration, 'baseHash' | 'adapterHash' | 'manifestHash'>
export declare const roots: Omit<PostEpochParameters, 'bondWei'>
export declare const transaction: PlannedTransaction
export declare const planned: PlannedTransaction
export declare const signer: LocalAccount
