/** The meaning of the exit codes, for `openledger help exit-codes` and the docs. */
export const exitCodes: readonly { readonly code: number; readonly meaning: string }[] = [
  { code: 0, meaning: 'done, or nothing was left to do; with --json "changed" is false then' },
  { code: 1, meaning: 'failed' },
  { code: 2, meaning: 'wrong usage: command, flag, value or configuration' },
  { code: 3, meaning: 'declined or cancelled by the user' },
  { code: 4, meaning: 'a key or a permission is missing' },
  { code: 5, meaning: 'the network is not running' },
  { code: 6, meaning: 'a check found a mismatch' },
  { code: 7, meaning: 'too early: nothing was changed, and the same command works later' },
  { code: 129, meaning: 'ended because the terminal was closed' },
  { code: 130, meaning: 'interrupted with Ctrl-C' },
  { code: 143, meaning: 'ended by SIGTERM' },
]
