export interface AdamWOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  readonly weightDecay?: number
}

/** What the optimiser remembers of the gradients so far: their running mean and that of their squares. */
export interface AdamWState {
  readonly first: Float32Array
  readonly second: Float32Array
  readonly steps: number
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101); the update and its
 * order as in torch.optim.AdamW.
 */
export class AdamW {
  readonly #first: Float32Array
  readonly #second: Float32Array
  readonly #options: Required<AdamWOptions>
  #steps: number

  /** @param state goes on from there; the arrays are taken over, not copied */
  constructor(
    size: number,
    { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions = {},
    state: AdamWState = { first: new Float32Array(size), second: new Float32Array(size), steps: 0 },
  ) {
    this.#first = state.first
    this.#second = state.second
    this.#steps = state.steps
    this.#options = { beta1, beta2, epsilon, weightDecay }
  }

  /** Views, not copies: the next step changes them. */
  get state(): AdamWState {
    return { first: this.#first, second: this.#second, steps: this.#steps }
  }

  /** Moves `parameters` in place by one step against `gradient`. */
  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options
    this.#steps++
    const correction1 = 1 - beta1 ** this.#steps
    const correction2 = Math.sqrt(1 - beta2 ** this.#steps)
    const [m, v] = [this.#first, this.#second]
    // rate * m / (sqrt(v) / correction2 + epsilon), with one division for each parameter.
    const rate = (learningRate / correction1) * correction2
    const shifted = epsilon * correction2
    const kept = 1 - learningRate * weightDecay
    const [new1, new2] = [1 - beta1, 1 - beta2]
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i] as number
      const first = beta1 * (m[i] as number) + new1 * g
      const second = beta2 * (v[i] as number) + new2 * g * g
      m[i] = first
      v[i] = second
      parameters[i] = (parameters[i] as number) * kept - (rate * first) / (Math.sqrt(second) + shifted)
    }
  }
}

/**
 * Scales a gradient down to a Euclidean norm of at most `limit`, in place, as torch.nn.utils.clip_grad_norm_.
 *
 * @returns the norm before
 */
export function clipGradient(gradient: Float32Array, limit: number): number {
  let squares = 0
  // By index: the iterator of a typed array is twenty times as slow.
  for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) ** 2
  const norm = Math.sqrt(squares)
  const factor = limit / (norm + 1e-6)
  if (factor < 1) for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) * factor
  return norm
}
