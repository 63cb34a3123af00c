// Given to the examples of src/lora.
import type { TrainingSettings } from 'openledger/train'

export declare const settings: TrainingSettings
