// Given to the examples of src/datanet.
import type { DatanetStore, ScaffoldOptions } from 'openledger/datanet'
import type { Hex, LocalAccount } from 'viem'
import type { ComparedRecord } from '../../dist/datanet/intake/duplicateFinder.js'

export declare const store: DatanetStore
export declare const account: LocalAccount
export declare const identity: Hex
export declare const records: readonly (ComparedRecord & { readonly line: number })[]
export declare const accountOf: ScaffoldOptions['accountOf']
