import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { type TrainParameters, type TrainReturnType, train } from '../lora/train.js'
import { openVersion } from './openVersion.js'

export interface TrainOnDatanetParameters extends Omit<TrainParameters, 'data' | 'datanet' | 'output'> {
  readonly paths: WorkspacePaths
  /** Number of the Datanet version; the newest unless given. */
  readonly version?: number
  /** Folder of the adapter; `adapters/v<version>` unless given. */
  readonly output?: string
}

/**
 * Trains on a version of the workspace's Datanet, verified first, and evaluates on its held-out records where it has
 * some. The manifest names the version and its root.
 */
export async function trainOnDatanet(parameters: TrainOnDatanetParameters): Promise<TrainReturnType> {
  const { paths, version: wanted, output, evalData, ...rest } = parameters
  const version = await openVersion(paths, wanted)
  const held =
    evalData ??
    (await access(paths.heldOut).then(
      () => paths.heldOut,
      () => undefined,
    ))
  return train({
    ...rest,
    data: join(version.directory, 'records.jsonl'),
    output: output ?? paths.adapter(`v${version.version}`),
    datanet: { name: version.datanet, version: version.version, root: version.root },
    ...(held !== undefined && { evalData: held }),
  })
}
