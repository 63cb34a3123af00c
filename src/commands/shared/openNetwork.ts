import { type Chain, openChain } from '../../workflows/network/openChain.js'
import type { CommandContext } from './CommandContext.js'

/** The network of a command that needs no workspace, except for the devnet of one. */
export const openNetwork = ({ config, cwd }: CommandContext): Promise<Chain> =>
  openChain({ ...config, workspace: config.workspace?.root ?? cwd })
