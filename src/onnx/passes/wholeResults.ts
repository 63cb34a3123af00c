import type { Outputs } from '../graph/rewrite.js'
import { sizeOf, type Value } from '../graph/Value.js'

/** The range of a result's elements within a tensor that a run returns. */
export interface ResultPart {
  readonly of: string
  readonly start: number
  readonly end: number
}

/**
 * Replaces results that are rows of one tensor, such as gradients from one joined product, by that tensor; the caller
 * splits it after the run. If the program split it, ONNX Runtime would fuse the slices into one operator, schedule that
 * operator and with it the whole backward pass first, and keep the operands of all other results in memory until its end.
 */
export function wholeResults<Name extends string>(
  outputs: Outputs<Name>,
): { readonly whole: Readonly<Record<string, Value>>; readonly parts: ReadonlyMap<Name, ResultPart> } {
  const whole: Record<string, Value> = {}
  const names = new Map<Value, string>()
  const parts = new Map<Name, ResultPart>()
  for (const [name, value] of Object.entries<Value>(outputs) as [Name, Value][]) {
    const { operation, sources } = value
    const cut = operation.op === 'Slice' && operation.axis === 0 ? operation : undefined
    const source = cut ? (sources[0] as Value) : value
    const of = names.get(source) ?? name
    names.set(source, of)
    whole[of] = source
    const rowSize = cut ? sizeOf(source.shape.slice(1)) : 0
    parts.set(
      name,
      cut ? { of, start: cut.start * rowSize, end: cut.end * rowSize } : { of, start: 0, end: sizeOf(value.shape) },
    )
  }
  return { whole, parts }
}
