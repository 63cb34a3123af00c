import type { Weights } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import type { Architecture } from './Architecture.js'

/** What a forward pass needs: the architecture, its numbers and the checkpoint's tensors. */
export interface Network {
  readonly architecture: Architecture
  readonly config: ModelConfig
  readonly weights: Weights
}
