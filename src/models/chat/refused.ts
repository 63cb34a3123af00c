/** A part of a tokenizer.json. */
export type Component = Readonly<Record<string, unknown>>

/** The error for a construct that would give other ids than Python's tokenizers. */
export const refused = (what: string): Error =>
  new Error(`${what} is not supported; ignoring it would give other tokens`)
