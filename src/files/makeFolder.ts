import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './systemCode.js'

/**
 * Makes a folder and the missing folders above it. The folder may already exist.
 *
 * @throws Error with the code of the operating system. On a read-only file system, a recursive mkdir of Node wrongly reports
 * ENOENT, so the function then makes the folders one by one.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT' || dirname(path) === path) throw cause
    await makeFolder(dirname(path))
    await mkdir(path)
  }
}
