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
 * It gives the text that Jinja gives, or refuses by name what it does not compute.
 *
 * @example
 * const template = new ChatTemplate('{% for m in messages %}{{ m.content | trim }}{% endfor %}')
 * template.render({ messages: [{ role: 'user', content: ' The tide ' }] }) // 'The tide'
 */
export class ChatTemplate {
  readonly #body: Body
  readonly #frames: Frames

  /** @throws TemplateError with the line, where Jinja would refuse the template or it uses what is not supported */
  constructor(source: string) {
    this.#body = parseTemplate(source)
    this.#frames = findFrames(this.#body)
  }

  /**
   * The text of a conversation. The variables are JSON; those that are undefined are undefined in the template too.
   *
   * @throws TemplateError with the line, where Jinja raises, or the template takes more steps than any conversation needs
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
        // What a template can overflow is the stack alone.
        throw atLine(interpreter.line, cause instanceof RangeError ? 'maximum recursion depth exceeded' : cause)
      }
    })
  }
}
