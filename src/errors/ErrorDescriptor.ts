/**
 * What is known of one numbered error before it happens.
 * `{name}` in `message` and `hint` is replaced by the argument of that name when the error is thrown.
 */
export interface ErrorDescriptor {
  /** What happened and where: file, line, record, field. One sentence without a full stop at the end. */
  readonly message: string
  /** How to fix it: an imperative sentence, with the command or flag to use. */
  readonly hint: string
  /** What the hint may say, for the reference: where the hint is nothing but a field, which is filled in when the error happens. */
  readonly hintMeans?: string
  /**
   * Process exit status; 1 (failed) unless given. 0 where nothing is left to do: for the command line that is a result and
   * no failure. 2 usage, 3 declined, 4 key or permission, 5 network not running, 6 mismatch, 7 not yet: the same works later.
   */
  readonly exitCode?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 130
}

/** The codes that belong to one table of `codes/`, where new ones are taken from, and their heading in docs/errors.md. */
export interface ErrorRange {
  readonly title: string
  /** First and last number of each run of codes: `[[1600, 1613], [1690, 1699]]`. */
  readonly codes: readonly (readonly [first: number, last: number])[]
}

export type ErrorTable = Readonly<Record<`OL${number}`, ErrorDescriptor>>

/** The names in braces of a message template: `TemplateNames<'no {file} at {line}'>` is `'file' | 'line'`. */
export type TemplateNames<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | TemplateNames<Rest>
  : never
