// Given to the examples of src/rewards.
import type { InferenceIdentity } from 'openledger/rewards'
import type { Address, Hex } from 'viem'

export declare const inference: InferenceIdentity
export declare const records: readonly { readonly id: Hex; readonly contributor: Address }[]
export declare const shares: { readonly records: Float64Array }
export declare const inputTokens: number
export declare const outputTokens: number
export declare const feeWei: bigint
export declare const poolWei: bigint
