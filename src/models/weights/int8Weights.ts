import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { input, weight } from '../../onnx/graph/primitives/inputs.js'
import { int8Slices, int8Weight } from '../../onnx/graph/primitives/quantized.js'
import { sizeOf, topologicalOrder } from '../../onnx/graph/Value.js'
import { vocabularySlices } from '../../onnx/passes/chunkVocabulary.js'
import { frozenLayers, type LinearModule, type Weights } from '../layers/Linear.js'
import type { Quantizable } from './quantizedWeights.js'
import { readWeight } from './readWeight.js'
import { float32Tensor, safetensorsHead, type TensorEntry } from './safetensors.js'
import { type CacheSurroundings, cachedWeights } from './weightsCache.js'

/** The two int8 copies of a matrix: `straight` for products with the matrix, `turned` for products with its transpose. */
const sides = ['straight', 'turned'] as const
type Side = (typeof sides)[number]

/** Rows of a frozen matrix that are quantized together. */
interface Part {
  /** Name of its tensors in the cache. */
  readonly name: string
  readonly shape: readonly [rows: number, columns: number]
}

/** A frozen matrix that products read as int8. */
interface Matrix extends Part {
  /** Slices of its rows, in order. */
  readonly parts: readonly Part[]
}

/**
 * The weights of a base model, with linear layers in int8 for int8 products: one copy with a scale per output for the
 * forward product, and one with a scale per input, the outputs of the backward product. The head is quantized too, in
 * slices of the vocabulary; embedding lookups read float32, even if the head is tied to the embeddings. The quantized
 * weights are made once and kept in the weights cache, keyed by the base's hash.
 *
 * @param limit the largest magnitude that the processor multiplies without saturation; see `int8Limit`
 * @throws OL1314 when a tensor holds NaN or infinities, OL1901 when the cache cannot be written
 */
export async function int8Weights(
  base: Quantizable,
  limit: number,
  surroundings?: CacheSurroundings,
): Promise<Weights> {
  const layers = new Map(base.architecture.modules(base.config).map((module) => named(matrixOf(module))))
  const heads = new Map(headsOf(base).map(named))
  const matrices = [...layers.values(), ...heads.values()]
  const file = await cachedWeights(
    `${base.hash.slice(2, 34)}-products-and-head-${limit}.safetensors`,
    async (out) => {
      await out.writeFile(safetensorsHead(matrices.flatMap(entriesOf)))
      for (const { name, shape, parts } of matrices) {
        const data = await readWeight(base.weights(name, shape), base.path)
        let start = 0
        for (const { shape } of parts) {
          const part = data.subarray(start, start + sizeOf(shape))
          start += part.length
          for (const side of sides) {
            const { scales, elements } = quantizers[side](part, ...shape, limit)
            await out.writeFile(float32Tensor(scales, []).data)
            await out.writeFile(padded(elements))
          }
        }
      }
    },
    surroundings,
  )
  const stored = (name: string, shape: readonly number[], type: 'int8' | 'float32') => {
    const entry = file.tensors.get(name)
    if (entry === undefined) throw new OpenLedgerError('OL1301', { path: file.path, name })
    const length = sizeOf(shape) * (type === 'int8' ? 1 : 4)
    return weight(name, shape, { path: file.path, offset: entry.byteOffset, length }, type)
  }
  const side = ({ name, shape }: Part, side: Side) => {
    const [inner, outer] = sideShape(shape, side)
    return {
      elements: stored(`${name}.${side}`, [inner, outer], 'int8'),
      scales: stored(`${name}.${side}.scales`, [outer], 'float32'),
    }
  }
  const opened = (part: Part) => int8Weight(side(part, 'straight'), side(part, 'turned'))
  return (name, shape) => {
    const layer = layers.get(name)
    if (layer) return opened(layer)
    const plain = base.weights(name, shape)
    const head = heads.get(name)
    return head ? int8Slices(plain, head.parts.map(opened)) : plain
  }
}

const named = (matrix: Matrix): [string, Matrix] => [matrix.name, matrix]

function matrixOf({ name, inputs, outputs, transposed = false }: LinearModule): Matrix {
  const part: Part = { name: `${name}.weight`, shape: transposed ? [inputs, outputs] : [outputs, inputs] }
  return { ...part, parts: [part] }
}

/** The weight of the head; it may be that of the embeddings. */
function headsOf({ architecture, config, weights }: Quantizable): Matrix[] {
  const logits = architecture.logits(config, frozenLayers(weights), input('hidden', 'float32', [1, config.hiddenSize]))
  return topologicalOrder([logits]).flatMap(({ operation, sources: [, w] }) => {
    if (operation.op !== 'Gemm' || !operation.transB || w?.operation.op !== 'Weight') return []
    const { name } = w.operation
    const [rows, columns] = w.shape as [number, number]
    const parts = vocabularySlices(rows).map(
      ({ start, end }): Part => ({ name: `${name}[${start}:${end}]`, shape: [end - start, columns] }),
    )
    return [{ name, shape: [rows, columns], parts }]
  })
}

const sideShape = ([rows, columns]: Part['shape'], side: Side): Part['shape'] =>
  side === 'straight' ? [rows, columns] : [columns, rows]

/** Integers are stored as bytes, padded so that the scales after them are aligned. */
const entriesOf = ({ parts }: Matrix): [string, Pick<TensorEntry, 'dtype' | 'shape'>][] =>
  parts.flatMap(({ name, shape }) =>
    sides.flatMap((side): [string, Pick<TensorEntry, 'dtype' | 'shape'>][] => [
      [`${name}.${side}.scales`, { dtype: 'F32', shape: [sideShape(shape, side)[1]] }],
      [`${name}.${side}`, { dtype: 'U8', shape: [Math.ceil(sizeOf(shape) / 8) * 8] }],
    ]),
  )

function padded(elements: Int8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(elements.length / 8) * 8)
  bytes.set(new Uint8Array(elements.buffer))
  return bytes
}

interface Rounded {
  readonly elements: Int8Array
  readonly scales: Float32Array
}

/** Quantizes [rows, columns] with one scale per column. */
function quantizeColumns(data: Float32Array, rows: number, columns: number, limit: number): Rounded {
  const scales = new Float32Array(columns)
  for (let i = 0; i < data.length; i++)
    scales[i % columns] = Math.max(scales[i % columns] as number, Math.abs(data[i] as number))
  for (let j = 0; j < columns; j++) scales[j] = (scales[j] as number) / limit
  const elements = new Int8Array(rows * columns)
  for (let i = 0; i < data.length; i++) elements[i] = Math.round((data[i] as number) / (scales[i % columns] || 1))
  return { elements, scales }
}

/** Quantizes [rows, columns] with one scale per row, and transposes it to [columns, rows]. */
function quantizeRows(data: Float32Array, rows: number, columns: number, limit: number): Rounded {
  const turned = new Float32Array(data.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column] as number
  return quantizeColumns(turned, columns, rows, limit)
}

const quantizers = { straight: quantizeColumns, turned: quantizeRows } as const
