/** Who may not (OL1604, exit code 4), what does not agree (OL1605, exit code 6), and everything else (OL1603). */
export interface Remedy {
  readonly code: 'OL1603' | 'OL1604' | 'OL1605'
  /** How to mend it; `{name}` is the error's argument of that name. */
  readonly hint: string
}

/** What a contract does not do, and how it would. */
export const refused = (hint: string): Remedy => ({ code: 'OL1603', hint })

/** What a contract does for somebody else only. */
export const notPermitted = (hint: string): Remedy => ({ code: 'OL1604', hint })

/** What a contract was told that is not so. */
export const mismatch = (hint: string): Remedy => ({ code: 'OL1605', hint })
