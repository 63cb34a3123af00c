import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Check } from '../../rewards/verify.js'

/** The error (exit code 6) that a set of checks amounts to, or undefined when all hold. */
export function failedChecks(checks: readonly Check[]): OpenLedgerError | undefined {
  const failed = checks.filter(({ ok }) => !ok)
  if (failed.length === 0) return undefined
  const names = failed.map(({ name }) => name).join(', ')
  return new OpenLedgerError('OL1814', { failed: failed.length, total: checks.length, names })
}
