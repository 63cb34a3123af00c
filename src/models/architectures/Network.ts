import type { Weights } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import type { Architecture } from './Architecture.js'

/** Everything that a forward pass needs: the architecture, its configuration and the tensors of the checkpoint. */
export interface Network {
  readonly architecture: Architecture
  readonly config: ModelConfig
  readonly weights: Weights
}
