import { formatSpec } from './formatSpec.js'
import { TemplateError, unsupported } from './limits.js'
import { print, represent } from './print.js'
import { joinTexts } from './strings.js'
import type { Arguments, Value } from './values.js'

/** The template's own access to `value.name` and `value[key]`. */
export interface Access {
  readonly attribute: (value: Value, name: string) => Value
  readonly item: (value: Value, key: Value) => Value
}

/**
 * Python's `'{} {name}'.format(…)`, with attributes and items read through the sandbox.
 *
 * @throws TemplateError when Python raises
 */
export function formatBraces(format: string, given: Arguments, access: Access): string {
  const parts: string[] = []
  let automatic = 0
  let numbering: 'automatic' | 'manual' | undefined
  const fieldValue = (field: string): Value => {
    const [, first = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(field) ?? []
    if (first === '' || /^\d+$/.test(first)) {
      const kind = first === '' ? 'automatic' : 'manual'
      if (numbering !== undefined && numbering !== kind)
        throw new TemplateError('cannot switch between manual field specification and automatic field numbering')
      numbering = kind
    }
    const found = /^\d*$/.test(first)
      ? given.positional[first === '' ? automatic++ : Number(first)]
      : given.named.get(first)
    if (found === undefined)
      throw new TemplateError(/^\d*$/.test(first) ? 'Replacement index out of range' : `KeyError: ${represent(first)}`)
    return follow(found, rest, access)
  }
  let at = 0
  while (at < format.length) {
    const brace = /[{}]/.exec(format.slice(at))
    if (brace === null) break
    parts.push(format.slice(at, at + brace.index))
    at += brace.index
    if (format[at] === format[at + 1]) {
      parts.push(brace[0])
      at += 2
    } else if (brace[0] === '}') throw new TemplateError("Single '}' encountered in format string")
    else {
      const field = /^\{([^{}!:]*)(?:!([^{}:]*))?(?::([^{}]*))?\}/.exec(format.slice(at))
      if (field === null) {
        if (/^\{[^{}]*\{/.test(format.slice(at))) throw unsupported('a field of a format inside another')
        throw new TemplateError("expected '}' before end of string")
      }
      const [whole, name = '', conversion, spec = ''] = field
      parts.push(formatSpec(converted(fieldValue(name), conversion), spec))
      at += whole.length
    }
  }
  return joinTexts('', [...parts, format.slice(at)])
}

function converted(value: Value, conversion: string | undefined): Value {
  if (conversion === undefined) return value
  if (conversion === 'r') return represent(value)
  if (conversion === 's') return print(value)
  throw unsupported(`the conversion !${conversion}`)
}

function follow(first: Value, path: string, access: Access): Value {
  let value = first
  for (const [whole, attribute, item = ''] of path.matchAll(/\.([^.[]+)|\[([^\]]*)\]|[\s\S]/g)) {
    if (attribute !== undefined) value = access.attribute(value, attribute)
    else if (whole.startsWith('[')) value = access.item(value, /^\d+$/.test(item) ? BigInt(item) : item)
    else throw new TemplateError('Only "." or "[" may follow "]" in format field specifier')
  }
  return value
}
