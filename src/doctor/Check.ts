/** What one check found. */
export interface Finding {
  /** `fail`: something that openledger does cannot work. `warn`: it works, but less well or not for long. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found: a version, a path, a size. */
  readonly found: string
  /** How to fix it; given unless the status is ok. */
  readonly remedy?: string
}

export interface Check {
  readonly name: string
  /** May throw: what is thrown is a failure. */
  look(): Promise<Finding>
  /** For a failure that is thrown and does not say itself how to fix it. */
  readonly remedy: string
}
