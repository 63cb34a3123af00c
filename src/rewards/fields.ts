import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { parseWith } from '../files/parseWith.js'

const maximumUint256 = 2n ** 256n - 1n

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
