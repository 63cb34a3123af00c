import { bind } from './arguments.js'
import { unsupported } from './limits.js'
import { print } from './print.js'
import { type Arguments, Markup, type Value } from './values.js'

/** A filter: the value before the bar and the arguments in parentheses give the value after it. */
export type Filter = (value: Value, given: Arguments) => Value

/** The text of a value; Markup is refused, because the filter would have to preserve it. */
export function soft(value: Value): string {
  if (value instanceof Markup) throw unsupported('another filter on a text that is marked as HTML')
  return print(value)
}

/** Makes a filter without arguments from a function of text. */
export const onText =
  (of: (text: string) => Value): Filter =>
  (value, given) => {
    bind('filter', given, [])
    return of(soft(value))
  }

/** Makes a filter without arguments from a function of any value. */
export const bare =
  (of: (value: Value) => Value): Filter =>
  (value, given) => {
    bind('filter', given, [])
    return of(value)
  }
