import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { int8Weight, weight } from '../onnx/primitives.js'
import { sizeOf } from '../onnx/Value.js'
import type { LinearModule, Weights } from './Linear.js'
import type { Quantizable } from './quantizedWeights.js'
import { readWeight } from './readWeight.js'
import { float32Tensor, safetensorsHead, type TensorEntry } from './safetensors.js'
import { type CacheSurroundings, cachedWeights } from './weightsCache.js'

/**
 * The weights of a base model with those of its linear layers in int8 for products that are computed in int8: a scale for
 * every output forward, and in a second copy one for every input, which are the outputs of the backward product.
 * Made once, into the weights cache, by the base's hash.
 *
 * @param limit the largest magnitude that the processor multiplies without overflow; see `tryInt8`
 * @throws OL1314 when a tensor holds NaN or infinities, OL1901 when the cache cannot be written
 */
export async function int8Weights(
  base: Quantizable,
  limit: number,
  surroundings?: CacheSurroundings,
): Promise<Weights> {
  const modules = base.architecture.modules(base.config)
  const known = new Set(modules.map(({ name }) => `${name}.weight`))
  const file = await cachedWeights(
    `${base.hash.slice(2, 34)}-products-${limit}.safetensors`,
    async (out) => {
      await out.writeFile(safetensorsHead(modules.flatMap(entriesOf)))
      for (const module of modules) {
        const [rows, columns] = shapeOf(module)
        const data = await readWeight(base.weights(`${module.name}.weight`, [rows, columns]), base.path)
        for (const part of [quantizeColumns(data, rows, columns, limit), quantizeRows(data, rows, columns, limit)]) {
          await out.writeFile(float32Tensor(part.scales, []).data)
          await out.writeFile(padded(part.elements))
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
  return (name, shape) => {
    if (!known.has(name)) return base.weights(name, shape)
    const matrix = (part: string, [rows, columns]: readonly [number, number]) => ({
      elements: stored(`${name}.${part}`, [rows, columns], 'int8'),
      scales: stored(`${name}.${part}.scales`, [columns], 'float32'),
    })
    const [rows, columns] = shape as readonly [number, number]
    return int8Weight(matrix('straight', [rows, columns]), matrix('turned', [columns, rows]))
  }
}

const shapeOf = ({ inputs, outputs, transposed = false }: LinearModule): [number, number] =>
  transposed ? [inputs, outputs] : [outputs, inputs]

/** Integers are kept as bytes, padded so that the scales behind them lie at multiples of their size. */
function entriesOf(module: LinearModule): [string, Pick<TensorEntry, 'dtype' | 'shape'>][] {
  const [rows, columns] = shapeOf(module)
  const bytes = { dtype: 'U8' as const, shape: [Math.ceil((rows * columns) / 8) * 8] }
  const name = `${module.name}.weight`
  return [
    [`${name}.straight.scales`, { dtype: 'F32', shape: [columns] }],
    [`${name}.straight`, bytes],
    [`${name}.turned.scales`, { dtype: 'F32', shape: [rows] }],
    [`${name}.turned`, bytes],
  ]
}

function padded(elements: Int8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(elements.length / 8) * 8)
  bytes.set(new Uint8Array(elements.buffer))
  return bytes
}

interface Rounded {
  readonly elements: Int8Array
  readonly scales: Float32Array
}

/** [rows, columns] rounded with a scale for each column. */
function quantizeColumns(data: Float32Array, rows: number, columns: number, limit: number): Rounded {
  const scales = new Float32Array(columns)
  for (let i = 0; i < data.length; i++)
    scales[i % columns] = Math.max(scales[i % columns] as number, Math.abs(data[i] as number))
  for (let j = 0; j < columns; j++) scales[j] = (scales[j] as number) / limit
  const elements = new Int8Array(rows * columns)
  for (let i = 0; i < data.length; i++) elements[i] = Math.round((data[i] as number) / (scales[i % columns] || 1))
  return { elements, scales }
}

/** [rows, columns] rounded with a scale for each row, and transposed: [columns, rows]. */
function quantizeRows(data: Float32Array, rows: number, columns: number, limit: number): Rounded {
  const turned = new Float32Array(data.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column] as number
  return quantizeColumns(turned, columns, rows, limit)
}
