import { type Command, declareCommand } from '../declareCommand.js'
import { completionSpec } from './completionSpec.js'

/** `openledger completion`: beside the command table, since what it writes is made from the table. */
export const completionCommand: Command = declareCommand(completionSpec, () => import('./writeCompletion.js'))
