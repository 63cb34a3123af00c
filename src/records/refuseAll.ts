import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/** Whether an error concerns a single row, so that reading can continue with the next. */
export const isOfRow = (error: unknown): error is OpenLedgerError =>
  OpenLedgerError.is(error) && 'line' in error.details

/** Sorts the errors of one file by row. */
export const byLine = (errors: readonly OpenLedgerError[]): OpenLedgerError[] => {
  const lineOf = ({ details }: OpenLedgerError): number => Number((details as { readonly line?: unknown }).line ?? 0)
  return [...errors].sort((a, b) => lineOf(a) - lineOf(b))
}

/** The fault of a record without its position; undefined for an error that is specific to this record. */
function faultOf({ code, details }: OpenLedgerError): string | undefined {
  const { reason, field, problem } = details as { readonly [name: string]: unknown }
  return reason === undefined && problem === undefined ? undefined : JSON.stringify([code, reason, field, problem])
}

/** Adds to an error that the other records have the same fault. */
function alike({ code, details }: OpenLedgerError, others: number): OpenLedgerError {
  const rest = others === 1 ? 'the other record has the same fault' : `the other ${others} records have the same fault`
  const said = Object.entries(details).map(([name, value]) =>
    name === 'reason' || name === 'problem' ? [name, `${value}; ${rest}`] : [name, value],
  )
  return new OpenLedgerError(code, Object.fromEntries(said))
}

/** Number of bad records that an error lists. */
const shown = 10

/**
 * Throws the errors of records: a single error unchanged, several as one that counts them and lists the first ten, or only
 * the first if all records have the same fault. It returns if there are no errors.
 *
 * @param total number of records that were checked
 * @throws the only error, the first one, or OL1357, with the exit code of the errors if it is common to all
 */
export function refuseAll(errors: readonly OpenLedgerError[], total: number): void {
  const [first] = errors
  if (first === undefined) return
  if (errors.length === 1) throw first
  const fault = faultOf(first)
  if (fault !== undefined && errors.length === total && errors.every((error) => faultOf(error) === fault))
    throw alike(first, total - 1)
  const more = errors.length - shown
  const list = errors.slice(0, shown).map(({ code, message }) => `\n- ${code} ${message}`)
  const rest = more > 0 ? `\n- and ${more} more` : ''
  const details = { bad: errors.length, total, list: `${list.join('')}${rest}`, hint: first.hint }
  // Scripts distinguish a wrong signature from an unreadable line by the exit code.
  const common = errors.every(({ exitCode }) => exitCode === first.exitCode)
  throw new OpenLedgerError('OL1357', details, common ? { exitCode: first.exitCode } : {})
}
