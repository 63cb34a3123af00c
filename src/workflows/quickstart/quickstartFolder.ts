import { existsSync } from 'node:fs'
import { readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { stopDevnet } from '../../devnet/keeper/stopDevnet.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { processIdentity } from '../../files/processIdentity.js'
import { readJson } from '../../files/readText.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'

const state = '.openledger'
const noteName = join(state, 'quickstart.json')
/** The identity tells the process from a later one with the same id. */
const noteSchema = z.object({ state: z.enum(['running', 'finished']), pid: z.number(), identity: z.string() })

const noteOf = (progress: z.infer<typeof noteSchema>['state']): string =>
  `${JSON.stringify({ state: progress, pid: process.pid, identity: processIdentity(process.pid) ?? '' })}\n`

/** The note by which a later quickstart knows a folder that an earlier one did not finish. */
export const runningNote = (): Readonly<Record<string, string>> => ({ [noteName]: noteOf('running') })

export const finishQuickstart = (folder: string): Promise<void> =>
  writeFileAtomic(join(folder, noteName), noteOf('finished'))

export interface QuickstartFolder {
  /** The folder the user named. */
  readonly wanted: string | undefined
  /** The folder to number where none was named. */
  readonly fallback: string
}

/**
 * Makes room for a quickstart and hands it to `scaffold`. A folder that an earlier one left unfinished is cleared;
 * anything else with something in it is left alone: a named folder is then refused, without a name the next number is
 * taken, also when another quickstart is faster.
 *
 * @throws OL1902 when the named folder is not empty
 */
export async function inQuickstartFolder<Result>(
  { wanted, fallback }: QuickstartFolder,
  scaffold: (folder: string) => Promise<Result>,
): Promise<Result> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return scaffold(wanted)
    throw new OpenLedgerError('OL1902', { path: wanted })
  }
  for (let number = 1; ; number++) {
    const folder = number === 1 ? fallback : `${fallback}-${number}`
    if (!(await isFree(folder))) continue
    try {
      return await scaffold(folder)
    } catch (error) {
      // The folder appears at once: that it is there now means that somebody else put it there.
      const taken = OpenLedgerError.is(error) && ['OL1901', 'OL1902'].includes(error.code) && existsSync(folder)
      if (!taken) throw error
    }
  }
}

async function isFree(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    // A file is in the way, and stays.
    if (cause.code === 'ENOTDIR') return undefined
    throw new OpenLedgerError('OL1900', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  if (entries === undefined) return false
  if (entries.length === 0) return true
  const note = noteSchema.safeParse(await readJson(join(folder, noteName)).catch(() => undefined))
  if (!note.success || note.data.state === 'finished') return false
  if (processIdentity(note.data.pid) === note.data.identity) return false
  return clearUnfinished(folder)
}

/** Empties a folder that a dead quickstart left, with what may still run of it. One that dies here is found again. */
async function clearUnfinished(folder: string): Promise<boolean> {
  const note = join(folder, noteName)
  const claimed = `${note}.${process.pid}`
  try {
    // Of several processes that clear it at once, one gets the note.
    await rename(note, claimed)
  } catch {
    return false
  }
  await writeFileAtomic(note, noteOf('running'))
  await rm(claimed)
  await stopDevnet(folder)
  for (const name of await readdir(folder))
    if (name !== state) await rm(join(folder, name), { recursive: true, force: true })
  // The note goes last, and in one step.
  const last = `${folder}.${process.pid}.tmp`
  await rename(join(folder, state), last)
  await rm(last, { recursive: true })
  // An empty folder is possible too, for example the user's current one, but a new folder can be moved to its place at once.
  if (folder !== process.cwd()) await rmdir(folder)
  return true
}
