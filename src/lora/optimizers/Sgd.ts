import { type OptimizedTensor, type Optimizer, type OptimizerState, sizeOfAll, stateTensor } from './Optimizer.js'

export interface SgdOptions {
  readonly momentum: number
  /** Coefficient of the parameter that is added to the gradient. */
  readonly weightDecay: number
}

/** Gradient descent with momentum, like torch.optim.SGD without dampening. */
export class Sgd implements Optimizer {
  readonly #tensors: readonly OptimizedTensor[]
  readonly #options: SgdOptions
  /** The momentum buffer; empty without momentum. */
  readonly #buffer: Float32Array
  #steps: number

  /** @param state the state to resume from; its array is used, not copied */
  constructor(tensors: readonly OptimizedTensor[], options: SgdOptions, state?: OptimizerState) {
    this.#tensors = tensors
    this.#options = options
    this.#buffer = stateTensor(state, 'momentum_buffer', options.momentum === 0 ? 0 : sizeOfAll(tensors))
    this.#steps = state?.steps ?? 0
  }

  get state(): OptimizerState {
    return { steps: this.#steps, tensors: { momentum_buffer: this.#buffer } }
  }

  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void {
    const { momentum } = this.#options
    this.#steps++
    for (const { offset, size, rate, decays } of this.#tensors) {
      const weightDecay = decays ? this.#options.weightDecay : 0
      for (let i = offset; i < offset + size; i++) {
        const value = parameters[i] as number
        let direction = (gradient[i] as number) + weightDecay * value
        if (momentum > 0) {
          // The buffer starts at zero, so the first direction is the gradient itself.
          direction += momentum * (this.#buffer[i] as number)
          this.#buffer[i] = direction
        }
        parameters[i] = value - learningRate * rate * direction
      }
    }
  }
}
