import { type OptimizedTensor, type Optimizer, type OptimizerState, sizeOfAll, stateTensor } from './Optimizer.js'

export interface LionOptions {
  readonly beta1: number
  readonly beta2: number
  readonly weightDecay: number
}

/** Lion steps by the sign of an averaged gradient (Chen et al. 2023, https://arxiv.org/abs/2302.06675, algorithm 2). */
export class Lion implements Optimizer {
  readonly #tensors: readonly OptimizedTensor[]
  readonly #options: LionOptions
  readonly #mean: Float32Array
  #steps: number

  /** @param state the state to resume from; its array is used, not copied */
  constructor(tensors: readonly OptimizedTensor[], options: LionOptions, state?: OptimizerState) {
    this.#tensors = tensors
    this.#options = options
    this.#mean = stateTensor(state, 'exp_avg', sizeOfAll(tensors))
    this.#steps = state?.steps ?? 0
  }

  get state(): OptimizerState {
    return { steps: this.#steps, tensors: { exp_avg: this.#mean } }
  }

  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void {
    const { beta1, beta2, weightDecay } = this.#options
    this.#steps++
    for (const { offset, size, rate, decays } of this.#tensors) {
      const own = learningRate * rate
      const kept = decays ? 1 - own * weightDecay : 1
      for (let i = offset; i < offset + size; i++) {
        const g = gradient[i] as number
        const mean = this.#mean[i] as number
        const direction = Math.sign(beta1 * mean + (1 - beta1) * g)
        parameters[i] = (parameters[i] as number) * kept - own * direction
        this.#mean[i] = beta2 * mean + (1 - beta2) * g
      }
    }
  }
}
