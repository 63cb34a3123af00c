import { topologicalOrder, type Value } from './Value.js'

export type Outputs<Name extends string = string> = Readonly<Record<Name, Value>>

/** The number of readers of each value of a program; being an output counts as one. */
export function readerCounts(outputs: Outputs): Map<Value, number> {
  const readers = new Map<Value, number>()
  const count = (value: Value): void => void readers.set(value, (readers.get(value) ?? 0) + 1)
  for (const { sources } of topologicalOrder(Object.values(outputs))) sources.forEach(count)
  Object.values(outputs).forEach(count)
  return readers
}

/**
 * Replaces values of a program by equal ones, in topological order.
 *
 * @param rule returns the replacement of a value, or undefined to keep it. It receives the value with its sources already
 * replaced, and the value as it was before
 */
export function rewrite<Name extends string>(
  outputs: Outputs<Name>,
  rule: (value: Value, before: Value) => Value | undefined,
): Record<Name, Value> {
  const rewritten = new Map<Value, Value>()
  const now = (value: Value): Value => rewritten.get(value) as Value
  for (const before of topologicalOrder(Object.values<Value>(outputs))) {
    const changed = before.sources.some((source) => now(source) !== source)
    const value = changed ? { ...before, sources: before.sources.map(now) } : before
    rewritten.set(before, rule(value, before) ?? value)
  }
  const entries = Object.entries<Value>(outputs).map(([name, value]) => [name, now(value)])
  return Object.fromEntries(entries) as Record<Name, Value>
}
