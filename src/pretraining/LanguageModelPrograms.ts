import { causalTokens } from '../models/causalTokens.js'
import { frozenLinear } from '../models/Linear.js'
import { crossEntropy, scale } from '../onnx/composites.js'
import { gradient } from '../onnx/gradient.js'
import type { ProgramOptions } from '../onnx/Program.js'
import { ProgramCache } from '../onnx/ProgramCache.js'
import {
  expand,
  gatherElements,
  input,
  log,
  reduceSum,
  reshape,
  scalar,
  scatterAddElements,
  softmax,
} from '../onnx/primitives.js'
import { topologicalOrder, type Value } from '../onnx/Value.js'
import {
  type ModelLayout,
  type ModelParameter,
  parameterFeeds,
  parameterInputs,
  type UntrainedNetwork,
} from './ModelLayout.js'

/** Sequences with the token that follows each: ids [batch, length + 1], one row after the other. */
export interface Windows {
  readonly ids: Int32Array
  readonly batch: number
}

/** Loss and gradient of all parameters of a language model; one program for each shape of windows. */
export class LanguageModelPrograms {
  readonly #programs: ProgramCache
  readonly #network: UntrainedNetwork
  readonly #layout: ModelLayout

  constructor(network: UntrainedNetwork, layout: ModelLayout, options: ProgramOptions = {}) {
    this.#network = network
    this.#layout = layout
    this.#programs = new ProgramCache(options)
  }

  /**
   * @param into takes the gradient of the mean token loss, in the layout's order
   * @returns the mean token loss, in nats
   */
  async differentiate(windows: Windows, values: Float32Array, into: Float32Array): Promise<number> {
    const { batch, length, feeds } = this.#feeds(windows, values)
    const program = await this.#programs.get(`gradient ${batch}x${length}`, () => this.#gradients(batch, length))
    const results = await program.run(feeds)
    for (const parameter of this.#layout.parameters) {
      const { name, offset, size } = parameter
      const direct = results[`grad.${name}`]
      if (direct) into.set(direct, offset)
      else into.fill(0, offset, offset + size)
      const rows = results[`rows.${name}`]
      if (rows) addRows(into.subarray(offset, offset + size), rows, feeds.ids, parameter)
    }
    return (results['loss'] as Float32Array)[0] as number
  }

  /** The mean token loss, in nats. */
  async loss(windows: Windows, values: Float32Array): Promise<number> {
    const { batch, length, feeds } = this.#feeds(windows, values)
    const program = await this.#programs.get(`loss ${batch}x${length}`, () => {
      const { logits, targets, rows } = this.#forward(batch, length)
      return { loss: mean(crossEntropy(logits, targets), rows) }
    })
    const { loss } = await program.run(feeds)
    return (loss as Float32Array)[0] as number
  }

  dispose(): Promise<void> {
    return this.#programs.dispose()
  }

  #feeds({ ids: windows, batch }: Windows, values: Float32Array) {
    const length = windows.length / batch - 1
    const ids = new Int32Array(batch * length)
    const targets = new Int32Array(batch * length)
    for (let row = 0; row < batch; row++) {
      const start = row * (length + 1)
      ids.set(windows.subarray(start, start + length), row * length)
      targets.set(windows.subarray(start + 1, start + length + 1), row * length)
    }
    return { batch, length, feeds: { ids, targets, ...parameterFeeds(this.#layout, values) } }
  }

  /** The body and the head read their weights apart: the embedding that both may share is another value in each. */
  #forward(batch: number, length: number) {
    const { architecture, config } = this.#network
    const body = parameterInputs()
    const head = parameterInputs()
    const hidden = architecture.hidden(
      config,
      body.weights,
      frozenLinear(body.weights),
      causalTokens({ batch, length }),
    )
    const logits = architecture.logits(config, head.weights, hidden)
    const rows = batch * length
    return { body, head, hidden, logits, targets: input('targets', 'int32', [rows, 1]), rows }
  }

  /**
   * The loss, the gradient of each parameter under `grad.`, and under `rows.` that of the rows which were looked up in it:
   * where a row was looked up twice its gradients are to be added, which ONNX Runtime's ScatterND does on several
   * threads at once, and loses some.
   */
  #gradients(batch: number, length: number): Record<string, Value> {
    const { body, head, hidden, logits, targets, rows } = this.#forward(batch, length)
    const lookups = new Map(
      topologicalOrder([hidden])
        .filter(({ operation, sources: [table] }) => operation.op === 'Gather' && table?.operation.op === 'Input')
        .map((value) => [value.sources[0] as Value, value]),
    )
    const direct = [...body.values, ...head.values].filter(([, value]) => !lookups.has(value))
    const probabilities = softmax(logits)
    const ones = expand(scalar(-1, logits), targets.shape)
    // The gradient of the loss by the logits, written out: the softmax less one at the label.
    const seed = scale(scatterAddElements(probabilities, targets, ones), 1 / rows)
    const wanted = [...direct.map(([, value]) => value), ...lookups.values()]
    const gradients = gradient(logits, wanted, seed)
    const named = [
      ...direct.map(([name], i) => [`grad.${name}`, gradients[i] as Value] as const),
      ...[...lookups.keys()].map((table, i) => {
        const name = table.operation.op === 'Input' ? table.operation.name : ''
        return [`rows.${name}`, gradients[direct.length + i] as Value] as const
      }),
    ]
    return { loss: scale(mean(log(gatherElements(probabilities, targets)), rows), -1), ...Object.fromEntries(named) }
  }
}

const mean = (column: Value, rows: number): Value => scale(reshape(reduceSum(column, [0, 1]), []), 1 / rows)

/** Adds each row to the row of `into` that its id names. */
function addRows(into: Float32Array, rows: Float32Array, ids: Int32Array, { shape }: ModelParameter): void {
  const width = shape[1] as number
  let from = 0
  for (const id of ids) {
    const start = id * width
    for (let to = start; to < start + width; to++, from++) into[to] = (into[to] as number) + (rows[from] as number)
  }
}
