import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { systemCode } from '../../files/systemCode.js'
import type { CommandContext } from './CommandContext.js'

/**
 * Asks before a file is replaced.
 *
 * @param content nobody is asked where the file has this content already
 * @throws OL1008 off a terminal without --yes, OL1009 when the user declines
 * @throws OL1900 when what is there cannot be read
 */
export async function mayOverwrite({ confirm, cwd }: CommandContext, path: string, content?: string): Promise<void> {
  let found: string
  try {
    found = await readFile(path, 'utf8')
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  }
  if (found !== content) await confirm(`Replace ${relative(cwd, path)}?`)
}
