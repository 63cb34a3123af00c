import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/** Whether an error is of one row, so that the next may be looked at. */
export const isOfRow = (error: unknown): error is OpenLedgerError =>
  OpenLedgerError.is(error) && 'line' in error.details

/** Errors of the rows of one file in the order of the rows. */
export const byLine = (errors: readonly OpenLedgerError[]): OpenLedgerError[] => {
  const lineOf = ({ details }: OpenLedgerError): number => Number((details as { readonly line?: unknown }).line ?? 0)
  return [...errors].sort((a, b) => lineOf(a) - lineOf(b))
}

/** What is wrong with a record, without its place; undefined of an error that says it of this record alone. */
function faultOf({ code, details }: OpenLedgerError): string | undefined {
  const { reason, field, problem } = details as { readonly [name: string]: unknown }
  return reason === undefined && problem === undefined ? undefined : JSON.stringify([code, reason, field, problem])
}

/** The error, which says that the others are like it. */
function alike({ code, details }: OpenLedgerError, others: number): OpenLedgerError {
  const rest = others === 1 ? 'the other record has the same fault' : `the other ${others} records have the same fault`
  const said = Object.entries(details).map(([name, value]) =>
    name === 'reason' || name === 'problem' ? [name, `${value}; ${rest}`] : [name, value],
  )
  return new OpenLedgerError(code, Object.fromEntries(said))
}

/** Bad records that an error shows. */
const shown = 10

/**
 * Throws what is wrong with records: a single error as it is, several as one that counts them and shows the first ten, and
 * the first one alone where all records have the same fault. Returns where there are none.
 *
 * @param total the records that were looked at
 * @throws the only error, the first one, or OL1357, with their exit code where they all have the same
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
  // For a script a wrong signature is another matter than a line that cannot be read.
  const common = errors.every(({ exitCode }) => exitCode === first.exitCode)
  throw new OpenLedgerError('OL1357', details, common ? { exitCode: first.exitCode } : {})
}
