import type { CommandContext } from '../shared/CommandContext.js'
import { type CuratorInput, changeCurator } from './changeCurator.js'

/** `openledger datanet curators remove`: takes the role of a curator back. */
export const run = (context: CommandContext, input: CuratorInput): Promise<void> => changeCurator(context, input, false)
