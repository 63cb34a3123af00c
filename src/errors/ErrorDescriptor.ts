/**
 * The message, hint and exit code of one numbered error. When the error is thrown, its arguments replace `{name}` in
 * `message` and `hint`.
 */
export interface ErrorDescriptor {
  /** What happened and where: file, line, record, field. One sentence without a full stop at the end. */
  readonly message: string
  /** How to fix the error: an imperative sentence with the command or flag to use. */
  readonly hint: string
  /** The hint in general words, for the reference, when `hint` is only a field that is filled in at the time of the error. */
  readonly hintMeans?: string
  /**
   * Exit status of the process, by default 1 (failed). 0: nothing is left to do, which the command line reports as a result.
   * 2: usage. 3: declined. 4: key or permission. 5: network not running. 6: mismatch. 7: too early; the same command works later.
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
