/** A tensor of the flat parameter vector. */
export interface OptimizedTensor {
  readonly offset: number
  readonly size: number
  readonly shape: readonly number[]
  /** What its learning rate is multiplied by. */
  readonly rate: number
  /** Whether weight decay applies to it. */
  readonly decays: boolean
}

/** What an optimiser remembers of the gradients so far, by the names that its reference gives them. */
export interface OptimizerState {
  readonly steps: number
  readonly tensors: Readonly<Record<string, Float32Array>>
}

/** Moves a flat parameter vector against its gradient. */
export interface Optimizer {
  /** Views, not copies: the next step changes them. */
  readonly state: OptimizerState
  /** Moves `parameters` in place by one step against `gradient`. */
  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void
}

/** A whole vector at one rate. */
export const wholeVector = (size: number): OptimizedTensor[] => [
  { offset: 0, size, shape: [size], rate: 1, decays: true },
]

/** Where the last tensor of a vector ends. */
export const sizeOfAll = (tensors: readonly OptimizedTensor[]): number =>
  tensors.reduce((end, { offset, size }) => Math.max(end, offset + size), 0)

/**
 * A tensor of a state to go on from, or one of zeros.
 *
 * @throws Error when the state has it in another size, or not at all
 */
export function stateTensor(state: OptimizerState | undefined, name: string, size: number): Float32Array {
  if (state === undefined) return new Float32Array(size)
  const kept = state.tensors[name]
  if (kept?.length !== size) throw new Error(`its ${name} has ${kept?.length ?? 0} numbers, the adapter needs ${size}`)
  return kept
}
