import { OpenLedgerError } from '../../../errors/OpenLedgerError.js'
import { type ElementType, formatShape, type Operation, type Shape, type Value } from '../Value.js'

/**
 * Refuses operands.
 *
 * @throws OpenLedgerError OL1200
 */
export const refuse = (op: string, values: readonly Value[], reason: string): never => {
  const shapes = values.map(({ type, shape }) => `${type}${formatShape(shape)}`).join(' and ')
  throw new OpenLedgerError('OL1200', { op, shapes: shapes || 'nothing', reason })
}

/** A value; by default its elements have the type of those of the first source. */
export const make = (operation: Operation, sources: readonly Value[], shape: Shape, type?: ElementType): Value => ({
  operation,
  sources,
  shape,
  type: type ?? (sources[0] as Value).type,
})

export const isFloat = (value: Value): boolean => value.type === 'float32' || value.type === 'float64'

/** The shape that two shapes broadcast to (NumPy's rule), or undefined. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const out: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) return undefined
    out.push(left === 1 ? right : left)
  }
  return out
}
