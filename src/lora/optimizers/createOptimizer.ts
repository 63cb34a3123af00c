import type { AdapterLayout, AdapterParameter } from '../../models/adapter/adapterLayout.js'
import type { TrainingSettings } from '../settings/settings.js'
import { Adafactor } from './Adafactor.js'
import { AdamW } from './AdamW.js'
import { Lion } from './Lion.js'
import type { OptimizedTensor, Optimizer, OptimizerState } from './Optimizer.js'
import { Sgd } from './Sgd.js'

/**
 * Creates the optimizer of a training.
 *
 * @param state the state to resume from; its arrays are used, not copied
 * @throws Error when the state does not fit this optimizer and adapter
 */
export function createOptimizer(layout: AdapterLayout, settings: TrainingSettings, state?: OptimizerState): Optimizer {
  const tensors = optimizedTensors(layout, settings)
  const { optimizer, weightDecay, momentum, adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon } = settings
  switch (optimizer) {
    case 'adamw':
      return new AdamW(tensors, { beta1, beta2, epsilon, weightDecay }, state)
    case 'sgd':
      return new Sgd(tensors, { momentum, weightDecay }, state)
    case 'adafactor':
      return new Adafactor(tensors, { weightDecay }, state)
    case 'lion':
      return new Lion(tensors, { beta1, beta2, weightDecay }, state)
  }
}

/**
 * The tensors of an adapter with their learning rates. With a LoRA+ ratio, lora_B and vectors learn at that multiple of the rate
 * of lora_A, and adapters of embeddings at a rate of their own (Hayou et al. 2024, https://arxiv.org/abs/2402.12354). These are
 * the groups of PEFT's create_loraplus_optimizer, with the weight decay as its `loraplus_weight_decay`. Biases and gains of
 * norms have no weight decay, as in transformers' Trainer.
 */
function optimizedTensors({ parameters }: AdapterLayout, settings: TrainingSettings): OptimizedTensor[] {
  const { loraplusLrRatio, loraplusLrEmbedding, learningRate } = settings
  const rateOf = ({ side, shape }: AdapterParameter): number => {
    if (loraplusLrRatio === undefined) return 1
    if (side === 'lora_embedding_A' || side === 'lora_embedding_B') return loraplusLrEmbedding / learningRate
    return side === 'lora_B' || shape.length === 1 ? loraplusLrRatio : 1
  }
  return parameters.map((parameter) => {
    const { side, shape, offset, size } = parameter
    return { offset, size, shape, rate: rateOf(parameter), decays: side !== 'whole' || shape.length > 1 }
  })
}
