import type { Value } from '../../onnx/graph/Value.js'
import { type ProgramCost, programCost } from '../../onnx/passes/programCost.js'
import type { Program, ProgramOptions } from '../../onnx/runtime/Program.js'
import { ProgramCache } from '../../onnx/runtime/ProgramCache.js'
import type { Adapter } from '../adapter/adapterLayout.js'
import { adaptedNetwork, adapterInputs, loraLayers } from '../adapter/loraLayers.js'
import { ResidentParameters } from '../adapter/ResidentParameters.js'
import type { Network } from '../architectures/Network.js'
import { type BatchShape, collate, labelCount, shapeFor, shapeKey } from '../data/batch.js'
import { chooseShapes } from '../data/chooseShapes.js'
import type { Example } from '../data/example.js'
import { frozenLayers } from '../layers/Linear.js'
import { lossGraph } from './lossGraph.js'

export interface Evaluation {
  /** Mean negative log-likelihood of all labelled tokens, in nats. */
  readonly loss: number
  readonly tokens: number
  /** Loss and labelled tokens of each example, in the given order; the loss is NaN if it has no labelled token. */
  readonly records: readonly { readonly loss: number; readonly tokens: number }[]
}

export interface EvaluateOptions {
  readonly signal?: AbortSignal
  /** Called with the number of finished examples and of all examples. */
  readonly onProgress?: (done: number, total: number) => void
}

const batch = 8

/**
 * Computes losses without gradients. Programs are kept between calls, so that an adapter can be evaluated repeatedly during
 * training.
 */
export class Evaluator {
  readonly #programs: ProgramCache
  readonly #base: Network
  readonly #layout: Adapter['layout'] | undefined
  readonly #device: ProgramOptions['device']

  constructor(base: Network, layout: Adapter['layout'] | undefined, options: ProgramOptions = {}) {
    this.#base = base
    this.#layout = layout
    this.#device = options.device
    this.#programs = new ProgramCache(options)
  }

  /** The loss of examples under the base model, with adapter parameters if the evaluator has a layout. */
  async evaluate(
    examples: readonly Example[],
    values?: Float32Array,
    { signal, onProgress }: EvaluateOptions = {},
  ): Promise<Evaluation> {
    const records = examples.map((example) => ({ loss: 0, tokens: labelCount(example) }))
    const adapter =
      this.#layout && values && (await ResidentParameters.upload({ layout: this.#layout, values }, this.#device))
    try {
      let done = 0
      for (const { indices, members, shape } of this.#batches(examples)) {
        signal?.throwIfAborted()
        onProgress?.(done, examples.length)
        done += members.length
        const program = await this.#program(shape)
        const { feeds, owner } = collate(members, shape, () => 1)
        const { tokenLoss } = (await program.run({ ...feeds, ...adapter?.feeds })) as { tokenLoss: Float32Array }
        for (const [row, index] of owner.entries())
          if (index >= 0) (records[indices[index] as number] as { loss: number }).loss += tokenLoss[row] as number
      }
    } finally {
      adapter?.dispose()
    }
    onProgress?.(examples.length, examples.length)
    const tokens = records.reduce((sum, record) => sum + record.tokens, 0)
    const total = records.reduce((sum, { loss }) => sum + loss, 0)
    return {
      loss: total / tokens,
      tokens,
      records: records.map(({ loss, tokens: n }) => ({ loss: loss / n, tokens: n })),
    }
  }

  /** Compiles the programs for the examples in advance; otherwise the first evaluation does it. */
  async compile(examples: readonly Example[]): Promise<void> {
    for (const { shape } of this.#batches(examples)) await this.#program(shape)
  }

  /** The batches of an evaluation with their estimated costs; batches with equal keys share a program. */
  costs(examples: readonly Example[]): { key: string; cost: ProgramCost; examples: readonly Example[] }[] {
    const known = new Map<string, ProgramCost>()
    return this.#batches(examples).map(({ members, shape }) => {
      const key = shapeKey(shape)
      const cost = known.get(key) ?? programCost(this.#outputs(shape))
      known.set(key, cost)
      return { key, cost, examples: members }
    })
  }

  dispose(): Promise<void> {
    return this.#programs.dispose()
  }

  #program(shape: BatchShape): Promise<Program> {
    return this.#programs.get(shapeKey(shape), () => this.#outputs(shape))
  }

  /** Groups examples of similar length into batches, to reduce padding. */
  #batches(examples: readonly Example[]) {
    const order = [...examples.keys()].sort(
      (a, b) => (examples[a] as Example).ids.length - (examples[b] as Example).ids.length,
    )
    const batches = Array.from({ length: Math.ceil(order.length / batch) }, (_, i) => {
      const indices = order.slice(i * batch, (i + 1) * batch)
      const members = indices.map((index) => examples[index] as Example)
      return { indices, members, shape: shapeFor(members, batch, this.#base.config.maximumLength) }
    })
    const counts = batches.map(({ shape }) => ({ shape, count: 1 }))
    const shapeToRun = chooseShapes({ network: this.#base, passes: 1 }, counts)
    return batches.map((each) => ({ ...each, shape: shapeToRun(each.shape) }))
  }

  #outputs(shape: BatchShape): { tokenLoss: Value } {
    if (this.#layout === undefined)
      return { tokenLoss: lossGraph(this.#base, frozenLayers(this.#base.weights), shape).tokenLoss }
    const inputs = adapterInputs(this.#layout)
    const network = adaptedNetwork(this.#base, this.#layout, inputs)
    return { tokenLoss: lossGraph(network, loraLayers(this.#base, this.#layout, inputs), shape).tokenLoss }
  }
}
