import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { configSchema, type WorkspaceConfig } from './schema.js'
import { searchConfig } from './searchConfig.js'
import { type WorkspacePaths, workspacePaths } from './workspacePaths.js'

/** A folder with an openledger.config file. */
export interface Workspace {
  readonly root: string
  /** The configuration file that was found. */
  readonly file: string
  readonly config: WorkspaceConfig
  readonly paths: WorkspacePaths
}

/**
 * The workspace that a folder is in, or undefined.
 *
 * @throws OL1021, OL1022 when there is a configuration and it cannot be used
 */
export async function workspaceAt(folder: string): Promise<Workspace | undefined> {
  const found = await searchConfig('openledger.config', configSchema, folder)
  if (found === undefined) return undefined
  return { root: found.folder, file: found.file, config: found.value, paths: workspacePaths(found.folder) }
}

/**
 * The workspace that a folder is in.
 *
 * @throws OL1020 when neither it nor a folder above it is one
 * @throws OL1021, OL1022 when its configuration cannot be used
 * @example
 * const { config, paths } = await findWorkspace(process.cwd())
 */
export async function findWorkspace(folder: string): Promise<Workspace> {
  const workspace = await workspaceAt(folder)
  if (workspace === undefined) throw new OpenLedgerError('OL1020', { folder })
  return workspace
}
