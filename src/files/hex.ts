/** Bytes or a number in 0x-prefixed hex. */
export type Hex = `0x${string}`

const digits = /^0x[0-9a-fA-F]*$/

/** Whether a text is 0x and the digits of whole bytes, in either case: of so many, or of any number. */
export const isHex = (text: unknown, bytes?: number): text is Hex =>
  typeof text === 'string' &&
  (bytes === undefined ? text.length % 2 === 0 : text.length === 2 + 2 * bytes) &&
  digits.test(text)

/** The spelling in lower case: ids and hashes are compared and hashed as text. */
export const lowerHex = (hex: Hex): Hex => hex.toLowerCase() as Hex
