import { createContext, Script } from 'node:vm'

/** Tests names against a regular expression. */
export type NamePattern = (name: string) => RegExpExecArray | null

/** A name is tested in microseconds; an expression that takes this long goes back and forth without end. */
const longest = 1000

const script = new Script('pattern.exec(name)')

/**
 * A regular expression of PEFT's configuration, in Python's dialect, where it means the same to JavaScript. Names of modules
 * are ASCII without line breaks, so what the dialects differ in on such text alone is left out: flags, named groups,
 * references back, possessive repeats and Python's own escapes.
 *
 * @param wrap what stands around the expression
 * @param refuse throws, where the expression is malformed, where the two dialects read it differently, or where testing a
 * name against it comes to no end
 */
export function pythonPattern(source: string, wrap: (source: string) => string, refuse: () => never): NamePattern {
  // JavaScript knows these, Python does not, or reads them as something else.
  if (/\(\?<(?![=!])|\\[1-9]|\\[pPkcu]|\\0\d/.test(source)) return refuse()
  const pattern = compiled(source, wrap) ?? refuse()
  const context = createContext({ pattern, name: '' })
  return (name) => {
    context['name'] = name
    try {
      // Adapters come from strangers, and an expression can be made to try more ways than there is time for.
      return script.runInContext(context, { timeout: longest }) as RegExpExecArray | null
    } catch {
      return refuse()
    }
  }
}

function compiled(source: string, wrap: (source: string) => string): RegExp | undefined {
  try {
    // The expression by itself: what wraps it must not close a bracket that it left open. The flag u makes everything an
    // error that JavaScript would otherwise take for plain text and Python for syntax.
    new RegExp(source, 'u')
    return new RegExp(wrap(source), 'u')
  } catch {
    return undefined
  }
}
