import { homedir } from 'node:os'
import { join } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { baseReference } from './baseReference.js'
import { type Workspace, workspaceAt } from './findWorkspace.js'
import { localNetwork } from './localNetwork.js'
import { mergeNetworks, type NetworkConfig } from './mergeNetworks.js'
import { userConfigSchema } from './schema.js'
import { searchConfig } from './searchConfig.js'

type Environment = Readonly<Record<string, string | undefined>>

/** The configuration of one run. Flags take precedence over the environment, then the workspace, the user's file, the defaults. */
export interface Config {
  /** The workspace that the folder belongs to, if any. */
  readonly workspace: Workspace | undefined
  /** Absolute folder of the base model, or a model on the Hugging Face Hub; undefined means the bundled one. */
  readonly base: string | undefined
  readonly network: string
  /** The public networks and those that the files describe, without `devnet`. */
  readonly networks: Readonly<Record<string, NetworkConfig>>
  /** The account that signs: a keystore, a devnet account or an address. If undefined, the network's account signs. */
  readonly account: string | undefined
  /** Folder of the user's encrypted keys. */
  readonly keystores: string
  readonly licence: string | undefined
}

export interface LoadConfigOptions {
  readonly folder: string
  readonly environment: Environment
  /** Value of `--network`. */
  readonly network?: string | undefined
  /** Value of `--account`. */
  readonly account?: string | undefined
}

/** The folder of the user's own configuration: `config.json` (or yaml, js) in `$XDG_CONFIG_HOME/openledger`. */
const userConfigFolder = (environment: Environment): string =>
  join(environment['XDG_CONFIG_HOME'] || join(environment['HOME'] || homedir(), '.config'), 'openledger')

/**
 * Merges the configuration of the command line, the environment (`OPENLEDGER_BASE`, `OPENLEDGER_NETWORK`,
 * `OPENLEDGER_ACCOUNT`, `OPENLEDGER_LICENCE`), the workspace and the user.
 *
 * @throws OL1021, OL1022 when a configuration file cannot be used
 * @throws OL1023 when no file describes the chosen network, OL1025 when a network has no chain id
 */
export async function loadConfig({ folder, environment, network: flag, account }: LoadConfigOptions): Promise<Config> {
  const userFolder = userConfigFolder(environment)
  const [workspace, user] = await Promise.all([
    workspaceAt(folder),
    searchConfig('config', userConfigSchema, userFolder, userFolder),
  ])
  const project = workspace?.config
  const variable = (name: string): string | undefined => environment[`OPENLEDGER_${name}`] || undefined
  const inFolder = (base: string | undefined, of: string | undefined): string | undefined =>
    base === undefined || of === undefined ? undefined : baseReference(base, of)

  const networks = mergeNetworks([
    ...(user === undefined ? [] : [{ ...user, networks: user.value.networks }]),
    ...(workspace === undefined
      ? []
      : [{ file: workspace.file, folder: workspace.root, networks: workspace.config.networks }]),
  ])
  const network = flag ?? variable('NETWORK') ?? project?.network ?? user?.value.network ?? localNetwork
  if (network !== localNetwork && !Object.hasOwn(networks, network)) {
    throw new OpenLedgerError('OL1023', {
      network,
      networks: [localNetwork, ...Object.keys(networks)].join(', '),
      file: workspace?.file ?? join(userFolder, 'config.json'),
    })
  }
  return {
    workspace,
    base:
      inFolder(variable('BASE'), folder) ??
      inFolder(project?.base, workspace?.root) ??
      inFolder(user?.value.base, user?.folder),
    network,
    networks,
    account: account ?? variable('ACCOUNT'),
    keystores: join(userFolder, 'keystores'),
    licence: variable('LICENCE') ?? project?.licence ?? user?.value.licence,
  }
}
