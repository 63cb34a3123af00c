import { createContext, Script } from 'node:vm'

/** Tests names against a regular expression. */
export type NamePattern = (name: string) => RegExpExecArray | null

/** Milliseconds for one name, which normally takes microseconds: an expression that takes longer backtracks without end. */
const longest = 1000

const script = new Script('pattern.exec(name)')

/**
 * Compiles a Python regular expression of PEFT's configuration, if it means the same in JavaScript. Module names are ASCII
 * without line breaks; on such text the dialects differ only in flags, named groups, backreferences, possessive quantifiers
 * and Python's own escapes, which are refused.
 *
 * @param wrap adds anchors around the expression
 * @param refuse throws the error; it is called when the expression is malformed, when the dialects differ, or when testing a
 * name takes too long
 */
export function pythonPattern(source: string, wrap: (source: string) => string, refuse: () => never): NamePattern {
  // Python does not support these constructs of JavaScript, or reads them differently.
  if (/\(\?<(?![=!])|\\[1-9]|\\[pPkcu]|\\0\d/.test(source)) return refuse()
  const pattern = compiled(source, wrap) ?? refuse()
  const context = createContext({ pattern, name: '' })
  return (name) => {
    context['name'] = name
    try {
      // Adapters come from strangers, and a hostile expression can backtrack exponentially.
      return script.runInContext(context, { timeout: longest }) as RegExpExecArray | null
    } catch {
      return refuse()
    }
  }
}

function compiled(source: string, wrap: (source: string) => string): RegExp | undefined {
  try {
    // The expression must compile without the wrapper too, which could close a bracket left open. With the flag u, JavaScript
    // rejects escapes that it would otherwise read as plain text and Python as syntax.
    new RegExp(source, 'u')
    return new RegExp(wrap(source), 'u')
  } catch {
    return undefined
  }
}
