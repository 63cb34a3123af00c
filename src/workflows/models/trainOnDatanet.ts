import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { type TrainParameters, type TrainReturnType, train } from '../../lora/run/train.js'
import { openVersion } from '../datanets/openVersion.js'

export interface TrainOnDatanetParameters extends Omit<TrainParameters, 'data' | 'datanet' | 'output'> {
  readonly paths: WorkspacePaths
  /** Number of the Datanet version; by default, the newest. */
  readonly version?: number
  /** Folder of the adapter; by default, `adapters/v<version>`. */
  readonly output?: string
}

/**
 * Trains on a version of the workspace's Datanet, verified first, and evaluates on its held-out records where it has
 * some. The manifest names the version and its root.
 */
export async function trainOnDatanet(parameters: TrainOnDatanetParameters): Promise<TrainReturnType> {
  const { paths, version, output, evalData, ...rest } = parameters
  const source = await datanetData(paths, version, evalData)
  return train({ ...rest, ...source, output: output ?? paths.adapter(`v${source.datanet.version}`) })
}

/**
 * What is trained and evaluated on for a version of the Datanet, verified.
 *
 * @param wanted number of the version; by default, the newest
 * @param evalData instead of the Datanet's own held-out records
 */
export async function datanetData(paths: WorkspacePaths, wanted?: number, evalData?: string) {
  const { directory, datanet: name, identity, version, root } = await openVersion(paths, wanted)
  const held =
    evalData ??
    (await access(paths.heldOut).then(
      () => paths.heldOut,
      () => undefined,
    ))
  return {
    data: join(directory, 'records.jsonl'),
    datanet: { name, identity, version, root },
    ...(held !== undefined && { evalData: held }),
  }
}
