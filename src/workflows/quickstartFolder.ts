import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { stopDevnet } from '../devnet/stopDevnet.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readJson } from '../files/readText.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'

const noteName = join('.openledger', 'quickstart.json')
const noteSchema = z.object({ state: z.enum(['running', 'finished']), pid: z.number() })

/** The note by which a later quickstart knows a folder that an earlier one did not finish. */
export const runningNote = (): Readonly<Record<string, string>> => ({
  [noteName]: `${JSON.stringify({ state: 'running', pid: process.pid })}\n`,
})

export const finishQuickstart = (folder: string): Promise<void> =>
  writeFileAtomic(join(folder, noteName), `${JSON.stringify({ state: 'finished', pid: process.pid })}\n`)

/**
 * Makes room for a quickstart. A folder that an earlier one left unfinished is begun anew; anything else with something
 * in it is left alone: a named folder is then refused, without a name the next number is taken.
 *
 * @param wanted the folder the user named
 * @param fallback the folder to number where none was named
 * @throws OL1902 when the named folder is not empty
 */
export async function quickstartFolder(wanted: string | undefined, fallback: string): Promise<string> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted
    throw new OpenLedgerError('OL1902', { path: wanted })
  }
  for (let number = 1; ; number++) {
    const folder = number === 1 ? fallback : `${fallback}-${number}`
    if (await isFree(folder)) return folder
  }
}

async function isFree(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return true
  const entries = readdirSync(folder)
  if (entries.length === 0) return true
  const note = noteSchema.safeParse(await readJson(join(folder, noteName)).catch(() => undefined))
  if (!note.success || note.data.state === 'finished' || isAlive(note.data.pid)) return false
  await stopDevnet(folder)
  await rm(folder, { recursive: true })
  return true
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
