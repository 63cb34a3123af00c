import { Undefined, type Value } from './values.js'

/** The names of one frame at run time; it sees those of the frames around it. */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #parent: Scope | undefined

  /** `hidden` are the names that the frame will set itself: until then they are undefined, whatever is outside. */
  constructor(parent: Scope | undefined, hidden: readonly string[]) {
    this.#parent = parent
    for (const name of hidden) this.#names.set(name, new Undefined(`'${name}' is undefined`))
  }

  get(name: string): Value | undefined {
    const own = this.#names.get(name)
    return own === undefined ? this.#parent?.get(name) : own
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value)
  }
}
