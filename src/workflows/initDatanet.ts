import { workspacePaths } from '../config/workspacePaths.js'
import type { DatanetInfo } from '../datanet/DatanetStore.js'
import { createDatanet } from '../datanet/openDatanet.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'

/**
 * Makes a folder a workspace with an empty Datanet. Files that are in the folder stay as they are.
 *
 * @throws OL1121 when it is one already, OL1124 when a field cannot be used
 */
export async function initDatanet(directory: string, info: DatanetInfo): Promise<void> {
  const paths = workspacePaths(directory)
  createDatanet(directory, info).close()
  const config = { workspaceVersion: 1, name: info.name, licence: info.licence }
  await writeFileAtomic(paths.config, `${JSON.stringify(config, null, 2)}\n`)
}
