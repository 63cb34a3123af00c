/** The reason to refuse a template, in words. The interpreter adds the line. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** The error for a feature of Jinja or Python that is not implemented exactly. */
export const unsupported = (what: string): TemplateError =>
  new TemplateError(`${what} is not supported; ignoring it could give another text`)

/** The allowance of one rendering: about four million steps, and more characters than any model can read. */
const allowance = 2 ** 28
const longestText = 2 ** 25
const stepCost = 64
const deepest = 150

let left = allowance
let depth = 0

/**
 * Runs one rendering with a fresh allowance, so that a hostile template causes an error instead of ending the process.
 * Rendering is synchronous, so no two renderings share the allowance.
 */
export function withAllowance<Result>(render: () => Result): Result {
  left = allowance
  depth = 0
  return render()
}

/**
 * Charges the allowance for copied characters or visited items.
 *
 * @throws TemplateError when it is used up
 */
export function spend(amount: number): void {
  left -= amount
  if (left < 0) throw new TemplateError('the template takes more steps than any conversation needs')
}

/** Charges the allowance for one step of the interpreter. */
export const spendStep = (): void => spend(stepCost)

/**
 * Checks a length before a text or list of that length is made.
 *
 * @throws TemplateError when it is longer than any model could read
 */
export function checkLength(length: number): number {
  if (!(length <= longestText)) throw new TemplateError('the template makes a text longer than any model reads')
  spend(length)
  return length
}

/**
 * Runs a step that may recurse, such as a macro call.
 *
 * @throws TemplateError when it is nested too deeply
 */
export function nested<Result>(inner: () => Result): Result {
  if (++depth > deepest) throw new TemplateError('maximum recursion depth exceeded')
  try {
    return inner()
  } finally {
    depth--
  }
}
