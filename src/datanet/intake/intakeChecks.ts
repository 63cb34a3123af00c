import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ParsedRecord } from '../../records/parseRecord.js'

/** A check of every new record, in addition to its shape. A check sees one record and changes nothing. */
export interface IntakeCheck {
  /** One or two words that an error shows, in lower case with hyphens: `lost-characters`. */
  readonly name: string
  /** Returns the end of a sentence that starts with "the record" and says what is wrong; undefined when the record passes. */
  readonly problem: (record: ParsedRecord) => string | undefined
  /** An imperative that fixes the problem. */
  readonly fix: string
}

/**
 * The checks of new records, in the order in which they run. They apply only to the intake: a version that is older than a check
 * stays valid.
 */
export const intakeChecks: readonly IntakeCheck[] = [
  {
    name: 'lost-characters',
    problem({ canonical }) {
      const lost = canonical.split('\u{FFFD}').length - 1
      return lost === 0
        ? undefined
        : `holds U+FFFD, the mark of a character that was lost in a conversion, ${lost} times`
    },
    fix: 'Read the text again from its source, in its own encoding.',
  },
]

/**
 * Runs every check over a record.
 *
 * @throws OL1104 for the first check that the record fails, with file and line
 */
export function checkRecord(record: ParsedRecord, file: string): void {
  for (const { name, problem, fix } of intakeChecks) {
    const found = problem(record)
    if (found !== undefined)
      throw new OpenLedgerError('OL1104', { file, line: record.line, check: name, problem: found, fix })
  }
}
