/** The words of the command line, not yet checked. */
export interface RawInput {
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}
