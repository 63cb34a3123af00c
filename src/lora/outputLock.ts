import { mkdir, open, readFile, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'

/**
 * Keeps other processes from training into a folder: a file beside it that holds this process's id. One whose process is
 * gone is taken over. It also finds out that the adapter can be written there, before hours are spent on it.
 *
 * @returns releases the lock, and takes the folders that it made for it away where nothing came into them
 * @throws OL1405 when another process holds it
 * @throws OL1901 when nothing can be written there
 */
export async function lockOutput(output: string): Promise<() => Promise<void>> {
  const target = resolve(output)
  const path = join(dirname(target), `.${basename(target)}.lock`)
  let made: string | undefined
  try {
    made = await mkdir(dirname(target), { recursive: true })
    await take(path).catch(async (error: unknown) => {
      if (!isTaken(error)) throw error
      const holder = Number(await readFile(path, 'utf8').catch(() => ''))
      if (isRunning(holder)) throw new OpenLedgerError('OL1405', { path: output, holder, lock: path })
      await rm(path, { force: true })
      await take(path)
    })
  } catch (cause) {
    if (OpenLedgerError.is(cause)) throw cause
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  }
  return async () => {
    await rm(path, { force: true })
    if (made !== undefined) await removeEmpty(dirname(target), made)
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

async function take(path: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(String(process.pid))
  } catch (error) {
    // A full disk has room for the name of a file but for nothing in it.
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

const isTaken = (error: unknown): boolean => (error as { code?: unknown }).code === 'EEXIST'

function isRunning(id: number): boolean {
  if (!Number.isSafeInteger(id) || id <= 0) return false
  try {
    return process.kill(id, 0)
  } catch (error) {
    // There is such a process, of another user.
    return (error as { code?: unknown }).code === 'EPERM'
  }
}
