/** The nodes of a parsed template; `line` is the line where a node begins. */
interface Node<Kind extends string> {
  readonly kind: Kind
  readonly line: number
}

/** The arguments of a call, filter or test. */
export interface Given {
  readonly args: readonly Expression[]
  readonly named: readonly (readonly [string, Expression])[]
  readonly rest?: Expression | undefined
  readonly namedRest?: Expression | undefined
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export type Constant = Node<'constant'> & { readonly value: string | boolean | null | bigint | number }
export type Name = Node<'name'> & { readonly name: string }
export type Filter = Node<'filter'> & Given & { readonly of: Expression | null; readonly name: string }
export type Call = Node<'call'> & Given & { readonly of: Expression }

export type Expression =
  | Constant
  | Name
  | Filter
  | Call
  | (Node<'list' | 'tuple' | 'concat'> & { readonly items: readonly Expression[] })
  | (Node<'dict'> & { readonly pairs: readonly (readonly [Expression, Expression])[] })
  | (Node<'condition'> & {
      readonly test: Expression
      readonly then: Expression
      readonly otherwise: Expression | undefined
    })
  | (Node<'binary'> & { readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression })
  | (Node<'and' | 'or'> & { readonly left: Expression; readonly right: Expression })
  | (Node<'not' | 'negative' | 'positive'> & { readonly of: Expression })
  | (Node<'compare'> & { readonly left: Expression; readonly steps: readonly (readonly [Comparison, Expression])[] })
  | (Node<'attribute'> & { readonly of: Expression; readonly name: string })
  | (Node<'item'> & { readonly of: Expression; readonly key: Expression })
  | (Node<'slice'> & { readonly bounds: readonly (Expression | undefined)[] })
  | (Node<'test'> & Given & { readonly of: Expression; readonly name: string })

/** The target of an assignment: a name, a field of a namespace, or several of them. */
export type Target =
  | (Node<'target'> & { readonly name: string })
  | (Node<'field'> & { readonly name: string; readonly field: string })
  | (Node<'targets'> & { readonly items: readonly Target[] })

export interface Parameter {
  readonly name: string
  readonly fallback: Expression | undefined
}

export type Body = readonly Statement[]

export type For = Node<'for'> & {
  readonly target: Target
  readonly iterable: Expression
  readonly test: Expression | undefined
  readonly recursive: boolean
  readonly body: Body
  readonly otherwise: Body
}
export type Macro = Node<'macro'> & {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: Body
}
export type CallBlock = Node<'callBlock'> & {
  readonly parameters: readonly Parameter[]
  readonly call: Call
  readonly body: Body
}
export type If = Node<'if'> & {
  readonly branches: readonly { readonly test: Expression; readonly body: Body }[]
  readonly otherwise: Body
}
export type With = Node<'with'> & {
  readonly targets: readonly Target[]
  readonly values: readonly Expression[]
  readonly body: Body
}

export type Statement =
  | (Node<'output'> & { readonly items: readonly (string | Expression)[] })
  | For
  | If
  | Macro
  | CallBlock
  | With
  | (Node<'filterBlock'> & { readonly filter: Filter; readonly body: Body })
  | (Node<'assign'> & { readonly target: Target; readonly value: Expression })
  | (Node<'assignBlock'> & { readonly target: Target; readonly filter: Filter | undefined; readonly body: Body })
  | (Node<'generation'> & { readonly body: Body })
  | Node<'break' | 'continue'>
