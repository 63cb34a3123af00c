import { atLine } from './lexer.js'
import { unsupported } from './limits.js'

const filters = new Set(
  `abs attr batch capitalize center count d default dictsort e escape first float forceescape format indent int items
  join last length list lower map max min reject rejectattr replace reverse round safe select selectattr slice sort
  string sum title tojson trim truncate unique upper wordcount`.split(/\s+/),
)
const refusedFilters = new Set(
  'filesizeformat groupby pprint random striptags urlencode urlize wordwrap xmlattr'.split(' '),
)
const tests = new Set(
  `boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt in integer iterable
  le lessthan lower lt mapping ne none number odd sameas sequence string test true undefined upper
  == != < <= > >=`.split(/\s+/),
)

/** Whether Jinja has a filter of this name, supported or not. */
export const isFilter = (name: string): boolean => filters.has(name) || refusedFilters.has(name)
export const isTest = (name: string): boolean => tests.has(name)

/** @throws TemplateError for a filter that Jinja does not have, or that is not supported */
export function checkFilter(name: string, line: number): void {
  if (filters.has(name)) return
  throw atLine(line, refusedFilters.has(name) ? unsupported(`the filter ${name}`) : `No filter named '${name}'`)
}

/** @throws TemplateError for a test that Jinja does not have */
export function checkTest(name: string, line: number): void {
  if (!tests.has(name)) throw atLine(line, `No test named '${name}'`)
}
