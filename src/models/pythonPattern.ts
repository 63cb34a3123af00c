/**
 * A regular expression of PEFT's configuration, in Python's dialect, where it means the same to JavaScript. Names of modules
 * are ASCII without line breaks, so what the dialects differ in on such text alone is left out: flags, named groups,
 * references back, possessive repeats and Python's own escapes.
 *
 * @param wrap what stands around the expression
 * @returns undefined where the expression is malformed, or where the two dialects read it differently
 */
export function pythonPattern(source: string, wrap: (source: string) => string): RegExp | undefined {
  // JavaScript knows these, Python does not, or reads them as something else.
  if (/\(\?<(?![=!])|\\[1-9]|\\[pPkcu]|\\0\d/.test(source)) return undefined
  try {
    // The expression by itself: what wraps it must not close a bracket that it left open. The flag u makes everything an
    // error that JavaScript would otherwise take for plain text and Python for syntax.
    new RegExp(source, 'u')
    return new RegExp(wrap(source), 'u')
  } catch {
    return undefined
  }
}
