// Given to the examples of src/attribution.
import type { GradientMatrix } from 'openledger/attribution'
import type { Adapter, BaseModel, ChatTokenizer, Example } from 'openledger/models'

export declare const base: BaseModel
export declare const adapter: Adapter
export declare const examples: readonly Example[]
export declare const recordGradients: GradientMatrix
export declare const answerGradients: GradientMatrix
export declare const tokenizer: ChatTokenizer
export declare const texts: readonly string[]
export declare const answerTokens: Int32Array
export declare const prompt: string
export declare const answer: string
