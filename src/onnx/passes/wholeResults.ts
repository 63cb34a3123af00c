import type { Outputs } from '../graph/rewrite.js'
import { sizeOf, type Value } from '../graph/Value.js'

/** Where a result's elements lie in what a run returns. */
export interface ResultPart {
  readonly of: string
  readonly start: number
  readonly end: number
}

/**
 * Results that are rows of one tensor, as gradients that were computed in one product, are returned as that tensor and taken
 * apart outside of the program. Inside, ONNX Runtime makes an operator of its own of them, runs that first of all, and with
 * it the whole backward pass, while the other results, and all that they are computed from, wait for its end.
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
