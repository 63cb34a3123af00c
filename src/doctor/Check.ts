/** The result of one check. */
export interface Finding {
  /** `fail`: a part of openledger cannot work. `warn`: everything works, but less well or not for long. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** The observed version, path or size. */
  readonly found: string
  /** How to fix the problem; every status except `ok` has it. */
  readonly remedy?: string
}

export interface Check {
  readonly name: string
  /** Makes the check. A thrown error counts as a failure. */
  look(): Promise<Finding>
  /** How to fix a thrown failure that has no hint of its own. */
  readonly remedy: string
}
