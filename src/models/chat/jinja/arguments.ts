import { TemplateError } from './limits.js'
import { type Arguments, isNumber, isText, textOf, typeName, type Value } from './values.js'

/**
 * Binds the arguments of a call to its parameters, as Python does.
 *
 * @throws TemplateError for a surplus argument, an unknown name, or an argument that is given twice
 */
export function bind(
  label: string,
  { positional, named }: Arguments,
  parameters: readonly string[],
  required = 0,
): (Value | undefined)[] {
  if (positional.length > parameters.length)
    throw new TemplateError(`${label}() takes at most ${parameters.length} arguments (${positional.length} given)`)
  const bound: (Value | undefined)[] = parameters.map((_, i) => positional[i])
  for (const [name, value] of named) {
    const i = parameters.indexOf(name)
    if (i < 0) throw new TemplateError(`${label}() got an unexpected keyword argument '${name}'`)
    if (bound[i] !== undefined) throw new TemplateError(`${label}() got multiple values for argument '${name}'`)
    bound[i] = value
  }
  for (let i = 0; i < required; i++)
    if (bound[i] === undefined) throw new TemplateError(`${label}() misses the argument '${parameters[i]}'`)
  return bound
}

/** The positional arguments of a call that takes no others. */
export function bindPositional(label: string, given: Arguments, least: number, most: number): readonly Value[] {
  if (given.named.size > 0) throw new TemplateError(`${label}() takes no keyword arguments`)
  if (given.positional.length < least || given.positional.length > most)
    throw new TemplateError(`${label}() got ${given.positional.length} arguments; it takes ${least} to ${most}`)
  return given.positional
}

export function toText(label: string, value: Value): string {
  if (!isText(value)) throw new TemplateError(`${label} must be str, not ${typeName(value)}`)
  return textOf(value)
}

/** An int within the safe integers of JavaScript. */
export function toIndex(value: Value): number {
  if (!isNumber(value) || typeof value === 'number')
    throw new TemplateError(`'${typeName(value)}' object cannot be interpreted as an integer`)
  return Number(value)
}
