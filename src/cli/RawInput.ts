/** What the command line held, before anything is checked. */
export interface RawInput {
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}
