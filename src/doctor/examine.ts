import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { Check, Finding } from './Check.js'

export interface Examined extends Finding {
  readonly name: string
}

/** Makes every check, one after another, so that two native parts that disturb each other are told apart. */
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
    // A dynamic linker's message goes on with the places it looked in.
    return { status: 'fail', found: reasonOf(thrown).split('\n')[0] ?? '', remedy }
  }
}
