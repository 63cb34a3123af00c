import { bind, toIndex, toText } from './arguments.js'
import { soft } from './filterOf.js'
import { space } from './lexer.js'
import { checkLength, TemplateError } from './limits.js'
import { defined } from './operators.js'
import { print } from './print.js'
import { joinTexts, splitLines } from './strings.js'
import { type Arguments, characters, isText, isTrue, Markup, textOf, typeName, type Value } from './values.js'

export function indent(value: Value, given: Arguments): Value {
  const [width = 4n, first = false, blank = false] = bind('indent', given, ['width', 'first', 'blank'])
  if (!isText(value)) throw new TemplateError(`the filter indent on a ${typeName(defined(value))}`)
  const by = isText(width) ? textOf(width) : ' '.repeat(checkLength(Math.max(0, toIndex(width))))
  const [start = '', ...lines] = splitLines(`${soft(value)}\n`)
  const rest = lines.map((line) => (isTrue(blank) || line !== '' ? by + line : line))
  return joinTexts('\n', [isTrue(first) ? by + start : start, ...rest])
}

export function truncate(value: Value, given: Arguments): Value {
  const [length = 255n, killWords = false, end = '...', leeway = null] = bind('truncate', given, [
    'length',
    'killwords',
    'end',
    'leeway',
  ])
  const all = characters(soft(isText(value) ? value : toText('the value of truncate', value)))
  const tail = toText('end', end)
  const [most, ending] = [toIndex(length), characters(tail).length]
  const more = leeway === null ? 5 : toIndex(leeway)
  if (most < ending || more < 0) throw new TemplateError(`expected length >= ${ending}, got ${most}`)
  if (all.length <= most + more) return all.join('')
  const kept = all.slice(0, most - ending).join('')
  return (isTrue(killWords) ? kept : kept.slice(0, kept.includes(' ') ? kept.lastIndexOf(' ') : kept.length)) + tail
}

const wordStart = new RegExp(`((?:${space}|[-({[<])+)`)

export const title = (text: string): string =>
  text
    .split(wordStart)
    .map((word) => {
      const [start, ...rest] = characters(word)
      return start === undefined ? '' : start.toUpperCase() + rest.join('').toLowerCase()
    })
    .join('')

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '>': '&gt;', '<': '&lt;', "'": '&#39;', '"': '&#34;' }

export const markup = (value: Value): Markup =>
  value instanceof Markup ? value : new Markup(print(value).replace(/[&<>'"]/g, (sign) => escapes[sign] as string))
