/** A tensor of the flat parameter vector. */
export interface OptimizedTensor {
  readonly offset: number
  readonly size: number
  readonly shape: readonly number[]
  /** Factor of the learning rate. */
  readonly rate: number
  /** Whether weight decay applies to it. */
  readonly decays: boolean
}

/** The state of an optimizer; tensors have the names of the reference implementation. */
export interface OptimizerState {
  readonly steps: number
  readonly tensors: Readonly<Record<string, Float32Array>>
}

/** An optimizer of a flat parameter vector. */
export interface Optimizer {
  /** The state as views, not copies: the next step changes them. */
  readonly state: OptimizerState
  /** Updates `parameters` in place by one step. */
  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void
}

/** Treats a vector as one tensor, with weight decay. */
export const wholeVector = (size: number): OptimizedTensor[] => [
  { offset: 0, size, shape: [size], rate: 1, decays: true },
]

/** The end of the last tensor. */
export const sizeOfAll = (tensors: readonly OptimizedTensor[]): number =>
  tensors.reduce((end, { offset, size }) => Math.max(end, offset + size), 0)

/**
 * A tensor of the state to resume from, or zeros without a state.
 *
 * @throws Error when the tensor is missing or has another size
 */
export function stateTensor(state: OptimizerState | undefined, name: string, size: number): Float32Array {
  if (state === undefined) return new Float32Array(size)
  const kept = state.tensors[name]
  if (kept?.length !== size) throw new Error(`its ${name} has ${kept?.length ?? 0} numbers, the adapter needs ${size}`)
  return kept
}
