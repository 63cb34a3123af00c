/** A part of a tokenizer.json. */
export type Component = Readonly<Record<string, unknown>>

/** A construct that would give other ids than Python's tokenizers. */
export const refused = (what: string): Error =>
  new Error(`${what} is not supported; computing on without it would give other tokens`)
