import { existsSync } from 'node:fs'
import { workspacePaths } from '../config/workspacePaths.js'
import type { DatanetInfo } from '../datanet/DatanetStore.js'
import { createDatanet, openDatanet } from '../datanet/openDatanet.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'

/**
 * Makes a folder a workspace with an empty Datanet. Files that are in the folder stay as they are, a configuration too.
 *
 * @throws OL1121 when it is one already, OL1124 when a field cannot be used
 */
export async function initDatanet(directory: string, info: DatanetInfo): Promise<void> {
  const paths = workspacePaths(directory)
  try {
    createDatanet(directory, info).close()
  } catch (error) {
    // A process that died before the last step left the same Datanet without a configuration.
    const unfinished = OpenLedgerError.is(error) && error.code === 'OL1121' && !existsSync(paths.config)
    if (!unfinished || nameIn(directory) !== info.name) throw error
  }
  const config = { workspaceVersion: 1, name: info.name, licence: info.licence }
  if (!existsSync(paths.config)) await writeFileAtomic(paths.config, `${JSON.stringify(config, null, 2)}\n`)
}

function nameIn(directory: string): string {
  const store = openDatanet(directory)
  try {
    return store.info.name
  } finally {
    store.close()
  }
}
