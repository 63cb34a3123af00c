import { type OptimizedTensor, type Optimizer, type OptimizerState, stateTensor } from './Optimizer.js'

export interface AdafactorOptions {
  readonly weightDecay: number
}

/** Defaults: the constant added to squared gradients, the maximum root mean square of an update, and the decay exponent. */
const [epsilon, clipThreshold, decayRate] = [1e-30, 1, -0.8]

/**
 * Adafactor keeps Adam's second moment as one mean per row and one per column (Shazeer and Stern 2018,
 * https://arxiv.org/abs/1804.04235). It equals transformers' Adafactor with `scale_parameter=False, relative_step=False`, the
 * Trainer's `optim: adafactor`.
 */
export class Adafactor implements Optimizer {
  readonly #tensors: readonly Placed[]
  readonly #options: AdafactorOptions
  /** Means over the last axis, one per row; none for vectors. */
  readonly #rows: Float32Array
  /** Means over the first axis, one per column; one per element for vectors. */
  readonly #columns: Float32Array
  readonly #update: Float64Array
  #steps: number

  /** @param state the state to resume from; its arrays are used, not copied */
  constructor(tensors: readonly OptimizedTensor[], options: AdafactorOptions, state?: OptimizerState) {
    let [rowsAt, columnsAt] = [0, 0]
    this.#tensors = tensors.map((tensor) => {
      const columns = tensor.shape.at(-1) as number
      const rows = tensor.shape.length === 1 ? 0 : tensor.size / columns
      const placed = { ...tensor, rows, columns, rowsAt, columnsAt }
      rowsAt += rows
      columnsAt += columns
      return placed
    })
    this.#options = options
    this.#rows = stateTensor(state, 'exp_avg_sq_row', rowsAt)
    this.#columns = stateTensor(state, 'exp_avg_sq_col', columnsAt)
    this.#update = new Float64Array(Math.max(0, ...tensors.map(({ size }) => size)))
    this.#steps = state?.steps ?? 0
  }

  get state(): OptimizerState {
    return { steps: this.#steps, tensors: { exp_avg_sq_row: this.#rows, exp_avg_sq_col: this.#columns } }
  }

  step(parameters: Float32Array, gradient: Float32Array, learningRate: number): void {
    this.#steps++
    const kept = 1 - this.#steps ** decayRate
    for (const tensor of this.#tensors) {
      const { offset, size, rate } = tensor
      const g = gradient.subarray(offset, offset + size)
      if (tensor.rows === 0) this.#vectorUpdate(tensor, g, kept)
      else this.#matrixUpdate(tensor, g, kept)
      const update = this.#update
      let squares = 0
      for (let i = 0; i < size; i++) squares += (update[i] as number) ** 2
      const own = learningRate * rate
      const step = own / Math.max(1, Math.sqrt(squares / size) / clipThreshold)
      const decay = tensor.decays ? 1 - own * this.#options.weightDecay : 1
      for (let i = 0; i < size; i++)
        parameters[offset + i] = (parameters[offset + i] as number) * decay - step * (update[i] as number)
    }
  }

  #vectorUpdate({ size, columnsAt }: Placed, g: Float32Array, kept: number): void {
    for (let i = 0; i < size; i++) {
      const e = g[i] as number
      const mean = kept * (this.#columns[columnsAt + i] as number) + (1 - kept) * (e * e + epsilon)
      this.#columns[columnsAt + i] = mean
      this.#update[i] = e / Math.sqrt(mean)
    }
  }

  #matrixUpdate({ rows, columns, rowsAt, columnsAt }: Placed, g: Float32Array, kept: number): void {
    const ofRow = this.#rows.subarray(rowsAt, rowsAt + rows)
    const ofColumn = this.#columns.subarray(columnsAt, columnsAt + columns)
    const sums = new Float64Array(columns)
    let all = 0
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let column = 0; column < columns; column++) {
        const square = (g[row * columns + column] as number) ** 2 + epsilon
        sum += square
        sums[column] = (sums[column] as number) + square
      }
      const mean = kept * (ofRow[row] as number) + (1 - kept) * (sum / columns)
      ofRow[row] = mean
      all += mean
    }
    for (let column = 0; column < columns; column++)
      ofColumn[column] = kept * (ofColumn[column] as number) + (1 - kept) * ((sums[column] as number) / rows)
    const average = all / rows
    for (let row = 0; row < rows; row++) {
      const ofThis = Math.sqrt((ofRow[row] as number) / average)
      for (let column = 0; column < columns; column++) {
        const i = row * columns + column
        this.#update[i] = (g[i] as number) / (ofThis * Math.sqrt(ofColumn[column] as number))
      }
    }
  }
}

/** A tensor with its extents and the offsets of its means; a vector has no rows. */
interface Placed extends OptimizedTensor {
  readonly rows: number
  readonly columns: number
  readonly rowsAt: number
  readonly columnsAt: number
}
