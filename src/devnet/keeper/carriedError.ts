import { z } from 'zod'
import { catalogue, type ErrorCode } from '../../errors/catalogue.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'

/** A failure on its way from the keeper of a devnet to the process that sent it a request. */
export const carriedErrorSchema = z.object({
  code: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  message: z.string(),
})

type CarriedError = z.infer<typeof carriedErrorSchema>

/** Converts a failure to JSON, from which {@link errorFrom} makes a numbered error again. */
export const carriedError = (error: unknown): object => ({
  ...(OpenLedgerError.is(error) && { code: error.code, details: error.details }),
  message: reasonOf(error),
})

/** Makes a numbered error again; `undefined` when this version does not know its code. */
export function errorFrom({ code, details = {} }: CarriedError): OpenLedgerError | undefined {
  if (code === undefined || !Object.hasOwn(catalogue, code)) return undefined
  return new OpenLedgerError(code as ErrorCode, details as never)
}
