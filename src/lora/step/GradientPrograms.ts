import type { AdapterLayout } from '../../models/adapter/adapterLayout.js'
import { adaptedNetwork, adapterFeeds, adapterInputs, type Drop, loraLayers } from '../../models/adapter/loraLayers.js'
import type { Network } from '../../models/architectures/Network.js'
import { type BatchShape, collate, shapeKey } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import type { Random } from '../../models/random.js'
import { contextOf, lossGraph } from '../../models/run/lossGraph.js'
import { gradient } from '../../onnx/graph/gradient.js'
import { add, mul } from '../../onnx/graph/primitives/elementwise.js'
import { input } from '../../onnx/graph/primitives/inputs.js'
import type { Value } from '../../onnx/graph/Value.js'
import { type ProgramCost, programCost } from '../../onnx/passes/programCost.js'
import type { Program, ProgramOptions } from '../../onnx/runtime/Program.js'
import { ProgramCache } from '../../onnx/runtime/ProgramCache.js'
import type { Placement } from '../../onnx/runtime/placement.js'
import { tidyHeap } from './smallHeap.js'

/** The random draws of a training run: dropout and noise. */
type Draws = Pick<Random, 'fillDropout' | 'fillSymmetric'>

export interface GradientProgramsOptions extends ProgramOptions {
  readonly random?: Draws
  /**
   * NEFTune's alpha (Jain et al. 2023, https://arxiv.org/abs/2310.05914): uniform noise within
   * ±alpha / sqrt(tokens per sequence * width) is added to embeddings, as in transformers.
   */
  readonly noise?: number | undefined
}

const noiseInput = 'embeddings.noise'
const addNoise = (embeddings: Value): Value => add(embeddings, input(noiseInput, 'float32', embeddings.shape))

/**
 * Computes loss and gradient of the adapter for one batch. Forward and backward graph are one program per batch shape. The base
 * is frozen, so no gradient is computed for it, and none flows below the first adapted layer.
 */
export class GradientPrograms {
  readonly #programs: ProgramCache
  readonly #base: Network
  readonly #layout: AdapterLayout
  readonly #random: Draws | undefined
  /** NEFTune's alpha; 0 for no noise. */
  readonly #noise: number
  /** Buffers for dropout and noise by the names of their inputs, refilled for every run. */
  readonly #drawn = new Map<string, Float32Array>()
  #isTidy = false

  /** @param random draws dropout and noise; without it there are none */
  constructor(base: Network, layout: AdapterLayout, { random, noise = 0, ...options }: GradientProgramsOptions = {}) {
    this.#base = base
    this.#layout = layout
    this.#random = random
    this.#noise = random ? noise : 0
    this.#programs = new ProgramCache(options)
  }

  /**
   * Adds the gradient of the weighted token losses to `into` (the layout's flat vector).
   *
   * @param tokenWeight the weight of each labelled token; 1 / (labelled tokens of the effective batch) gives the mean over the
   * effective batch, whatever its micro-batches
   * @returns the weighted loss
   */
  async accumulate(
    examples: readonly Example[],
    shape: BatchShape,
    values: Float32Array,
    tokenWeight: number,
    into: Float32Array,
  ): Promise<number> {
    const program = await this.#program(shape)
    const { feeds } = collate(examples, shape, () => tokenWeight)
    const drawn = this.#random ? this.#draw(examples, shape, this.#random) : {}
    const results = await program.run({ ...feeds, ...adapterFeeds(this.#layout, values), ...drawn })
    for (const { name, offset, size } of this.#layout.parameters) {
      const part = results[`grad.${name}`] as Float32Array
      for (let i = 0; i < size; i++) into[offset + i] = (into[offset + i] as number) + (part[i] as number)
    }
    return (results['loss'] as Float32Array)[0] as number
  }

  /** Where the operators of the programs that have run so far ran; undefined on the CPU. */
  get placement(): Placement | undefined {
    return this.#programs.placement
  }

  /** Compiles the program of a shape in advance; otherwise its first run does it. */
  async compile(shape: BatchShape): Promise<void> {
    await this.#program(shape)
  }

  /** The estimated cost of one run at a shape. */
  cost(shape: BatchShape): ProgramCost {
    return programCost(this.#outputs(shape))
  }

  dispose(): Promise<void> {
    return this.#programs.dispose()
  }

  async #program(shape: BatchShape): Promise<Program> {
    const program = await this.#programs.get(shapeKey(shape), () => this.#outputs(shape))
    // Further programs reuse the memory of the first, so collecting garbage for each is not worth the time.
    if (!this.#isTidy) tidyHeap()
    this.#isTidy = true
    return program
  }

  #draw(
    examples: readonly Example[],
    { batch, length, labels }: BatchShape,
    random: Draws,
  ): Record<string, Float32Array> {
    const drawn: Record<string, Float32Array> = {}
    const place = (name: string, size: number): Float32Array => {
      const known = this.#drawn.get(name)
      const place = known?.length === size ? known : new Float32Array(size)
      this.#drawn.set(name, place)
      drawn[name] = place
      return place
    }
    const { parameters, dropout } = this.#layout
    // The head reads only the labelled positions.
    const head = this.#base.architecture.head(this.#base.config).name
    const rowsOf = (module: string): number => (module === head ? labels : batch * length)
    if (dropout > 0)
      for (const { side, module, shape } of parameters)
        if (side === 'lora_A')
          random.fillDropout(place(`${module}.dropout`, rowsOf(module) * (shape[1] as number)), dropout)
    if (this.#noise > 0) {
      const { hiddenSize } = this.#base.config
      // transformers pads to the longest example, so its length counts; the shape here may be larger.
      const tokens = Math.max(...examples.map(({ ids }) => ids.length))
      random.fillSymmetric(place(noiseInput, batch * length * hiddenSize), this.#noise / Math.sqrt(tokens * hiddenSize))
    }
    return drawn
  }

  /** The outputs `loss` and, for each parameter, `grad.<name>`. */
  #outputs(shape: BatchShape): Record<string, Value> {
    const parameters = adapterInputs(this.#layout)
    const drop: Drop | undefined =
      this.#random && this.#layout.dropout > 0
        ? (x, { name }) => mul(x, input(`${name}.dropout`, 'float32', x.shape))
        : undefined
    const layers = loraLayers(this.#base, this.#layout, parameters, drop)
    const network = adaptedNetwork(this.#base, this.#layout, parameters)
    const context = contextOf(shape)
    const { loss } = lossGraph(network, layers, shape, this.#noise > 0 ? { ...context, embedded: addNoise } : context)
    const gradients = gradient(loss, parameters)
    return {
      loss,
      ...Object.fromEntries(this.#layout.parameters.map(({ name }, i) => [`grad.${name}`, gradients[i] as Value])),
    }
  }
}
