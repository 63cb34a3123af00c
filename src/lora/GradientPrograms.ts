import type { AdapterLayout } from '../models/adapter.js'
import type { Network } from '../models/BaseModel.js'
import { type BatchShape, collate, shapeKey } from '../models/batch.js'
import type { Example } from '../models/example.js'
import { frozenLinear } from '../models/Linear.js'
import { adapterFeeds, adapterInputs, type Drop, loraLinear } from '../models/loraLinear.js'
import { lossGraph } from '../models/lossGraph.js'
import type { Random } from '../models/random.js'
import { gradient } from '../onnx/gradient.js'
import type { Program, ProgramOptions } from '../onnx/Program.js'
import { ProgramCache } from '../onnx/ProgramCache.js'
import type { Placement } from '../onnx/placement.js'
import { input, mul } from '../onnx/primitives.js'
import { type ProgramCost, programCost } from '../onnx/programCost.js'
import type { Value } from '../onnx/Value.js'
import { tidyHeap } from './smallHeap.js'

/**
 * Loss and gradient of the adapter for one batch: forward and backward graph in one program, one program for each batch
 * shape. The base is frozen, so no gradient is computed for it, and none flows below the first adapted layer.
 */
export class GradientPrograms {
  readonly #programs: ProgramCache
  readonly #base: Network
  readonly #layout: AdapterLayout
  readonly #random: Pick<Random, 'fillDropout'> | undefined
  /** Of the dropout of each adapted layer, by name; filled anew for every run. */
  readonly #masks = new Map<string, Float32Array>()
  #isTidy = false

  /** @param random draws what the layout's dropout leaves out; without one nothing is left out */
  constructor(
    base: Network,
    layout: AdapterLayout,
    { random, ...options }: ProgramOptions & { readonly random?: Pick<Random, 'fillDropout'> } = {},
  ) {
    this.#base = base
    this.#layout = layout
    this.#random = layout.dropout > 0 ? random : undefined
    this.#programs = new ProgramCache(options)
  }

  /**
   * Adds the gradient of the weighted token losses to `into` (the layout's flat vector).
   *
   * @param tokenWeight the weight of each labelled token; 1 / (labelled tokens of the whole effective batch) gives the
   * mean over the effective batch, however it is cut into micro-batches
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
    const masks = this.#random ? this.#drawMasks(shape, this.#random) : {}
    const results = await program.run({ ...feeds, ...adapterFeeds(this.#layout, values), ...masks })
    for (const { name, offset, size } of this.#layout.parameters) {
      const part = results[`grad.${name}`] as Float32Array
      for (let i = 0; i < size; i++) into[offset + i] = (into[offset + i] as number) + (part[i] as number)
    }
    return (results['loss'] as Float32Array)[0] as number
  }

  /** Where the operators ran, of the programs that have run so far; undefined where the CPU was asked for. */
  get placement(): Placement | undefined {
    return this.#programs.placement
  }

  /** Makes ready to run at a shape, which the first run at it does otherwise. */
  async compile(shape: BatchShape): Promise<void> {
    await this.#program(shape)
  }

  /** What one run at a shape costs on paper. */
  cost(shape: BatchShape): ProgramCost {
    return programCost(this.#outputs(shape))
  }

  dispose(): Promise<void> {
    return this.#programs.dispose()
  }

  async #program(shape: BatchShape): Promise<Program> {
    const program = await this.#programs.get(shapeKey(shape), () => this.#outputs(shape))
    // Further programs run in memory that was there for others: not worth the time that it takes for each.
    if (!this.#isTidy) tidyHeap()
    this.#isTidy = true
    return program
  }

  #drawMasks({ batch, length }: BatchShape, random: Pick<Random, 'fillDropout'>): Record<string, Float32Array> {
    const masks: Record<string, Float32Array> = {}
    for (const { side, module, shape } of this.#layout.parameters) {
      if (side !== 'lora_A') continue
      const name = `${module}.dropout`
      const size = batch * length * (shape[1] as number)
      const known = this.#masks.get(name)
      const mask = known?.length === size ? known : new Float32Array(size)
      this.#masks.set(name, mask)
      random.fillDropout(mask, this.#layout.dropout)
      masks[name] = mask
    }
    return masks
  }

  /** The loss under `loss`, and each parameter's gradient under `grad.` and its name. */
  #outputs(shape: BatchShape): Record<string, Value> {
    const parameters = adapterInputs(this.#layout)
    const { weights } = this.#base
    const drop: Drop | undefined =
      this.#random && ((x, { name }) => mul(x, input(`${name}.dropout`, 'float32', x.shape)))
    const linear = loraLinear(frozenLinear(weights), weights, this.#layout, parameters, drop)
    const { loss } = lossGraph(this.#base, linear, shape)
    const gradients = gradient(loss, parameters)
    return {
      loss,
      ...Object.fromEntries(this.#layout.parameters.map(({ name }, i) => [`grad.${name}`, gradients[i] as Value])),
    }
  }
}
