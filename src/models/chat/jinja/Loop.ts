import { bindPositional } from './arguments.js'
import { TemplateError } from './limits.js'
import { equal } from './operators.js'
import { type Arguments, Callable, Tuple, Undefined, type Value } from './values.js'

/** The variable `loop` of a for-loop. It looks one item ahead only if the template asks about the next item. */
export class Loop {
  readonly #items: Iterator<Value>
  readonly #depth: number
  #length: number | undefined
  #index = -1
  #before: Value | undefined
  #current: Value | undefined
  #after: Value | undefined
  #rest: readonly Value[] = []
  #changedTo: Value | undefined
  readonly value: Callable

  constructor(
    items: Iterable<Value>,
    {
      length,
      depth,
      recurse,
    }: { readonly length: number | undefined; readonly depth: number; readonly recurse: (given: Arguments) => Value },
  ) {
    this.#items = items[Symbol.iterator]()
    this.#length = length
    this.#depth = depth
    this.value = new Callable('LoopContext', recurse, (name) => this.#attribute(name))
  }

  /** The next item, or undefined at the end. */
  next(): Value | undefined {
    const item = this.#peek()
    this.#after = undefined
    if (item === undefined) return undefined
    this.#index++
    this.#before = this.#current
    this.#current = item
    return item
  }

  #peek(): Value | undefined {
    if (this.#after === undefined) this.#after = this.#take()
    return this.#after
  }

  #take(): Value | undefined {
    const [kept, ...others] = this.#rest
    if (kept !== undefined) {
      this.#rest = others
      return kept
    }
    const { value, done } = this.#items.next()
    return done ? undefined : value
  }

  #count(): number {
    if (this.#length === undefined) {
      const rest: Value[] = []
      for (let item = this.#take(); item !== undefined; item = this.#take()) rest.push(item)
      this.#rest = rest
      this.#length = rest.length + this.#index + 1 + (this.#after === undefined ? 0 : 1)
    }
    return this.#length
  }

  #attribute(name: string): Value | undefined {
    const index = this.#index
    switch (name) {
      case 'index':
        return BigInt(index + 1)
      case 'index0':
        return BigInt(index)
      case 'revindex':
        return BigInt(this.#count() - index)
      case 'revindex0':
        return BigInt(this.#count() - index - 1)
      case 'first':
        return index === 0
      case 'last':
        return this.#peek() === undefined
      case 'length':
        return BigInt(this.#count())
      case 'depth':
        return BigInt(this.#depth + 1)
      case 'depth0':
        return BigInt(this.#depth)
      case 'previtem':
        return index === 0 ? new Undefined('there is no previous item') : this.#before
      case 'nextitem':
        return this.#peek() === undefined ? new Undefined('there is no next item') : this.#peek()
      case 'cycle':
        return new Callable('method', (given) => {
          const values = bindPositional('cycle', given, 0, Number.POSITIVE_INFINITY)
          if (values.length === 0) throw new TemplateError('no items for cycling given')
          return values[index % values.length] as Value
        })
      case 'changed':
        return new Callable('method', (given) => this.#changed(given))
    }
    return undefined
  }

  #changed(given: Arguments): boolean {
    const now = new Tuple(bindPositional('changed', given, 0, Number.POSITIVE_INFINITY))
    const isSame = this.#changedTo !== undefined && equal(this.#changedTo, now)
    this.#changedTo = now
    return !isSame
  }
}
