// Given to the examples of src/merkle.
import type { Address, Hex } from 'viem'

export declare const records: readonly { readonly id: Hex; readonly contributor: Address }[]
export declare const root: Hex
export declare const recordId: Hex
export declare const contributor: Address
export declare const proof: readonly Hex[]
