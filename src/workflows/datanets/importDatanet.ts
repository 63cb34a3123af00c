import { existsSync } from 'node:fs'
import { workspacePaths } from '../../config/workspacePaths.js'
import type { VersionRow } from '../../datanet/store/DatanetStore.js'
import { withDatanetIfAny } from '../../datanet/store/withDatanet.js'
import type { DatanetVersion } from '../../datanet/versions/DatanetVersion.js'
import { importVersion } from '../../datanet/versions/importVersion.js'
import { readVersion } from '../../datanet/versions/loadVersion.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'

export interface ImportDatanetParameters {
  /** Folder of the version: records.jsonl, tree.json and version.json. */
  readonly source: string
  /** Folder that becomes a workspace. */
  readonly directory: string
  readonly signal?: AbortSignal | undefined
}

export interface ImportDatanetReturnType {
  readonly version: VersionRow
  /** The folder of the version in the workspace. */
  readonly directory: string
  readonly imported: DatanetVersion
}

/**
 * Makes a folder a workspace with the Datanet of a version that was made elsewhere. Files that are in the folder stay as
 * they are, a configuration too.
 *
 * @throws OL1121 when it has a Datanet; what `readVersion` and `importVersion` throw of a version that does not hold
 */
export async function importDatanet({
  source,
  directory,
  signal,
}: ImportDatanetParameters): Promise<ImportDatanetReturnType> {
  const paths = workspacePaths(directory)
  const imported = await readVersion(source)
  const there = versionIn(directory, imported)
  const version = there ?? (await importVersion(directory, imported, { signal }))
  const config = { workspaceVersion: 1, name: imported.datanet, licence: imported.licence }
  if (!existsSync(paths.config)) await writeFileAtomic(paths.config, `${JSON.stringify(config, null, 2)}\n`)
  return { version, directory: paths.version(version.version), imported }
}

/**
 * The version in the folder where a process died after importing it and before writing the configuration.
 *
 * @throws OL1121 when the folder has any other Datanet
 */
function versionIn(directory: string, { identity, contentHash }: DatanetVersion): VersionRow | undefined {
  const paths = workspacePaths(directory)
  if (!existsSync(paths.database)) return undefined
  // A database without a Datanet is of a process that died sooner.
  return withDatanetIfAny(directory, (store) => {
    const row = store.versions().find((each) => each.contentHash === contentHash)
    if (store.info.identity === identity && !existsSync(paths.config) && row !== undefined) return row
    throw new OpenLedgerError('OL1121', { directory, name: store.info.name })
  })
}
