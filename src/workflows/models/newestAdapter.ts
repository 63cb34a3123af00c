import { readdir } from 'node:fs/promises'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/**
 * The adapter that commands take when none is named: that of the newest Datanet version.
 *
 * @throws OL1406 when the workspace has none
 */
export async function newestAdapter(paths: WorkspacePaths): Promise<string> {
  const names = await readdir(paths.adapters).catch(() => [])
  const versions = names.filter((name) => /^v\d+$/.test(name)).map((name) => Number(name.slice(1)))
  if (versions.length === 0) throw new OpenLedgerError('OL1406', { path: paths.adapters })
  return paths.adapter(`v${Math.max(...versions)}`)
}
