import type { Body } from './ast.js'
import { Interpreter } from './Interpreter.js'
import { atLine } from './lexer.js'
import { withAllowance } from './limits.js'
import { parseTemplate } from './parseTemplate.js'
import { type Frames, findFrames } from './scopes.js'
import { fromJson } from './values.js'

/**
 * A chat template: Jinja as transformers configures it (a sandbox in which nothing can be changed, `trim_blocks`,
 * `lstrip_blocks`, `break` and `continue`, the tag `generation`, its own `tojson`, `raise_exception`, `strftime_now`).
 * It renders exactly the text that Jinja renders, or names the feature that it does not support.
 *
 * @example
 * const template = new ChatTemplate('{% for m in messages %}{{ m.content | trim }}{% endfor %}')
 * template.render({ messages: [{ role: 'user', content: ' The tide ' }] }) // 'The tide'
 */
export class ChatTemplate {
  readonly #body: Body
  readonly #frames: Frames

  /** @throws TemplateError with the line, when Jinja would refuse the template or it uses an unsupported feature */
  constructor(source: string) {
    this.#body = parseTemplate(source)
    this.#frames = findFrames(this.#body)
  }

  /**
   * Renders a conversation. The variables are JSON; an undefined variable is undefined in the template too.
   *
   * @throws TemplateError with the line, when Jinja would raise, or when the template exceeds the allowed steps
   */
  render(variables: Readonly<Record<string, unknown>>): string {
    return withAllowance(() => {
      const entries = Object.entries(variables).filter(([, value]) => value !== undefined)
      const interpreter = new Interpreter(
        this.#frames,
        new Map(entries.map(([name, value]) => [name, fromJson(value)])),
      )
      try {
        return interpreter.run(this.#body)
      } catch (cause) {
        // The stack is the only thing that a template can overflow.
        throw atLine(interpreter.line, cause instanceof RangeError ? 'maximum recursion depth exceeded' : cause)
      }
    })
  }
}
