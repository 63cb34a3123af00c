import { isObject } from '../files/readJsonLines.js'

/**
 * Removes members that are null, at every depth: tables give every row the columns of all rows, and a column without a value
 * counts as absent, as in TRL's `remove_none_values`. Elements of lists stay.
 */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((each) => (typeof each === 'object' && each !== null ? withoutNulls(each) : each))
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).flatMap(([name, each]) =>
    each == null ? [] : [[name, withoutNulls(each)] as const],
  )
  return Object.fromEntries(entries)
}
