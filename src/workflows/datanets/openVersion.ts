import { readdir } from 'node:fs/promises'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import type { DatanetVersion } from '../../datanet/versions/DatanetVersion.js'
import { loadVersion } from '../../datanet/versions/loadVersion.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/**
 * Opens a version of the workspace's Datanet, verified again; by default, the newest.
 *
 * @throws OL1817 when there is none, and the errors of loadVersion when one was tampered with
 */
export async function openVersion(paths: WorkspacePaths, version?: number): Promise<DatanetVersion> {
  if (version !== undefined) return loadVersion(paths.root, version)
  const names = await readdir(paths.versions).catch(() => [])
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number)
  if (numbers.length === 0) throw new OpenLedgerError('OL1817', { path: paths.versions })
  return loadVersion(paths.root, Math.max(...numbers))
}
