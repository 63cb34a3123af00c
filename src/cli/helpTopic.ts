import type { CommandContext } from '../commands/shared/CommandContext.js'
import { catalogue, type ErrorCode } from '../errors/catalogue.js'
import type { ErrorDescriptor } from '../errors/ErrorDescriptor.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { wrap } from '../terminal/textWidth.js'
import { version } from '../version.js'
import { commandNamed, commandsBelow, wordsOf } from './commandGroups.js'
import { commandTable } from './commandTable.js'
import type { Command } from './declareCommand.js'
import { exitCodes } from './exitCodes.js'
import { renderCommandHelp, renderGroupHelp, renderProgramHelp } from './renderHelp.js'

export interface HelpInput {
  readonly topic: string | undefined
  readonly name: string | undefined
  readonly verb: string | undefined
}

/** `openledger help [topic] [name] [verb]`: exit codes, numbered errors, or the help that `--help` of a command shows. */
export async function run(context: CommandContext, { topic, name, verb }: HelpInput): Promise<void> {
  if (topic === 'exit-codes' && name === undefined) showExitCodes(context)
  else if (topic === 'errors' && verb === undefined) name === undefined ? showErrors(context) : showError(context, name)
  else if (topic !== undefined && /^(?:OL)?\d{4}$/i.test(topic) && name === undefined) showError(context, topic)
  else
    showCommand(
      context,
      [topic, name, verb].filter((word) => word !== undefined),
    )
}

function showExitCodes({ output }: CommandContext): void {
  output.result(exitCodes, (rows, style) =>
    style.table(
      [{ title: 'code', align: 'right' }, { title: 'means' }],
      rows.map(({ code, meaning }) => [String(code), meaning]),
    ),
  )
}

const explain = (code: ErrorCode) => {
  const { message, hint, hintMeans = hint, exitCode = 1 }: ErrorDescriptor = catalogue[code]
  return { code, message, hint: hintMeans, exitCode }
}

function showErrors({ output }: CommandContext): void {
  const codes = (Object.keys(catalogue) as ErrorCode[]).sort()
  output.result(codes.map(explain), (errors, style) =>
    style.table(
      [{ title: 'code' }, { title: 'message', shrink: true }],
      errors.map(({ code, message }) => [code, message]),
    ),
  )
}

function showError({ output }: CommandContext, name: string): void {
  // Users may remember only the number.
  const code = /^\d+$/.test(name) ? `OL${name}` : name.toUpperCase()
  if (!Object.hasOwn(catalogue, code)) throw new OpenLedgerError('OL1031', { code })
  output.result(explain(code as ErrorCode), ({ message, hint, exitCode }, { paint, columns }) => {
    const parts = [
      [code, message],
      ['How to fix it', hint],
      ['Exit code', String(exitCode)],
    ] as const
    const left = Math.max(...parts.map(([title]) => title.length))
    return [
      ...parts.flatMap(([title, text]) =>
        wrap(text, Math.min(100, columns) - left - 3).map(
          (line, i) => `${paint.bold((i === 0 ? title : '').padEnd(left))}  ${line}`,
        ),
      ),
      '',
      paint.dim('An error replaces the names in braces by its values.'),
    ].join('\n')
  })
}

function showCommand({ output }: CommandContext, words: readonly string[]): void {
  const command = commandNamed(words, commandTable)
  const below = commandsBelow(words, commandTable)
  if (words.length === 0) {
    output.result({ version, commands: commandTable.map(describe) }, (_, style) =>
      renderProgramHelp(commandTable, version, style),
    )
  } else if (command !== undefined) {
    output.result(describe(command), (_, style) => renderCommandHelp(command, style))
  } else if (below.length > 0) {
    output.result(below.map(describe), (_, style) => renderGroupHelp(words, below, style))
  } else {
    throw new OpenLedgerError('OL1001', {
      command: words.join(' '),
      suggestion: '`openledger --help` lists the commands; other topics are exit-codes and errors.',
    })
  }
}

const describe = (command: Command) => ({
  command: wordsOf(command).join(' '),
  summary: command.summary,
  examples: command.examples.map(([line]) => `openledger ${line}`),
})
