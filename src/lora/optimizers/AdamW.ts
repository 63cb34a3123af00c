import {
  type OptimizedTensor,
  type Optimizer,
  type OptimizerState,
  sizeOfAll,
  stateTensor,
  wholeVector,
} from './Optimizer.js'

export interface AdamWOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  readonly weightDecay?: number
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101), with the operations of
 * torch.optim.AdamW in the same order.
 */
export class AdamW implements Optimizer {
  readonly #tensors: readonly OptimizedTensor[]
  readonly #first: Float32Array
  readonly #second: Float32Array
  readonly #options: Required<AdamWOptions>
  #steps: number

  /**
   * @param of the tensors of the parameter vector, or its size if there is one rate for all
   * @param state the state to resume from; its arrays are used, not copied
   */
  constructor(
    of: number | readonly OptimizedTensor[],
    { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions = {},
    state?: OptimizerState,
  ) {
    this.#tensors = typeof of === 'number' ? wholeVector(of) : of
    const size = sizeOfAll(this.#tensors)
    this.#first = stateTensor(state, 'exp_avg', size)
    this.#second = stateTensor(state, 'exp_avg_sq', size)
    this.#steps = state?.steps ?? 0
    this.#options = { beta1, beta2, epsilon, weightDecay }
  }

  get state(): OptimizerState {
    return { steps: this.#steps, tensors: { exp_avg: this.#first, exp_avg_sq: this.#second } }
  }

  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options
    this.#steps++
    const correction1 = 1 - beta1 ** this.#steps
    const correction2 = Math.sqrt(1 - beta2 ** this.#steps)
    const [m, v] = [this.#first, this.#second]
    const shifted = epsilon * correction2
    const [new1, new2] = [1 - beta1, 1 - beta2]
    for (const { offset, size, rate: factor, decays } of this.#tensors) {
      const own = learningRate * factor
      // This equals own / correction1 * m / (sqrt(v) / correction2 + epsilon), with a single division per parameter.
      const rate = (own / correction1) * correction2
      const kept = decays ? 1 - own * weightDecay : 1
      for (let i = offset; i < offset + size; i++) {
        const g = gradient[i] as number
        const first = beta1 * (m[i] as number) + new1 * g
        const second = beta2 * (v[i] as number) + new2 * g * g
        m[i] = first
        v[i] = second
        parameters[i] = (parameters[i] as number) * kept - (rate * first) / (Math.sqrt(second) + shifted)
      }
    }
  }
}

/**
 * Scales a gradient down to a Euclidean norm of at most `limit`, in place, like torch.nn.utils.clip_grad_norm_.
 *
 * @param limit 0 turns clipping off, like `max_grad_norm` in transformers
 * @returns the norm before clipping
 */
export function clipGradient(gradient: Float32Array, limit: number): number {
  let squares = 0
  // The loop uses an index, because the iterator of a typed array is twenty times slower.
  for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) ** 2
  const norm = Math.sqrt(squares)
  const factor = limit === 0 ? 1 : limit / (norm + 1e-6)
  if (factor < 1) for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) * factor
  return norm
}
