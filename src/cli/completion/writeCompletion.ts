import type { CommandContext } from '../../commands/shared/CommandContext.js'
import { commandTable } from '../commandTable.js'
import { helpCommand } from '../helpCommand.js'
import { completionNodes } from './completionNodes.js'
import { completionSpec } from './completionSpec.js'
import { bashCompletion, fishCompletion, zshCompletion } from './shellCompletion.js'

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** `openledger completion <shell>`: prints the script, which is made from the command table. */
export async function run(
  { output }: CommandContext,
  { shell }: { readonly shell: keyof typeof writers },
): Promise<void> {
  const script = writers[shell](completionNodes([...commandTable, helpCommand, completionSpec]))
  output.result({ shell, script }, () => script.trimEnd())
}
