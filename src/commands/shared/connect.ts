import { type Connection, openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from './CommandContext.js'

/** The network of a command that needs no workspace, except for the devnet of one. */
export const connect = ({ config, cwd }: CommandContext): Promise<Connection> =>
  openConnection({ ...config, workspace: config.workspace?.root ?? cwd })
