import type { z } from 'zod'
import { plainMessage } from './plainMessage.js'

/** The first thing that a schema refuses in a value. */
export interface Fault {
  /** The path of the field, such as `crypto.mac`; `the document` where the value is wrong as a whole. */
  readonly field: string
  /** What is wrong with the field, in words for people: `must be a list`. */
  readonly problem: string
  /** Field and problem: `crypto.mac: is missing`. */
  readonly reason: string
  readonly cause: z.ZodError
}

/** The first thing that a schema refused. */
export function faultOf(cause: z.ZodError): Fault {
  const [issue] = cause.issues
  const field = issue?.path.join('.') || 'the document'
  const problem = plainMessage(issue)
  return { field, problem, reason: `${field}: ${problem}`, cause }
}

/**
 * Reads a value with a schema.
 *
 * @param refusal makes the error to throw of the first thing that is wrong
 * @throws what `refusal` makes
 * @example
 * parseWith(z.object({ name: z.string() }), {}, ({ reason }) => new Error(reason)) // Error: name: is missing
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  refusal: (fault: Fault) => Error,
): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw refusal(faultOf(parsed.error))
}
