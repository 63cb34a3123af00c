const plain: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the system allows',
  EROFS: 'the file system is read-only',
  EEXIST: 'it exists already',
}

/** The cause of a failure in words: the system's error codes are translated, any other error gives its message. */
export function reasonOf(cause: unknown): string {
  // Not instanceof: an error of another realm, as jest and vm make, is an error too.
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return String(cause)
  const code = 'code' in cause ? String(cause.code) : ''
  return plain[code] ?? String(cause.message)
}
