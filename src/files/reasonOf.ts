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
  EEXIST: 'it already exists',
}

/**
 * The cause of a failure in words: plain words for the system's error codes, the field and the problem for errors of a
 * schema, and the message of any other error.
 */
export function reasonOf(cause: unknown): string {
  // instanceof would miss errors of another realm, which jest and node:vm make.
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return String(cause)
  if ('issues' in cause && Array.isArray(cause.issues)) return cause.issues.slice(0, 3).map(placed).join('; ')
  const code = 'code' in cause ? String(cause.code) : ''
  return plain[code] ?? String(cause.message)
}

const placed = (issue: z.core.$ZodIssue): string =>
  [...(issue.path.length > 0 ? [issue.path.join('.')] : []), plainMessage(issue)].join(': ')
