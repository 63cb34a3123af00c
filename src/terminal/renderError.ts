import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { Paint } from './Style.js'

/** Any thrown value as a numbered error: what nobody foresaw becomes OL1000, with the cause kept. */
export function numbered(thrown: unknown): OpenLedgerError {
  if (OpenLedgerError.is(thrown)) return thrown
  return new OpenLedgerError('OL1000', { reason: reasonOf(thrown) }, { cause: thrown })
}

/** The part of the JSON document that tells of an error. */
export const errorDocument = ({ code, message, hint }: OpenLedgerError) => ({ code, message, hint })

/** Lines for people: code and message, the hint below; with `verbose` the chain of causes and their stacks. */
export function renderError(error: OpenLedgerError, paint: Paint, verbose: boolean): string {
  const lines = [`${paint.red('✖')} ${paint.bold(error.code)} ${error.message}`, `  ${paint.cyan('→')} ${error.hint}`]
  if (verbose) {
    lines.push(paint.dim(stackOf(error)))
    for (const cause of causesOf(error)) lines.push(paint.dim(`  caused by ${stackOf(cause)}`))
  }
  return lines.join('\n')
}

const stackOf = (value: unknown): string => (value instanceof Error ? (value.stack ?? value.message) : String(value))

/** A cause that leads back to itself ends the chain. */
function causesOf(error: Error): unknown[] {
  const causes: unknown[] = []
  for (let cause = error.cause; cause !== undefined && !causes.includes(cause); ) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}
