import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { zeros } from './composites.js'
import { gradientRules } from './gradientRules.js'
import { add } from './primitives/elementwise.js'
import { scalar } from './primitives/inputs.js'
import { expand, reshape } from './primitives/movement.js'
import { reduceSum } from './primitives/reductions.js'
import { type Operation, type Shape, sameShape, topologicalOrder, type Value } from './Value.js'

type AnyRule = (d: Value, y: Value) => readonly (Value | null)[]

/**
 * Reverse-mode differentiation: the gradient of the sum of `output`'s elements with respect to each target, as values of
 * the same program. It visits only values on a path from a target to the output, so layers below the first trained tensor
 * cost nothing. The result can be differentiated again.
 *
 * @param seed gradient of `output` itself; ones by default
 * @returns one value for each target, of the target's shape; zeros where the output does not depend on it
 * @throws OL1201 when a primitive on the path has no rule
 * @example
 * const [dw] = gradient(loss, [w])
 */
export function gradient(output: Value, targets: readonly Value[], seed?: Value): Value[] {
  const order = topologicalOrder([output])
  const reached = new Set<Value>(targets)
  for (const value of order) if (value.sources.some((source) => reached.has(source))) reached.add(value)

  const gradients = new Map<Value, Value>([[output, seed ?? expand(scalar(1, output), output.shape)]])
  for (const value of order.reverse()) {
    const upstream = gradients.get(value)
    if (upstream === undefined || !value.sources.some((source) => reached.has(source))) continue
    const contributions = ruleFor(value.operation)(upstream, value)
    if (contributions.length !== value.sources.length)
      throw new Error(
        `the gradient rule of ${value.operation.op} gives ${contributions.length} gradients for ${value.sources.length} sources`,
      )
    for (const [i, source] of value.sources.entries()) {
      const contribution = contributions[i]
      if (!contribution || !reached.has(source)) continue
      const own = undoBroadcast(contribution, source.shape)
      const earlier = gradients.get(source)
      gradients.set(source, earlier ? add(earlier, own) : own)
    }
  }
  return targets.map((target) => gradients.get(target) ?? zeros(target.shape, target))
}

function ruleFor({ op }: Operation): AnyRule {
  const rule = gradientRules[op]
  if (rule === undefined) throw new OpenLedgerError('OL1201', { op })
  return rule as AnyRule
}

/** Sums a gradient over the axes along which its value was broadcast. */
function undoBroadcast(d: Value, shape: Shape): Value {
  if (sameShape(d.shape, shape)) return d
  const missing = d.shape.length - shape.length
  const axes = d.shape.flatMap((extent, axis) => (axis < missing || shape[axis - missing] !== extent ? [axis] : []))
  return reshape(reduceSum(d, axes), shape)
}
