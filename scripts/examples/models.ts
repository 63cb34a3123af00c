// Given to the examples of src/models.
import type { Tokenizer } from '@huggingface/tokenizers'
import type { BaseModel, Generator } from 'openledger/models'
import type { BatchShape } from '../../dist/models/data/batch.js'
import type { Workload } from '../../dist/models/data/chooseShapes.js'

export declare const base: BaseModel
export declare const generator: Generator
export declare const folder: string
export declare const weight: Float32Array
export declare const raw: unknown
export declare const decoder: Tokenizer['decoder']
export declare const workload: Workload
export declare const small: BatchShape
export declare const large: BatchShape
