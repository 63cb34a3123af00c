import { z } from 'zod'
import { type Hex, isHex } from './hex.js'

const hexSchema = (accepts: (text: string) => boolean, problem: string) =>
  z.custom<Hex>((value) => typeof value === 'string' && accepts(value), {
    error: ({ input }) => (input === undefined ? 'is missing' : problem),
  })

/** 0x and the digits of so many bytes, or of any number of them, in either case. */
export const hexBytes = (
  bytes?: number,
  problem = `must be 0x and ${bytes === undefined ? 'an even number of' : 2 * bytes} hexadecimal digits`,
) => hexSchema((text) => isHex(text, bytes), problem)

/** The same in lower case. */
export const lowerHexBytes = (bytes?: number) =>
  hexSchema(
    (text) => isHex(text, bytes) && text === text.toLowerCase(),
    `must be 0x and ${bytes === undefined ? 'an even number of' : 2 * bytes} lower-case hexadecimal digits`,
  )

/** 32 bytes in lower case: an id or a hash. There is one spelling, because ids are hashed and compared as text. */
export const hash32 = lowerHexBytes(32)

/** An account in lower case; the capitals of EIP-55 are for display, not for hashing. */
export const lowerAddress = lowerHexBytes(20)

/** A quantity or data as a node answers with: 0x and any number of digits. */
export const hex = hexSchema((text) => text.startsWith('0x'), 'must begin with 0x')
