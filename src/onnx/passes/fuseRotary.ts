import { rotaryEmbedding } from '../graph/primitives/fused.js'
import { gather } from '../graph/primitives/indexing.js'
import { constant } from '../graph/primitives/inputs.js'
import { type Outputs, rewrite } from '../graph/rewrite.js'
import { sizeOf, type Value } from '../graph/Value.js'

/**
 * Fuses rotary embeddings into one operator instead of six: x * cos + rotateHalf(x) * sin, and its gradient
 * d * cos - rotateHalf(d * sin), which is the inverse rotation. It applies where the two halves of the tables are equal.
 */
export function fuseRotary<Name extends string>(outputs: Outputs<Name>): Record<Name, Value> {
  const halves = new Map<string, Map<Value, Value | undefined>>()
  /** Each half table is made once, however many layers use it. */
  const half = (table: Value, sign: 1 | -1): Value | undefined => {
    const key = String(sign)
    const known = halves.get(key) ?? new Map<Value, Value | undefined>()
    halves.set(key, known)
    if (!known.has(table)) known.set(table, halfOf(table, sign))
    return known.get(table)
  }
  return rewrite(outputs, (value) => {
    const rotation = rotationOf(value)
    if (!rotation) return undefined
    const { x, cos, sin, sign } = rotation
    const [batch, , length] = x.shape as [number, number, number]
    const [halfCos, halfSin] = [half(cos, 1), half(sin, sign)]
    if (!halfCos || !halfSin) return undefined
    // All sequences share the rows of a constant table; gathered rows differ from sequence to sequence.
    const rows = halfCos.shape[0] === length && cos.operation.op === 'Constant' ? 1 : batch
    const positions =
      rows === 1
        ? constant(BigInt64Array.of(0n), [1])
        : constant(
            BigInt64Array.from({ length: batch * length }, (_, i) => BigInt(i)),
            [batch, length],
          )
    return halfCos.shape[0] === rows * length ? rotaryEmbedding(x, positions, halfCos, halfSin) : undefined
  })
}

interface Rotation {
  readonly x: Value
  readonly cos: Value
  readonly sin: Value
  readonly sign: 1 | -1
}

function rotationOf({ operation, sources, type, shape }: Value): Rotation | undefined {
  if (operation.op !== 'Add' || type !== 'float32' || shape.length !== 4) return undefined
  for (const [i, straight] of sources.entries()) {
    const crossed = sources[1 - i] as Value
    if (straight.operation.op !== 'Mul') continue
    const [x, cos] = straight.sources as [Value, Value]
    if (crossed.operation.op === 'Mul') {
      const [turned, sin] = crossed.sources as [Value, Value]
      if (turned.operation.op === 'RotateHalf' && turned.sources[0] === x) return { x, cos, sin, sign: 1 }
    }
    if (crossed.operation.op === 'Neg' && crossed.sources[0]?.operation.op === 'RotateHalf') {
      const [product] = crossed.sources[0].sources as [Value]
      const [d, sin] = product.sources as [Value, Value]
      if (product.operation.op === 'Mul' && d === x) return { x, cos, sin, sign: -1 }
    }
  }
  return undefined
}

/** The first half of a table's columns if the second half is equal; for rows gathered from a table, the same rows of its half. */
function halfOf(table: Value, sign: 1 | -1): Value | undefined {
  const { operation, sources, shape } = table
  if (operation.op === 'Reshape') {
    const [rows] = sources as [Value]
    if (rows.operation.op !== 'Gather' || rows.shape[1] !== shape.at(-1)) return undefined
    const [all, positions] = rows.sources as [Value, Value]
    const half = halfOf(all, sign)
    return half && gather(half, positions)
  }
  if (operation.op !== 'Constant' || !(operation.data instanceof Float32Array) || shape.length !== 2) return undefined
  const { data } = operation
  const [rows, columns] = shape as [number, number]
  const width = columns / 2
  const half = new Float32Array(rows * width)
  for (let i = 0; i < sizeOf(shape); i++) {
    const [row, column] = [Math.floor(i / columns), i % columns]
    if (column < width) half[row * width + column] = sign * (data[i] as number)
    else if (data[i] !== data[i - width]) return undefined
  }
  return constant(half, [rows, width])
}
