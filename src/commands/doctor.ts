import { checksOf } from '../doctor/checks.js'
import { type Examined, examine } from '../doctor/examine.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { Style } from '../terminal/Style.js'
import { textWidth, wrap } from '../terminal/textWidth.js'
import type { CommandContext } from './CommandContext.js'

/** `openledger doctor`: whether this machine has what openledger needs, and how to mend what it lacks. */
export async function run({ output, cwd, environment }: CommandContext): Promise<void> {
  const checks = await examine(checksOf({ folder: cwd, environment, columns: output.style.columns }))
  const failed = checks.filter(({ status }) => status === 'fail').map(({ name }) => name)
  const failure =
    failed.length === 0
      ? undefined
      : new OpenLedgerError('OL1030', { count: failed.length, total: checks.length, names: failed.join(', ') })
  output.result({ checks }, render, failure)
}

function render({ checks }: { readonly checks: readonly Examined[] }, { paint, columns }: Style): string {
  const signs = { ok: paint.green('✔'), warn: paint.yellow('!'), fail: paint.red('✖') }
  const width = Math.max(...checks.map(({ name }) => name.length))
  const left = width + 4
  const hanging = (text: string, first: string): string[] =>
    wrap(text, columns - left - 3).map((line, i) => (i === 0 ? first : ' '.repeat(textWidth(first))) + line)
  return checks
    .flatMap(({ name, status, found, remedy }) => [
      ...hanging(found, `${signs[status]} ${paint.bold(name.padEnd(width))}  `),
      ...(remedy === undefined ? [] : hanging(remedy, `${' '.repeat(left)}${paint.cyan('→')} `)),
    ])
    .join('\n')
}
