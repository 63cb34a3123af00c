import { causalContext } from '../models/layers/causalContext.js'
import { frozenLayers } from '../models/layers/Linear.js'
import { crossEntropy, scale } from '../onnx/graph/composites.js'
import { gradient } from '../onnx/graph/gradient.js'
import { log } from '../onnx/graph/primitives/elementwise.js'
import { gatherElements, scatterAddElements } from '../onnx/graph/primitives/indexing.js'
import { input, scalar } from '../onnx/graph/primitives/inputs.js'
import { expand, reshape } from '../onnx/graph/primitives/movement.js'
import { reduceSum, softmax } from '../onnx/graph/primitives/reductions.js'
import type { Value } from '../onnx/graph/Value.js'
import type { ProgramOptions } from '../onnx/runtime/Program.js'
import { ProgramCache } from '../onnx/runtime/ProgramCache.js'
import { type ModelLayout, parameterFeeds, parameterInputs, type UntrainedNetwork } from './ModelLayout.js'

/** Training sequences, each with the token that follows it: ids [batch, length + 1], row by row. */
export interface Windows {
  readonly ids: Int32Array
  readonly batch: number
}

/** Computes the loss of a language model and the gradient of all its parameters, with one program per shape. */
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
   * Computes the loss and its gradient.
   *
   * @param into receives the gradient of the mean token loss, in the layout's order
   * @returns the mean token loss, in nats
   */
  async differentiate(windows: Windows, values: Float32Array, into: Float32Array): Promise<number> {
    const { batch, length, feeds } = this.#feeds(windows, values)
    const program = await this.#programs.get(`gradient ${batch}x${length}`, () => this.#gradients(batch, length))
    const results = await program.run(feeds)
    for (const { name, offset } of this.#layout.parameters) into.set(results[`grad.${name}`] as Float32Array, offset)
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

  #forward(batch: number, length: number) {
    const { architecture, config } = this.#network
    const { weights, values } = parameterInputs()
    const layers = frozenLayers(weights)
    const hidden = architecture.hidden(config, weights, layers, causalContext({ batch, length }))
    const logits = architecture.logits(config, layers, hidden)
    const rows = batch * length
    return { values, logits, targets: input('targets', 'int32', [rows, 1]), rows }
  }

  /** The loss, and the gradient of each parameter as `grad.<name>`. */
  #gradients(batch: number, length: number): Record<string, Value> {
    const { values, logits, targets, rows } = this.#forward(batch, length)
    const probabilities = softmax(logits)
    const ones = expand(scalar(-1, logits), targets.shape)
    // The gradient of the loss with respect to the logits: the softmax minus 1 at the label.
    const seed = scale(scatterAddElements(probabilities, targets, ones), 1 / rows)
    const names = [...values.keys()]
    const gradients = gradient(logits, [...values.values()], seed)
    return {
      loss: scale(mean(log(gatherElements(probabilities, targets)), rows), -1),
      ...Object.fromEntries(gradients.map((each, i) => [`grad.${names[i]}`, each])),
    }
  }
}

const mean = (column: Value, rows: number): Value => scale(reshape(reduceSum(column, [0, 1]), []), 1 / rows)
