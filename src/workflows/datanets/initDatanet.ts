import { existsSync } from 'node:fs'
import { workspacePaths } from '../../config/workspacePaths.js'
import type { DatanetInfo } from '../../datanet/store/DatanetStore.js'
import { createDatanet, type NewDatanet } from '../../datanet/store/openDatanet.js'
import { withDatanet } from '../../datanet/store/withDatanet.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'

/**
 * Makes a folder a workspace with an empty Datanet. Files that are in the folder stay as they are, a configuration too.
 *
 * @returns the Datanet, with its identity
 * @throws OL1121 when it is one already, OL1124 when a field cannot be used
 */
export async function initDatanet(directory: string, info: NewDatanet): Promise<DatanetInfo> {
  const paths = workspacePaths(directory)
  try {
    createDatanet(directory, info).close()
  } catch (error) {
    // A process that died before the last step left the same Datanet without a configuration.
    const unfinished = OpenLedgerError.is(error) && error.code === 'OL1121' && !existsSync(paths.config)
    if (!unfinished || infoOf(directory).name !== info.name) throw error
  }
  const config = { workspaceVersion: 1, name: info.name, licence: info.licence }
  if (!existsSync(paths.config)) await writeFileAtomic(paths.config, `${JSON.stringify(config, null, 2)}\n`)
  return infoOf(directory)
}

const infoOf = (directory: string): DatanetInfo => withDatanet(directory, (store) => store.info)
