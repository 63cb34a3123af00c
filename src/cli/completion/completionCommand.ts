import { type Command, declareCommand } from '../declareCommand.js'
import { completionSpec } from './completionSpec.js'

/** `openledger completion`. It is not a row of the command table, because its scripts are made from the table. */
export const completionCommand: Command = declareCommand(completionSpec, () => import('./writeCompletion.js'))
