import { Undefined, type Value } from './values.js'

/** The names of one frame at run time, with access to those of the enclosing frames. */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #parent: Scope | undefined

  /** @param hidden names that the frame sets itself; until then they are undefined, even if an outer frame has them */
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
