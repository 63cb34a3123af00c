/** Why a template is refused: what it does, in words. The interpreter adds the line. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** The template uses something of Jinja or Python that is not computed here as they compute it. */
export const unsupported = (what: string): TemplateError =>
  new TemplateError(`${what} is not supported; computing on without it could give another text`)

/** What one rendering may use: about four million steps, and as many characters as a model could ever read. */
const allowance = 2 ** 28
const longestText = 2 ** 25
const stepCost = 64
const deepest = 150

let left = allowance
let depth = 0

/**
 * Renders with an allowance of its own, so that a hostile template ends with an error and not with the process.
 * Rendering is synchronous: no two share the allowance.
 */
export function withAllowance<Result>(render: () => Result): Result {
  left = allowance
  depth = 0
  return render()
}

/**
 * Takes from the allowance: characters copied, items visited.
 *
 * @throws TemplateError when it is used up
 */
export function spend(amount: number): void {
  left -= amount
  if (left < 0) throw new TemplateError('the template takes more steps than any conversation needs')
}

/** One step of the interpreter. */
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
 * Runs something that may call itself again, such as a macro.
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
