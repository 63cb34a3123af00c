import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { weight } from '../../onnx/graph/primitives/inputs.js'
import { dequantize } from '../../onnx/graph/primitives/quantized.js'
import { sizeOf, type Value } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import type { LinearModule, Weights } from '../layers/Linear.js'
import type { Quantization } from './precision.js'
import { packInt4, quantizationBlock, quantizeBlocks } from './quantizeBlocks.js'
import { readWeight } from './readWeight.js'
import { float32Tensor, type SafetensorsFile, safetensorsHead, type TensorData } from './safetensors.js'
import { type CacheSurroundings, cachedWeights } from './weightsCache.js'

/** The parts of a base model that quantization reads. */
export interface Quantizable extends Network {
  /** The model's folder. */
  readonly path: string
  /** The hash of the model, the key of its quantized weights in the cache. */
  readonly hash: `0x${string}`
}

/**
 * The weights of a base model, with linear layers in 8 or 4 bits and one scale per 32 elements along a layer's inputs;
 * embeddings, head and norms stay float32. The weights are quantized once and kept in the weights cache, keyed by the
 * base's hash. The forward and the backward pass both use the dequantized weights, so the gradient is that of exactly this
 * model (QLoRA: Dettmers et al. 2023, https://arxiv.org/abs/2305.14314, with ONNX Runtime's integers in place of NF4).
 *
 * @throws OL1314 when a tensor holds NaN or infinities, OL1901 when the cache cannot be written
 */
export async function quantizedWeights(
  base: Quantizable,
  to: Quantization,
  surroundings?: CacheSurroundings,
): Promise<Weights> {
  const modules = new Map(base.architecture.modules(base.config).map((module) => [`${module.name}.weight`, module]))
  const name = `${base.hash.slice(2, 34)}-${to}-${quantizationBlock}.safetensors`
  const file = await cachedWeights(name, (out) => writeQuantized(base, [...modules.values()], to, out), surroundings)
  return (tensor, shape) => {
    const module = modules.get(tensor)
    if (module === undefined) return base.weights(tensor, shape)
    const axis = inputAxis(module)
    const scales = stored(file, `${tensor}.scales`, blocksOf(shape, axis), 'float32')
    return dequantize(stored(file, tensor, shape, to), scales, axis, quantizationBlock)
  }
}

/** The input axis of a layer's weight. */
const inputAxis = ({ transposed = false }: LinearModule): 0 | 1 => (transposed ? 0 : 1)

const blocksOf = (shape: readonly number[], axis: number): number[] =>
  shape.map((extent, i) => (i === axis ? Math.ceil(extent / quantizationBlock) : extent))

const elementBits = { float32: 32, int8: 8, int4: 4 } as const

function stored(file: SafetensorsFile, name: string, shape: readonly number[], type: keyof typeof elementBits): Value {
  const entry = file.tensors.get(name)
  if (entry === undefined) throw new OpenLedgerError('OL1301', { path: file.path, name })
  const length = Math.ceil((sizeOf(shape) * elementBits[type]) / 8)
  return weight(name, shape, { path: file.path, offset: entry.byteOffset, length }, type)
}

/**
 * Writes tensor by tensor, with one weight in memory at a time. Integers are stored as bytes, because safetensors has no
 * int4, padded so that the scales after them are aligned.
 */
async function writeQuantized(
  base: Quantizable,
  modules: readonly LinearModule[],
  to: Quantization,
  out: { writeFile(data: Uint8Array): Promise<void> },
): Promise<void> {
  const shapes = modules.map((module) => {
    const { inputs, outputs } = module
    const shape = module.transposed ? [inputs, outputs] : [outputs, inputs]
    return { module, shape, name: `${module.name}.weight` }
  })
  const head = shapes.flatMap(({ module, shape, name }): [string, Pick<TensorData, 'dtype' | 'shape'>][] => [
    [name, { dtype: 'U8', shape: [paddedBytes(shape, to)] }],
    [`${name}.scales`, { dtype: 'F32', shape: blocksOf(shape, inputAxis(module)) }],
  ])
  await out.writeFile(safetensorsHead(head))
  for (const { module, shape, name } of shapes) {
    const data = await readWeight(base.weights(name, shape), base.path)
    const { elements, scales } = quantizeBlocks(data, shape as [number, number], inputAxis(module), to)
    const bytes = new Uint8Array(paddedBytes(shape, to))
    bytes.set(to === 'int4' ? packInt4(elements) : new Uint8Array(elements.buffer))
    await out.writeFile(bytes)
    await out.writeFile(float32Tensor(scales, []).data)
  }
}

const paddedBytes = (shape: readonly number[], to: Quantization): number =>
  Math.ceil((sizeOf(shape) * elementBits[to]) / 64) * 8
