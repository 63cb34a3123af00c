import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './systemCode.js'

/**
 * Makes a folder, and those above it that are missing. One that is there is fine.
 *
 * @throws Error with the system's own code; Node alone says of a read-only file system that there is no such folder
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
