import type { CommandContext } from '../shared/CommandContext.js'
import { type CuratorInput, changeCurator } from './changeCurator.js'

/** `openledger datanet curators add`: lets an account publish versions and admit contributors. */
export const run = (context: CommandContext, input: CuratorInput): Promise<void> => changeCurator(context, input, true)
