import { closeSync, openSync, readSync } from 'node:fs'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { input } from '../graph/primitives/inputs.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import { type ExternalData, topologicalOrder, type Value } from '../graph/Value.js'

/** A program input that receives rows of a table in a file, looked up by the ids of another input. */
export interface RowLookup {
  readonly name: string
  readonly by: string
  readonly data: ExternalData
  readonly shape: readonly [rows: number, columns: number]
  readonly rows: number
}

/** For a smaller table, the saved memory is not worth the time to read rows. */
const smallestTable = 4 * 2 ** 20

/**
 * Moves lookups out of the program for frozen tables that are read only by Gather, such as embeddings: their rows are read
 * from the file before each run. Otherwise ONNX Runtime would map the table, and the system would page in the neighbours of
 * each row; tied embeddings, already in memory as slices of the head, would count twice.
 */
export function withoutLookups<Name extends string>(
  outputs: Outputs<Name>,
): { readonly outputs: Record<Name, Value>; readonly lookups: readonly RowLookup[] } {
  const order = topologicalOrder(Object.values<Value>(outputs))
  const tables = new Set(order.filter(isTable))
  for (const { operation, sources } of order)
    for (const source of sources)
      if (tables.has(source) && (operation.op !== 'Gather' || !inputOf(sources[1] as Value))) tables.delete(source)
  const lookups = new Map<string, RowLookup>()
  const rewritten = rewrite(outputs, ({ operation, sources: [table, ids], shape, type }) => {
    if (operation.op !== 'Gather' || !tables.has(table as Value)) return undefined
    const { name: what, data } = (table as Value).operation as Extract<Value['operation'], { op: 'Weight' }>
    const by = inputOf(ids as Value) as string
    const name = `${what}[${by}]`
    lookups.set(name, { name, by, data, shape: (table as Value).shape as [number, number], rows: shape[0] as number })
    return input(name, type, shape)
  })
  return { outputs: rewritten, lookups: [...lookups.values()] }
}

const isTable = ({ operation, type, shape }: Value): boolean =>
  operation.op === 'Weight' && type === 'float32' && shape.length === 2 && operation.data.length >= smallestTable

/** The name of the integer input that a value is, possibly reshaped. */
function inputOf({ operation, sources: [source], type }: Value): string | undefined {
  if (operation.op === 'Reshape') return inputOf(source as Value)
  return operation.op === 'Input' && (type === 'int32' || type === 'int64') ? operation.name : undefined
}

/** Reads the rows of one {@link RowLookup} into buffers that are reused after their release. */
export class RowReader {
  readonly lookup: RowLookup
  readonly #file: number
  readonly #free: Float32Array[] = []

  constructor(lookup: RowLookup) {
    this.lookup = lookup
    this.#file = openSync(lookup.data.path, 'r')
  }

  /**
   * @returns the rows, which belong to the caller until {@link release}: runs of a program may overlap
   * @throws OL1203 when the table has no such row
   * @throws OL1205 when the file was truncated
   */
  read(ids: Int32Array | BigInt64Array): Float32Array {
    const { by, data, shape, rows } = this.lookup
    const [count, columns] = shape
    const values = this.#free.pop() ?? new Float32Array(rows * columns)
    const bytes = new Uint8Array(values.buffer)
    const rowBytes = columns * Float32Array.BYTES_PER_ELEMENT
    const known = new Map<number, number>()
    for (let i = 0; i < ids.length; i++) {
      const id = Number(ids[i])
      if (id < 0 || id >= count)
        throw new OpenLedgerError('OL1203', { name: by, given: `row ${id}`, wanted: `rows below ${count}` })
      const at = known.get(id)
      if (at !== undefined) bytes.copyWithin(i * rowBytes, at, at + rowBytes)
      else if (readSync(this.#file, bytes, i * rowBytes, rowBytes, data.offset + id * rowBytes) < rowBytes)
        throw new OpenLedgerError('OL1205', { path: data.path })
      else known.set(id, i * rowBytes)
    }
    return values
  }

  /** Returns a buffer from {@link read} for reuse. */
  release(values: Float32Array): void {
    this.#free.push(values)
  }

  close(): void {
    closeSync(this.#file)
  }
}
