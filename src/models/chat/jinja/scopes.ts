import type { Body, Expression, Parameter, Statement, Target } from './ast.js'

/** How a frame first uses a name. Only `undefined` matters at run time: the frame hides the name of the outer frame. */
type Load = 'parameter' | 'undefined' | 'outer' | 'context'

/** The names of one frame, as Jinja's compiler resolves them: a name that the frame sets later is undefined before. */
class Symbols {
  readonly refs = new Map<string, Load>()
  readonly stores = new Set<string>()
  readonly parent: Symbols | undefined
  constructor(parent: Symbols | undefined) {
    this.parent = parent
  }

  knows(name: string): boolean {
    return this.refs.has(name) || (this.parent?.knows(name) ?? false)
  }
  load(name: string): void {
    if (!this.knows(name)) this.refs.set(name, 'context')
  }
  store(name: string): void {
    this.stores.add(name)
    if (!this.refs.has(name)) this.refs.set(name, this.parent?.knows(name) ? 'outer' : 'undefined')
  }
  declare(name: string): void {
    this.stores.add(name)
    this.refs.set(name, 'parameter')
  }
  copy(): Symbols {
    const copy = new Symbols(this.parent)
    for (const [name, load] of this.refs) copy.refs.set(name, load)
    for (const name of this.stores) copy.stores.add(name)
    return copy
  }
  /** After an `if`, a name that only one branch sets may still be that of the outer frame. */
  merge(branches: readonly Symbols[]): void {
    const set = new Set(branches.flatMap(({ stores }) => [...stores]).filter((name) => !this.stores.has(name)))
    for (const branch of branches) {
      for (const [name, load] of branch.refs) this.refs.set(name, load)
      for (const name of branch.stores) this.stores.add(name)
    }
    for (const name of set) this.refs.set(name, this.parent?.knows(name) ? 'outer' : 'context')
  }
}

/** For each body with a frame, the names that are undefined in it until it sets them. */
export type Frames = ReadonlyMap<Body, readonly string[]>

/** Finds the frames of a template and the names that each hides, as `jinja2.idtracking` does. */
export function findFrames(template: Body): Frames {
  const frames = new Map<Body, readonly string[]>()
  const addFrame = (body: Body, parent: Symbols | undefined, prepare: (symbols: Symbols) => void = () => {}): void => {
    const symbols = new Symbols(parent)
    prepare(symbols)
    for (const statement of body) visitStatement(statement, symbols)
    frames.set(
      body,
      [...symbols.refs].filter(([, load]) => load === 'undefined').map(([name]) => name),
    )
    addInner(body, symbols)
  }
  const addInner = (body: Body, symbols: Symbols): void => {
    for (const statement of body) {
      if (statement.kind === 'if') {
        for (const branch of statement.branches) addInner(branch.body, symbols)
        addInner(statement.otherwise, symbols)
      } else if (statement.kind === 'for') {
        addFrame(statement.body, symbols, (inner) => {
          visitTarget(statement.target, (name) => inner.declare(name), inner)
          inner.declare('loop')
        })
        addFrame(statement.otherwise, symbols)
      } else if (statement.kind === 'macro' || statement.kind === 'callBlock')
        addFrame(statement.body, symbols, (inner) => declareParameters(statement.parameters, statement.body, inner))
      else if (statement.kind === 'with')
        addFrame(statement.body, symbols, (inner) => {
          for (const target of statement.targets) visitTarget(target, (name) => inner.declare(name), inner)
        })
      else if (statement.kind === 'filterBlock' || statement.kind === 'assignBlock' || statement.kind === 'generation')
        addFrame(statement.body, symbols)
    }
  }
  addFrame(template, undefined)
  return frames
}

function declareParameters(parameters: readonly Parameter[], body: Body, symbols: Symbols): void {
  for (const { name } of parameters) symbols.declare(name)
  for (const { fallback } of parameters) if (fallback !== undefined) visitExpression(fallback, symbols)
  for (const name of specialNames) if (loads(body, name)) symbols.declare(name)
}

function visitStatement(statement: Statement, symbols: Symbols): void {
  const store = (name: string): void => symbols.store(name)
  switch (statement.kind) {
    case 'output':
      for (const item of statement.items) if (typeof item !== 'string') visitExpression(item, symbols)
      return
    case 'for':
      visitExpression(statement.iterable, symbols)
      return
    case 'if': {
      const [first, ...others] = statement.branches
      if (first === undefined) return
      visitExpression(first.test, symbols)
      const branch = (visit: (inner: Symbols) => void): Symbols => {
        const inner = symbols.copy()
        visit(inner)
        return inner
      }
      const all = (body: Body) => (inner: Symbols) => {
        for (const each of body) visitStatement(each, inner)
      }
      const elses = branch((inner) => {
        // Each elif is a nested if.
        for (const { test, body } of others)
          visitStatement({ kind: 'if', branches: [{ test, body }], otherwise: [], line: 0 }, inner)
      })
      symbols.merge([branch(all(first.body)), elses, branch(all(statement.otherwise))])
      return
    }
    case 'macro':
      symbols.store(statement.name)
      return
    case 'callBlock':
      visitExpression(statement.call, symbols)
      return
    case 'with':
      for (const value of statement.values) visitExpression(value, symbols)
      return
    case 'filterBlock':
      visitExpression(statement.filter, symbols)
      return
    case 'assign':
      visitExpression(statement.value, symbols)
      visitTarget(statement.target, store, symbols)
      return
    case 'assignBlock':
      visitTarget(statement.target, store, symbols)
      return
  }
}

function visitTarget(target: Target, assign: (name: string) => void, symbols: Symbols): void {
  if (target.kind === 'target') assign(target.name)
  else if (target.kind === 'field') symbols.load(target.name)
  else for (const item of target.items) visitTarget(item, assign, symbols)
}

function visitExpression(expression: Expression, symbols: Symbols): void {
  walk(expression, (node) => {
    if (node['kind'] === 'name') symbols.load(node['name'] as string)
    return true
  })
}

/** The names under which a macro finds arguments that it does not declare. */
const specialNames = ['caller', 'kwargs', 'varargs'] as const

/** Whether a body uses a name before it sets it. */
export function loads(body: Body, name: string): boolean {
  let found: boolean | undefined
  walk(body, (node) => {
    const isSet = node['kind'] === 'target' || 'fallback' in node
    if (node['name'] === name && (isSet || node['kind'] === 'name')) found ??= !isSet
    return found === undefined
  })
  return found ?? false
}

/** Visits all nodes, and descends as long as `visit` returns true. */
function walk(node: unknown, visit: (node: Readonly<Record<string, unknown>>) => boolean): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node) && !visit(node as Readonly<Record<string, unknown>>)) return
  for (const child of Object.values(node)) walk(child, visit)
}
