import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { Check, Finding } from './Check.js'

export interface Examined extends Finding {
  readonly name: string
}

/** Makes the checks one after the other, so that native parts do not disturb each other. */
export async function examine(checks: readonly Check[]): Promise<Examined[]> {
  const examined: Examined[] = []
  for (const check of checks) examined.push({ name: check.name, ...(await findingOf(check)) })
  return examined
}

async function findingOf(check: Check): Promise<Finding> {
  try {
    return await check.look()
  } catch (thrown) {
    const remedy = OpenLedgerError.is(thrown) ? thrown.hint : check.remedy
    // The first line says what is missing; a dynamic linker then lists the folders that it searched.
    return { status: 'fail', found: reasonOf(thrown).split('\n')[0] ?? '', remedy }
  }
}
