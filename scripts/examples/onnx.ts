// Given to the examples of src/onnx.
import type { Value } from 'openledger/onnx'

export declare const loss: Value
export declare const w: Value
