import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { AdapterLayout } from '../../models/adapter/adapterLayout.js'
import { adapterInputs, perSequence, perSequenceLayers } from '../../models/adapter/loraLayers.js'
import { ResidentParameters } from '../../models/adapter/ResidentParameters.js'
import type { Network } from '../../models/architectures/Network.js'
import { type BatchShape, collate, labelCount, shapeFor, shapeKey } from '../../models/data/batch.js'
import { chooseShapes } from '../../models/data/chooseShapes.js'
import type { Example } from '../../models/data/example.js'
import { lossGraph } from '../../models/run/lossGraph.js'
import { gradient } from '../../onnx/graph/gradient.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { ProgramOptions } from '../../onnx/runtime/Program.js'
import { ProgramCache } from '../../onnx/runtime/ProgramCache.js'
import type { GradientMatrix } from './GradientMatrix.js'

export interface SequenceGradientsOptions extends ProgramOptions {
  /**
   * The quantity to differentiate: the mean loss of the labelled tokens, or their mean margin, -log(p / (1 - p)) (Park et al.
   * 2023, https://arxiv.org/abs/2303.14186). For each token both gradients have the same direction, but that of the loss vanishes
   * where the model is confident, that is, on the tokens it has memorised; the margin counts all tokens alike.
   */
  readonly measure?: 'loss' | 'margin'
  /** Sequences per run. */
  readonly batch?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface SequenceGradients {
  readonly gradients: GradientMatrix
  /** Mean negative log-likelihood of each example's labelled tokens, in nats. */
  readonly losses: Float64Array
}

/**
 * Per-sample gradients: the gradient of each example's loss (the mean over its labelled tokens) with respect to the adapter's
 * parameters. In the program, every sequence of a batch has its own copy of the parameters, so ordinary differentiation gives
 * its own gradient, and the full gradient of a base weight is never computed.
 *
 * @param examples examples, each with at least one labelled token
 * @throws OL1514 when the gradients do not fit into memory
 * @example
 * const { gradients } = await sequenceGradients(base, adapter.layout, adapter.values, examples)
 */
export async function sequenceGradients(
  network: Network,
  layout: AdapterLayout,
  values: Float32Array,
  examples: readonly Example[],
  { measure = 'loss', batch = 4, signal, onProgress, ...options }: SequenceGradientsOptions = {},
): Promise<SequenceGradients> {
  const programs = new ProgramCache(options)
  const data = allocate(examples.length, layout.size)
  const losses = new Float64Array(examples.length)
  const parameters = await ResidentParameters.upload({ layout, values }, options.device)
  const length = (i: number): number => (examples[i] as Example).ids.length
  const order = [...examples.keys()].sort((a, b) => length(a) - length(b))
  const batches = Array.from({ length: Math.ceil(order.length / batch) }, (_, i) => {
    const indices = order.slice(i * batch, (i + 1) * batch)
    const members = indices.map((index) => examples[index] as Example)
    return { start: i * batch, indices, members, shape: shapeFor(members, batch, network.config.maximumLength) }
  })
  const counts = batches.map(({ shape }) => ({ shape, count: 1 }))
  const shapeToRun = chooseShapes({ network, passes: 2 }, counts)
  try {
    for (const { start, indices, members, shape: wanted } of batches) {
      signal?.throwIfAborted()
      onProgress?.(start, order.length)
      const shape = shapeToRun(wanted)
      const program = await programs.get(shapeKey(shape), () => outputs(network, layout, shape))
      const { feeds, owner } = collate(members, shape, (index) => 1 / labelCount(members[index] as Example))
      const fed = { ...feeds, ...parameters.feeds }
      let results = await program.run(fed)
      const tokenLoss = results['tokenLoss'] as Float32Array
      if (measure === 'margin') {
        const weights = (feeds['weights'] as Float32Array).map(
          (weight, row) => weight * marginWeight(tokenLoss[row] as number),
        )
        results = await program.run({ ...fed, weights })
      }
      for (const [row, member] of owner.entries())
        if (member >= 0) {
          const index = indices[member] as number
          losses[index] =
            (losses[index] as number) + (tokenLoss[row] as number) / labelCount(examples[index] as Example)
        }
      for (const { name, offset, size } of layout.parameters) {
        const block = results[`grad.${name}`] as Float32Array
        for (const [member, index] of indices.entries())
          data.set(block.subarray(member * size, (member + 1) * size), index * layout.size + offset)
      }
    }
    onProgress?.(order.length, order.length)
  } finally {
    parameters.dispose()
    await programs.dispose()
  }
  const blocks = layout.parameters.map(({ name, offset, size }) => ({ name, offset, size }))
  return { gradients: { rows: examples.length, columns: layout.size, data, blocks }, losses }
}

function allocate(rows: number, columns: number): Float32Array {
  try {
    return new Float32Array(rows * columns)
  } catch (cause) {
    const gibibytes = Math.ceil((rows * columns * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30)
    throw new OpenLedgerError('OL1514', { rows, columns, gibibytes }, { cause })
  }
}

/** d margin / d loss = 1 / (1 - p) for a token of probability p = exp(-loss), bounded by the precision of float32. */
const marginWeight = (loss: number): number => 1 / Math.max(-Math.expm1(-loss), 1e-5)

/** The outputs `tokenLoss` and, for each parameter, `grad.<name>` with a gradient per sequence, [batch, ...shape]. */
function outputs(network: Network, layout: AdapterLayout, shape: BatchShape): Record<string, Value> {
  const copies = perSequence(adapterInputs(layout), shape.batch)
  const { loss, tokenLoss } = lossGraph(network, perSequenceLayers(network, layout, copies, shape), shape)
  const gradients = gradient(loss, copies)
  return {
    tokenLoss,
    ...Object.fromEntries(layout.parameters.map(({ name }, i) => [`grad.${name}`, gradients[i] as Value])),
  }
}
