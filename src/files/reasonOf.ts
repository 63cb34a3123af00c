import type { z } from 'zod'
import { plainMessage } from './plainMessage.js'

const plain: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'it is a folder',
  ERR_FS_EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the system allows',
  EROFS: 'the file system is read-only',
  EEXIST: 'it exists already',
}

/**
 * The cause of a failure in words: the system's error codes are translated, what a schema found is said in plain words with
 * its place, any other error gives its message.
 */
export function reasonOf(cause: unknown): string {
  // Not instanceof: an error of another realm, as jest and vm make, is an error too.
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return String(cause)
  if ('issues' in cause && Array.isArray(cause.issues)) return cause.issues.slice(0, 3).map(placed).join('; ')
  const code = 'code' in cause ? String(cause.code) : ''
  return plain[code] ?? String(cause.message)
}

const placed = (issue: z.core.$ZodIssue): string =>
  [...(issue.path.length > 0 ? [issue.path.join('.')] : []), plainMessage(issue)].join(': ')
