import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { parseWith } from '../files/parseWith.js'

const maximumUint256 = 2n ** 256n - 1n

const hex = (bytes: number) => {
  const pattern = new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`)
  return z.custom<`0x${string}`>((value) => typeof value === 'string' && pattern.test(value), {
    error: `must be 0x and ${2 * bytes} lower-case hex digits`,
  })
}

/** 32 bytes of lower-case hex: an id or a hash. There is one spelling, because ids are hashed and compared as text. */
export const hash32 = hex(32)

/** An account in lower-case hex; EIP-55 capitals are for display, not for hashing. */
export const account = hex(20)

/** An amount of wei as a decimal string, up to 2^256 - 1. */
export const wei = z.string().refine((text) => /^(0|[1-9][0-9]{0,77})$/.test(text) && BigInt(text) <= maximumUint256, {
  error: 'must be a decimal string of wei from 0 to 2^256 - 1',
})

export const uint32 = z.int().min(0).max(0xffffffff)

/** @throws OL1800, which names `where` and the first wrong field */
export const parseFields = <Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.infer<Schema> =>
  parseWith(
    schema,
    value,
    ({ field, problem, cause }) => new OpenLedgerError('OL1800', { where, field, reason: problem }, { cause }),
  )
