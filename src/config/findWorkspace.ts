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
 * Finds the workspace that a folder belongs to.
 *
 * @returns `undefined` when neither the folder nor one above it is a workspace
 * @throws OL1021, OL1022 when the configuration cannot be used
 */
export async function workspaceAt(folder: string): Promise<Workspace | undefined> {
  const found = await searchConfig('openledger.config', configSchema, folder)
  if (found === undefined) return undefined
  return { root: found.folder, file: found.file, config: found.value, paths: workspacePaths(found.folder) }
}

/**
 * Finds the workspace that a folder belongs to, and requires one.
 *
 * @throws OL1020 when neither the folder nor one above it is a workspace
 * @throws OL1021, OL1022 when its configuration cannot be used
 * @example
 * const { config, paths } = await findWorkspace(process.cwd())
 */
export async function findWorkspace(folder: string): Promise<Workspace> {
  const workspace = await workspaceAt(folder)
  if (workspace === undefined) throw new OpenLedgerError('OL1020', { folder })
  return workspace
}
