import { z } from 'zod'
import { catalogue, type ErrorCode } from '../../errors/catalogue.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'

/** A failure on its way from the process that keeps a devnet to the one that asked it for something. */
export const carriedErrorSchema = z.object({
  code: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  message: z.string(),
})

type CarriedError = z.infer<typeof carriedErrorSchema>

/** A failure as JSON: {@link errorFrom} makes a numbered one again. */
export const carriedError = (error: unknown): object => ({
  ...(OpenLedgerError.is(error) && { code: error.code, details: error.details }),
  message: reasonOf(error),
})

/** The numbered error that was carried; `undefined` when it had no number that this version knows. */
export function errorFrom({ code, details = {} }: CarriedError): OpenLedgerError | undefined {
  if (code === undefined || !Object.hasOwn(catalogue, code)) return undefined
  return new OpenLedgerError(code as ErrorCode, details as never)
}
