/** The operating system's code of a failure, for example `ENOENT`. */
export const systemCode = (cause: unknown): string | undefined =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined
