import { access, constants, mkdir, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { takeLock } from '../../files/takeLock.js'

/**
 * Locks an output folder, so that no other process trains into it. It also checks that the folder is writable, before hours of
 * training are spent.
 *
 * @returns a function that releases the lock, and removes the folders that this call created if they are empty
 * @throws OL1405 when another process trains into the folder
 * @throws OL1901 when the folder is not writable
 */
export async function lockOutput(output: string): Promise<() => Promise<void>> {
  const folder = dirname(resolve(output))
  const lock = join(folder, `.${basename(resolve(output))}.lock`)
  let made: string | undefined
  try {
    made = await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  }
  const release = await takeLock(lock, {
    patience: 0,
    held: (holder) => new OpenLedgerError('OL1405', { path: output, holder }),
  })
  return async () => {
    await release()
    if (made !== undefined) await removeEmpty(folder, made)
  }
}

/** Removes a folder and its ancestors up to `last`, as long as they are empty. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  for (let next = folder; next.length >= last.length; next = dirname(next)) {
    try {
      await rmdir(next)
    } catch {
      return
    }
  }
}
