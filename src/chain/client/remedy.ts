/**
 * A call that its sender may not make (OL1604, exit code 4), what does not agree (OL1605, exit code 6), what has happened
 * already (OL1636, exit code 0), what comes too early (OL1637, exit code 7), and everything else (OL1603).
 */
export interface Remedy {
  readonly code: 'OL1603' | 'OL1604' | 'OL1605' | 'OL1636' | 'OL1637'
  /** How to fix it; `{name}` is the error's argument of that name. */
  readonly hint: string
}

/** What a contract does not do, and how it would. */
export const refused = (hint: string): Remedy => ({ code: 'OL1603', hint })

/** What a contract does for somebody else only. */
export const notPermitted = (hint: string): Remedy => ({ code: 'OL1604', hint })

/** What a contract was told that is not so. */
export const mismatch = (hint: string): Remedy => ({ code: 'OL1605', hint })

/** What a contract refuses because nothing is left to do. */
export const nothingLeft = (hint: string): Remedy => ({ code: 'OL1636', hint })

/** What a contract does later. */
export const tooEarly = (hint: string): Remedy => ({ code: 'OL1637', hint })
