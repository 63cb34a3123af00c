import { access, constants, mkdir, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { takeLock } from '../../files/takeLock.js'

/**
 * Keeps other processes from training into a folder by a lock beside it. It also finds out that the adapter can be written
 * there, before hours are spent on it.
 *
 * @returns releases the lock, and removes the folders that it made where nothing came into them
 * @throws OL1405 when another process trains into it
 * @throws OL1901 when nothing can be written there
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

/** Removes a folder and those above it up to `last`, as far as nothing is in them. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  for (let next = folder; next.length >= last.length; next = dirname(next)) {
    try {
      await rmdir(next)
    } catch {
      return
    }
  }
}
