import type { CommandContext } from '../commands/CommandContext.js'
import { catalogue, type ErrorCode } from '../errors/catalogue.js'
import type { ErrorDescriptor } from '../errors/ErrorDescriptor.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { wrap } from '../terminal/textWidth.js'
import { version } from '../version.js'
import { commandTable } from './commandTable.js'
import { exitCodes } from './exitCodes.js'
import { renderCommandHelp, renderNounHelp, renderProgramHelp } from './renderHelp.js'

export interface HelpInput {
  readonly topic: string | undefined
  readonly name: string | undefined
}

/** `openledger help [topic] [name]`: exit codes, numbered errors, or the help that `--help` of a command shows. */
export async function run(context: CommandContext, { topic, name }: HelpInput): Promise<void> {
  if (topic === 'exit-codes') showExitCodes(context)
  else if (topic === 'errors') name === undefined ? showErrors(context) : showError(context, name)
  else showCommand(context, topic, name)
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
  const { message, hint, exitCode = 1 }: ErrorDescriptor = catalogue[code]
  return { code, message, hint, exitCode }
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
  const code = name.toUpperCase()
  if (!Object.hasOwn(catalogue, code)) throw new OpenLedgerError('OL1031', { code: name })
  output.result(explain(code as ErrorCode), ({ message, hint, exitCode }, { paint, columns }) => {
    const parts = [
      [code, message],
      ['How to mend it', hint],
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
      paint.dim('Names in braces are filled in when the error happens.'),
    ].join('\n')
  })
}

function showCommand({ output }: CommandContext, noun: string | undefined, verb: string | undefined): void {
  if (noun === undefined) {
    output.result({ version, commands: commandTable.map(describe) }, (_, style) =>
      renderProgramHelp(commandTable, version, style),
    )
    return
  }
  const ofNoun = commandTable.filter((command) => command.noun === noun)
  const command = ofNoun.find((candidate) => candidate.verb === verb)
  if (command !== undefined) output.result(describe(command), (_, style) => renderCommandHelp(command, style))
  else if (verb === undefined && ofNoun.length > 0) {
    output.result(ofNoun.map(describe), (_, style) => renderNounHelp(noun, ofNoun, style))
  } else {
    throw new OpenLedgerError('OL1001', {
      command: verb === undefined ? noun : `${noun} ${verb}`,
      suggestion: '`openledger --help` lists what there is; other topics are exit-codes and errors.',
    })
  }
}

const describe = ({ noun, verb, summary, examples }: (typeof commandTable)[number]) => ({
  command: verb === undefined ? noun : `${noun} ${verb}`,
  summary,
  examples: examples.map(([line]) => `openledger ${line}`),
})
